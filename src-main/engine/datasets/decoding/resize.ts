import type { PictureOptions } from '../../../common/data/reading.ts'
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
  { width, channels, values }: Pixels,
  across: Weights,
  firstRow: number,
  lastRow: number,
  result: Uint8Array,
  outWidth: number,
): void {
  const { first, count, weights } = across
  let to = 0
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = 0; column < outWidth; column++) {
      const start = (row * width + (first[column] as number)) * channels
      const taps = count[column] as number
      const at = column * across.width
      for (let channel = 0; channel < channels; channel++) {
        let sum = half
        let from = start + channel
        for (let tap = 0; tap < taps; tap++) {
          sum += (values[from] as number) * (weights[at + tap] as number)
          from += channels
        }
        result[to++] = clip(sum)
      }
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
        sums[place] = (sums[place] as number) + (narrow[from + place] as number) * weight
    }
    for (let place = 0; place < rowLength; place++) result[row * rowLength + place] = clip(sums[place] as number)
  }
}
