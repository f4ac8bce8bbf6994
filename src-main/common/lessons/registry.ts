import { convolve } from './convolve.ts'
import type { Lesson } from './lesson.ts'
import { pool } from './pool.ts'
import { threeChannels } from './three-channels.ts'

/** Every lesson there is, in the order of the course. */
export const lessons: readonly Lesson[] = [convolve, threeChannels, pool]
