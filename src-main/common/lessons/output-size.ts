import { definitionOf } from '../layers/registry.ts'
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

/** Every place of a kernel on an axis with `padding` zeros on each side. */
export interface Places {
  /** Cells with zeros. */
  readonly whole: number
  /** Where each window begins, from the first zero. */
  readonly starts: readonly number[]
  /** Where the first window begins that would reach over the end. */
  readonly next: number
  /** Cells at the end that no window reaches. */
  readonly left: number
}

/** By the shape rules of zero padding and convolution. */
export function placesOf({
  length,
  size,
  padding,
  stride,
}: {
  readonly length: number
  readonly size: number
  readonly padding: number
  readonly stride: number
}): Places {
  const [whole = length] = definitionOf('zeroPadding2d').outputShape([[length, length, 1]], { padding })
  const [count = 0] =
    size > whole
      ? [0]
      : definitionOf('conv2d').outputShape([[whole, whole, 1]], { filters: 1, kernelSize: size, strides: stride })
  const starts = Array.from({ length: count }, (_, index) => index * stride)
  const reached = count === 0 ? 0 : (starts.at(-1) ?? 0) + size
  return { whole, starts, next: count * stride, left: whole - reached }
}
