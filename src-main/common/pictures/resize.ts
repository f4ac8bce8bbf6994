import type { PictureOptions } from '../data/reading.ts'
import type { Pixels } from './pixels.ts'

/** What is cut out of a picture, and where it goes in the result; the rest of the result is black. */
export interface Placement {
  readonly from: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  readonly to: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

/** Where a picture of one size goes in one of another. */
export function place(
  from: { readonly width: number; readonly height: number },
  to: { readonly width: number; readonly height: number },
  fit: PictureOptions['fit'],
): Placement {
  const whole = { x: 0, y: 0, ...from }
  const all = { x: 0, y: 0, ...to }
  const [across, down] = [to.width / from.width, to.height / from.height]
  if (fit === 'cover') {
    const scale = Math.max(across, down)
    const [width, height] = [to.width / scale, to.height / scale]
    return { from: { x: (from.width - width) / 2, y: (from.height - height) / 2, width, height }, to: all }
  }
  if (fit === 'contain') {
    const scale = Math.min(across, down)
    const width = Math.max(1, Math.min(to.width, Math.round(from.width * scale)))
    const height = Math.max(1, Math.min(to.height, Math.round(from.height * scale)))
    return {
      from: whole,
      to: { x: Math.floor((to.width - width) / 2), y: Math.floor((to.height - height) / 2), width, height },
    }
  }
  return { from: whole, to: all }
}

/** Pillow's bilinear resize, to the last bit (Resample.c of Pillow: fixed point, rounded after each direction). */
export function resizePixels(pixels: Pixels, placement: Placement): Pixels {
  const { from, to } = placement
  const { width, height, channels } = pixels
  if (channels === 4) throw new Error('Opacity must be laid on white before.')
  const isSame =
    from.x === 0 && from.y === 0 && from.width === to.width && from.height === to.height && width === from.width
  if (isSame && height === from.height) return { ...pixels, width: to.width, height: to.height }
  const across = weigh(width, from.x, from.width, to.width)
  const down = weigh(height, from.y, from.height, to.height)
  const firstRow = down.first[0] as number
  const lastRow = (down.first[to.height - 1] as number) + (down.count[to.height - 1] as number)
  const narrow = new Uint8Array((lastRow - firstRow) * to.width * channels)
  squeezeRows(pixels, across, firstRow, lastRow, narrow, to.width)
  const values = new Uint8Array(to.width * to.height * channels)
  squeezeColumns(narrow, down, firstRow, values, to.width * channels, to.height)
  return { width: to.width, height: to.height, channels, values }
}

/** The result on a black ground of its own size. */
export function mount(
  pixels: Pixels,
  { to }: Placement,
  size: { readonly width: number; readonly height: number },
): Pixels {
  const { width, height, channels, values } = pixels
  if (width === size.width && height === size.height) return pixels
  const result = new Uint8Array(size.width * size.height * channels)
  for (let row = 0; row < height; row++)
    result.set(
      values.subarray(row * width * channels, (row + 1) * width * channels),
      ((to.y + row) * size.width + to.x) * channels,
    )
  return { ...size, channels, values: result }
}

interface Weights {
  readonly first: Int32Array
  readonly count: Int32Array
  /** `width` weights for each result. */
  readonly weights: Int32Array
  readonly width: number
}

const precision = 22
const half = 1 << (precision - 1)

function weigh(length: number, start: number, extent: number, results: number): Weights {
  const scale = extent / results
  const reach = Math.max(1, scale)
  const width = Math.ceil(reach) * 2 + 1
  const first = new Int32Array(results)
  const count = new Int32Array(results)
  const weights = new Int32Array(results * width)
  const shares = new Float64Array(width)
  for (let index = 0; index < results; index++) {
    const centre = start + (index + 0.5) * scale
    const from = Math.max(0, Math.trunc(centre - reach + 0.5))
    const to = Math.min(length, Math.trunc(centre + reach + 0.5))
    let total = 0
    for (let place = from; place < to; place++) {
      const share = Math.max(0, 1 - Math.abs((place - centre + 0.5) / reach))
      shares[place - from] = share
      total += share
    }
    first[index] = from
    count[index] = to - from
    for (let place = 0; place < to - from; place++)
      weights[index * width + place] = Math.trunc(0.5 + ((shares[place] as number) / total) * (1 << precision))
  }
  return { first, count, weights, width }
}

function clip(sum: number): number {
  const value = sum >> precision
  return value < 0 ? 0 : value > 255 ? 255 : value
}

function squeezeRows(
  pixels: Pixels,
  across: Weights,
  firstRow: number,
  lastRow: number,
  result: Uint8Array,
  outWidth: number,
): void {
  if (pixels.channels === 1) squeezeGreyRows(pixels, across, firstRow, lastRow, result, outWidth)
  else squeezeColourRows(pixels, across, firstRow, lastRow, result, outWidth)
}

// These loops are most of the work without TensorFlow: each weight is read once for several sums.

/** Four rows at a time. */
function squeezeGreyRows(
  { width, values }: Pixels,
  { first, count, weights, width: reach }: Weights,
  firstRow: number,
  lastRow: number,
  result: Uint8Array,
  outWidth: number,
): void {
  for (let row = firstRow; row < lastRow; row += 4) {
    // Rows beyond the last are that one again: nothing reads what becomes of them.
    const below = (places: number) => Math.min(lastRow - 1 - row, places) * width
    const [second, third, fourth] = [below(1), below(2), below(3)]
    const rows = Math.min(4, lastRow - row)
    for (let column = 0; column < outWidth; column++) {
      let from = row * width + (first[column] as number)
      let at = column * reach
      const end = at + (count[column] as number)
      let one = half
      let two = half
      let three = half
      let four = half
      for (; at < end; at++, from++) {
        const weight = weights[at] as number
        one = (one + Math.imul(values[from] as number, weight)) | 0
        two = (two + Math.imul(values[from + second] as number, weight)) | 0
        three = (three + Math.imul(values[from + third] as number, weight)) | 0
        four = (four + Math.imul(values[from + fourth] as number, weight)) | 0
      }
      const to = (row - firstRow) * outWidth + column
      result[to] = clip(one)
      if (rows > 1) result[to + outWidth] = clip(two)
      if (rows > 2) result[to + 2 * outWidth] = clip(three)
      if (rows > 3) result[to + 3 * outWidth] = clip(four)
    }
  }
}

/** Three channels at a time. */
function squeezeColourRows(
  { width, values }: Pixels,
  { first, count, weights, width: reach }: Weights,
  firstRow: number,
  lastRow: number,
  result: Uint8Array,
  outWidth: number,
): void {
  let to = 0
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = 0; column < outWidth; column++) {
      let from = (row * width + (first[column] as number)) * 3
      let at = column * reach
      const end = at + (count[column] as number)
      let one = half
      let two = half
      let three = half
      for (; at < end; at++, from += 3) {
        const weight = weights[at] as number
        one = (one + Math.imul(values[from] as number, weight)) | 0
        two = (two + Math.imul(values[from + 1] as number, weight)) | 0
        three = (three + Math.imul(values[from + 2] as number, weight)) | 0
      }
      result[to] = clip(one)
      result[to + 1] = clip(two)
      result[to + 2] = clip(three)
      to += 3
    }
  }
}

/** `rowLength` is in bytes; `narrow` begins at `firstRow`. */
function squeezeColumns(
  narrow: Uint8Array,
  down: Weights,
  firstRow: number,
  result: Uint8Array,
  rowLength: number,
  outHeight: number,
): void {
  const { first, count, weights } = down
  const sums = new Int32Array(rowLength)
  for (let row = 0; row < outHeight; row++) {
    sums.fill(half)
    const taps = count[row] as number
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[row * down.width + tap] as number
      const from = ((first[row] as number) - firstRow + tap) * rowLength
      for (let place = 0; place < rowLength; place++)
        sums[place] = (sums[place] as number) + Math.imul(narrow[from + place] as number, weight)
    }
    for (let place = 0; place < rowLength; place++) result[row * rowLength + place] = clip(sums[place] as number)
  }
}
