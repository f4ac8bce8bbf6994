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

/** A ring in pixels, with the heights between which it lies: most rings of a long stroke miss most lines. */
interface ScaledRing {
  readonly points: Float64Array
  readonly top: number
  readonly bottom: number
}

function scaled(path: Path, size: number): readonly ScaledRing[] {
  return path.map((ring) => {
    const points = new Float64Array(ring.length)
    let top = Infinity
    let bottom = -Infinity
    for (let index = 0; index < points.length; index += 2) {
      const y = (ring[index + 1] as number) * size
      points[index] = (ring[index] as number) * size
      points[index + 1] = y
      if (y < top) top = y
      if (y > bottom) bottom = y
    }
    return { points, top, bottom }
  })
}

/** Paints the inside of a path over what is there; `colour` has one value a channel, `opacity` is 0…1. */
export function fill(raster: Raster, path: Path, colour: readonly number[], opacity = 1): void {
  const { size, channels, values } = raster
  const rings = scaled(path, size)
  const firstRow = Math.max(0, Math.floor(Math.min(...rings.map(({ top }) => top))))
  const lastRow = Math.min(size - 1, Math.floor(Math.max(...rings.map(({ bottom }) => bottom))))
  const cover = new Float32Array(size)
  const crossings: Crossing[] = []
  for (let row = firstRow; row <= lastRow; row++) {
    const near = rings.filter(({ top, bottom }) => top < row + 1 && bottom >= row)
    if (near.length === 0) continue
    cover.fill(0)
    let covered = false
    for (let step = 0; step < heightsPerPixel; step++) {
      crossings.length = 0
      collectCrossings(near, row + (step + 0.5) / heightsPerPixel, crossings)
      if (crossings.length === 0) continue
      covered = true
      crossings.sort((a, b) => a.x - b.x)
      let winding = 0
      for (let index = 0; index + 1 < crossings.length; index++) {
        const here = crossings[index] as Crossing
        winding += here.turn
        if (winding !== 0) addSpan(cover, here.x, (crossings[index + 1] as Crossing).x)
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

/** Where a line of samples meets an outline, and which way the outline runs there. */
interface Crossing {
  readonly x: number
  readonly turn: number
}

function collectCrossings(rings: readonly ScaledRing[], y: number, into: Crossing[]): void {
  for (const { points, top, bottom } of rings) {
    if (y < top || y > bottom) continue
    let fromX = points[points.length - 2] as number
    let fromY = points[points.length - 1] as number
    for (let index = 0; index < points.length; index += 2) {
      const toX = points[index] as number
      const toY = points[index + 1] as number
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
