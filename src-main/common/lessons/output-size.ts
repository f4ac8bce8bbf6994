import type { Padding } from '../layers/window-shapes.ts'
import { slidLength } from '../layers/window-shapes.ts'

/** One axis of a sliding window in the letters of (D − F + 2P)/S + 1. */
export interface OutputSize {
  readonly length: number
  /** All zeros on both sides together: 2P, which may be odd for 'same'. */
  readonly padding: number
  readonly result: number
  /** Cells at the end that no window reaches, because one more step would fall off. */
  readonly left: number
}

/** How often a window of `size` fits on an axis of `length` at this stride. */
export function outputSize(length: number, size: number, stride: number, padding: Padding): OutputSize {
  const result = slidLength(length, size, stride, padding)
  const reached = (result - 1) * stride + size
  const zeros = padding === 'same' ? Math.max(0, reached - length) : 0
  return { length, padding: zeros, result, left: result === 0 ? length : Math.max(0, length + zeros - reached) }
}
