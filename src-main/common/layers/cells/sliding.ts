import type { Shape } from '../../graph/graph.ts'
import type { SlidingWindow } from '../window-shapes.ts'
import { slidLength } from '../window-shapes.ts'
import type { Box, Place } from './cell.ts'
import { placeOf } from './cell.ts'

/**
 * How many cells of padding lie before the input on each axis. TensorFlow puts half of what 'same' needs before it, the
 * odd one after it.
 */
export function paddingBefore({ size, strides, padding, dilation }: SlidingWindow, input: Shape): readonly number[] {
  return size.map((length, axis) => {
    if (padding === 'valid') return 0
    const stride = strides[axis] ?? 1
    const extent = (length - 1) * (dilation[axis] ?? 1) + 1
    const cells = slidLength(input[axis] ?? 1, length, stride, 'same')
    return Math.floor(Math.max(0, (cells - 1) * stride + extent - (input[axis] ?? 1)) / 2)
  })
}

/** The places along the moving axes under a window at `at`, in reading order; some may lie in the padding. */
export function placesUnder(window: SlidingWindow, at: Place, input: Shape): readonly Place[] {
  const before = paddingBefore(window, input)
  const count = window.size.reduce((product, length) => product * length, 1)
  return Array.from({ length: count }, (_, index) =>
    placeOf(window.size, index).map(
      (step, axis) =>
        (at[axis] ?? 0) * (window.strides[axis] ?? 1) - (before[axis] ?? 0) + step * (window.dilation[axis] ?? 1),
    ),
  )
}

/** What a box of the output sees along the moving axes, padding included. */
export function reachUnder(window: SlidingWindow, box: Box, input: Shape): Box {
  const before = paddingBefore(window, input)
  const start = (place: Place) =>
    window.size.map((_, axis) => (place[axis] ?? 0) * (window.strides[axis] ?? 1) - (before[axis] ?? 0))
  return {
    from: start(box.from),
    to: start(box.to).map((first, axis) => first + ((window.size[axis] ?? 1) - 1) * (window.dilation[axis] ?? 1)),
  }
}

export function isInside(shape: Shape, at: Place): boolean {
  return at.every((index, axis) => index >= 0 && index < (shape[axis] ?? 1))
}

/** A window's rows and columns; a series has one row. */
export function gridOf(size: readonly number[]): readonly [rows: number, columns: number] {
  return size.length === 1 ? [1, size[0] ?? 1] : [size[0] ?? 1, size[1] ?? 1]
}
