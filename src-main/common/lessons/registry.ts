import { conv1d } from './conv1d.ts'
import { convolve } from './convolve.ts'
import { denseCost } from './dense-cost.ts'
import { depth } from './depth.ts'
import { drawKernel } from './draw-kernel.ts'
import type { Lesson } from './lesson.ts'
import { lookBack } from './look-back.ts'
import { pool } from './pool.ts'
import { shift } from './shift.ts'
import { size } from './size.ts'
import { threeChannels } from './three-channels.ts'

/** Every lesson there is, in the order of the course. */
export const lessons: readonly Lesson[] = [
  convolve,
  threeChannels,
  depth,
  size,
  pool,
  drawKernel,
  shift,
  denseCost,
  conv1d,
  lookBack,
]
