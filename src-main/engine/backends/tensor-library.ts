import { createRequire } from 'node:module'
import type * as tf from '@tensorflow/tfjs'

/** tfjs as a value. It is required at run time and only where a backend is opened: a broken one must not break the others. */
export type TensorLibrary = typeof tf
export type { tf }

/** Node's own require, which bundlers leave alone. */
export const requireAtRunTime = createRequire(import.meta.url)
