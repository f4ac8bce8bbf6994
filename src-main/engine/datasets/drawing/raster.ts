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

/** Where one line of samples meets the outlines, from left to right. Kept from line to line: nothing is allocated in between. */
const crossingPlaces: number[] = []
const crossingTurns: number[] = []

/** Paints the inside of a path over what is there; `colour` has one value a channel, `opacity` is 0…1. */
export function fill(raster: Raster, path: Path, colour: readonly number[], opacity = 1): void {
  const { size, channels, values } = raster
  const rings = scaled(path, size)
  let top = Infinity
  let bottom = -Infinity
  for (const ring of rings) {
    top = Math.min(top, ring.top)
    bottom = Math.max(bottom, ring.bottom)
  }
  const lastRow = Math.min(size - 1, Math.floor(bottom))
  const cover = new Float32Array(size)
  for (let row = Math.max(0, Math.floor(top)); row <= lastRow; row++) {
    let first = size
    let last = -1
    for (let step = 0; step < heightsPerPixel; step++) {
      const count = collectCrossings(rings, row + (step + 0.5) / heightsPerPixel)
      if (count === 0) continue
      first = Math.min(first, Math.max(0, Math.floor(crossingPlaces[0] as number)))
      last = Math.max(last, Math.min(size - 1, Math.floor(crossingPlaces[count - 1] as number)))
      let winding = 0
      for (let index = 0; index + 1 < count; index++) {
        winding += crossingTurns[index] as number
        if (winding !== 0) addSpan(cover, crossingPlaces[index] as number, crossingPlaces[index + 1] as number)
      }
    }
    for (let column = first; column <= last; column++) {
      const share = Math.min(1, (cover[column] as number) / heightsPerPixel) * opacity
      cover[column] = 0
      const start = (row * size + column) * channels
      for (let channel = 0; channel < channels; channel++) {
        const old = values[start + channel] as number
        values[start + channel] = old + ((colour[channel] ?? colour[0] ?? 0) - old) * share
      }
    }
  }
}

/** Fills the crossings of a line, sorted, and gives their number. */
function collectCrossings(rings: readonly ScaledRing[], y: number): number {
  let count = 0
  for (const { points, top, bottom } of rings) {
    if (y < top || y > bottom) continue
    let fromX = points[points.length - 2] as number
    let fromY = points[points.length - 1] as number
    for (let index = 0; index < points.length; index += 2) {
      const toX = points[index] as number
      const toY = points[index + 1] as number
      if (fromY <= y !== toY <= y) {
        const x = fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)
        let place = count++
        while (place > 0 && (crossingPlaces[place - 1] as number) > x) {
          crossingPlaces[place] = crossingPlaces[place - 1] as number
          crossingTurns[place] = crossingTurns[place - 1] as number
          place--
        }
        crossingPlaces[place] = x
        crossingTurns[place] = fromY <= y ? 1 : -1
      }
      fromX = toX
      fromY = toY
    }
  }
  return count
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
