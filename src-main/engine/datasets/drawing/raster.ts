import type { Path } from './path.ts'

/** Lines are sampled at this many heights within a pixel; across they are exact. */
const heightsPerPixel = 4

/** A picture under way: values 0…1, row-major, channels last. Coordinates are those of a unit square, 0…1, y down. */
export interface Raster {
  readonly size: number
  readonly channels: number
  readonly values: Float32Array
}

export function createRaster(size: number, channels: number): Raster {
  return { size, channels, values: new Float32Array(size * size * channels) }
}

/** Paints the inside of a path over what is there; `colour` has one value a channel, `opacity` is 0…1. */
export function fill(raster: Raster, path: Path, colour: readonly number[], opacity = 1): void {
  const { size, channels, values } = raster
  let top = Infinity
  let bottom = -Infinity
  for (const ring of path) {
    for (let index = 1; index < ring.length; index += 2) {
      const y = (ring[index] as number) * size
      if (y < top) top = y
      if (y > bottom) bottom = y
    }
  }
  const firstRow = Math.max(0, Math.floor(top))
  const lastRow = Math.min(size - 1, Math.floor(bottom))
  const cover = new Float32Array(size)
  const crossings: { x: number; turn: number }[] = []
  for (let row = firstRow; row <= lastRow; row++) {
    cover.fill(0)
    let covered = false
    for (let step = 0; step < heightsPerPixel; step++) {
      crossings.length = 0
      collectCrossings(path, row + (step + 0.5) / heightsPerPixel, size, crossings)
      if (crossings.length === 0) continue
      covered = true
      crossings.sort((a, b) => a.x - b.x)
      let winding = 0
      for (let index = 0; index + 1 < crossings.length; index++) {
        const here = crossings[index] as { x: number; turn: number }
        winding += here.turn
        if (winding !== 0) addSpan(cover, here.x, (crossings[index + 1] as { x: number }).x)
      }
    }
    if (!covered) continue
    for (let column = 0; column < size; column++) {
      const share = Math.min(1, (cover[column] as number) / heightsPerPixel) * opacity
      if (share === 0) continue
      const start = (row * size + column) * channels
      for (let channel = 0; channel < channels; channel++) {
        const old = values[start + channel] as number
        values[start + channel] = old + ((colour[channel] ?? colour[0] ?? 0) - old) * share
      }
    }
  }
}

function collectCrossings(path: Path, y: number, size: number, into: { x: number; turn: number }[]): void {
  for (const ring of path) {
    let fromX = (ring[ring.length - 2] as number) * size
    let fromY = (ring[ring.length - 1] as number) * size
    for (let index = 0; index < ring.length; index += 2) {
      const toX = (ring[index] as number) * size
      const toY = (ring[index + 1] as number) * size
      if (fromY <= y !== toY <= y) {
        into.push({ x: fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX), turn: fromY <= y ? 1 : -1 })
      }
      fromX = toX
      fromY = toY
    }
  }
}

/** Adds the part of each pixel between two positions of a line. */
function addSpan(cover: Float32Array, from: number, to: number): void {
  const start = Math.max(0, from)
  const end = Math.min(cover.length, to)
  if (end <= start) return
  const first = Math.floor(start)
  const last = Math.min(cover.length - 1, Math.floor(end))
  if (first === last) {
    cover[first] = (cover[first] as number) + end - start
    return
  }
  cover[first] = (cover[first] as number) + first + 1 - start
  for (let column = first + 1; column < last; column++) cover[column] = (cover[column] as number) + 1
  cover[last] = (cover[last] as number) + end - last
}

/** The picture as bytes, 0…255. */
export function toBytes(raster: Raster): Uint8Array {
  const bytes = new Uint8Array(raster.values.length)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Math.round(Math.min(1, Math.max(0, raster.values[index] as number)) * 255)
  }
  return bytes
}
