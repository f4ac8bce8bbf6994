import type { Shape } from '../../src-main/common/graph/graph.ts'

/** A row-major plane of numbers: one map, one kernel slice or one picture. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly at: (row: number, column: number) => number
}

/** Colours from −1 through 0 to 1. Activations and weights have families of their own so that nobody mistakes them. */
export type Palette = 'activation' | 'weight' | 'grey'

type Colour = readonly [red: number, green: number, blue: number]
const anchors: Record<Exclude<Palette, 'grey'>, readonly Colour[]> = {
  // Blue – white – red, after ColorBrewer's RdBu, seven steps.
  activation: [
    [33, 102, 172],
    [103, 169, 207],
    [209, 229, 240],
    [250, 250, 250],
    [253, 219, 199],
    [239, 138, 98],
    [178, 24, 43],
  ],
  // Purple – white – green, after ColorBrewer's PRGn, seven steps.
  weight: [
    [118, 42, 131],
    [175, 141, 195],
    [231, 212, 232],
    [250, 250, 250],
    [217, 240, 211],
    [127, 191, 123],
    [27, 120, 55],
  ],
}

/** The thin edge of every map and kernel: a grey that stands out from light and dark grounds alike. */
export const EDGE_COLOUR = '#8a909a'

const STEPS = 512
const tables = Object.fromEntries(
  Object.entries(anchors).map(([name, colours]) => [name, interpolate(colours)]),
) as Record<Exclude<Palette, 'grey'>, Uint8ClampedArray>

function interpolate(colours: readonly Colour[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray((STEPS + 1) * 3)
  for (let step = 0; step <= STEPS; step++) {
    const position = (step / STEPS) * (colours.length - 1)
    const lower = Math.min(Math.floor(position), colours.length - 2)
    for (let channel = 0; channel < 3; channel++) {
      const from = colours[lower]?.[channel] ?? 0
      const to = colours[lower + 1]?.[channel] ?? 0
      table[step * 3 + channel] = from + (to - from) * (position - lower)
    }
  }
  return table
}

/** The CSS colour of a value on a diverging scale whose ends are ±`limit`. */
export function colourOf(value: number, limit: number, palette: Exclude<Palette, 'grey'>): string {
  const step = stepOf(value, limit) * 3
  const table = tables[palette]
  return `rgb(${table[step]} ${table[step + 1]} ${table[step + 2]})`
}

function stepOf(value: number, limit: number): number {
  if (!(limit > 0) || !Number.isFinite(value)) return STEPS / 2
  return Math.round((Math.max(-1, Math.min(1, value / limit)) + 1) * (STEPS / 2))
}

/** The largest absolute value: the end of a diverging scale. */
export function limitOf(data: Float32Array | Uint8Array): number {
  let limit = 0
  for (const value of data) {
    const size = Math.abs(value)
    if (size > limit && Number.isFinite(size)) limit = size
  }
  return limit
}

/** Channel `channel` of maps [height, width, channels], or of [steps, channels] as one row, or [units] as one cell. */
export function mapPlane(shape: Shape, data: Float32Array | Uint8Array, channel: number): Plane {
  const channels = shape.at(-1) ?? 1
  const height = shape.length === 3 ? (shape[0] ?? 1) : 1
  const width = shape.length === 3 ? (shape[1] ?? 1) : shape.length === 2 ? (shape[0] ?? 1) : 1
  return { width, height, at: (row, column) => data[(row * width + column) * channels + channel] ?? 0 }
}

/** How many planes `mapPlane` can be asked for. */
export function channelsOf(shape: Shape): number {
  return shape.at(-1) ?? 1
}

/** The slice of a kernel [height, width, in, out] or [steps, in, out] that goes from one input to one output channel. */
export function kernelPlane(shape: Shape, data: Float32Array, input: number, output: number): Plane {
  const [height, width, inputs, outputs] =
    shape.length === 3
      ? [1, shape[0] ?? 1, shape[1] ?? 1, shape[2] ?? 1]
      : (shape as readonly [number, number, number, number])
  return {
    width,
    height,
    at: (row, column) => data[((row * width + column) * inputs + input) * outputs + output] ?? 0,
  }
}

/** Paints a plane at one pixel a cell, on a scale that ends at ±`limit` (grey: 0…`limit`). */
export function paintPlane(image: ImageData, plane: Plane, limit: number, palette: Palette, left = 0, top = 0) {
  const { data, width } = image
  const table = palette === 'grey' ? null : tables[palette]
  for (let row = 0; row < plane.height; row++) {
    for (let column = 0; column < plane.width; column++) {
      const target = ((top + row) * width + left + column) * 4
      const value = plane.at(row, column)
      if (table) {
        const step = stepOf(value, limit) * 3
        data[target] = table[step] ?? 0
        data[target + 1] = table[step + 1] ?? 0
        data[target + 2] = table[step + 2] ?? 0
      } else {
        const grey = limit > 0 ? (value / limit) * 255 : 0
        data[target] = data[target + 1] = data[target + 2] = grey
      }
      data[target + 3] = 255
    }
  }
}

/** Paints a picture [height, width, 1 or 3] with values 0…255 at one pixel a cell. */
export function paintPicture(image: ImageData, shape: Shape, values: Uint8Array | Float32Array, left = 0, top = 0) {
  const [height = 1, width = 1, channels = 1] = shape
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const source = (row * width + column) * channels
      const target = ((top + row) * image.width + left + column) * 4
      for (let channel = 0; channel < 3; channel++) {
        image.data[target + channel] = values[source + Math.min(channel, channels - 1)] ?? 0
      }
      image.data[target + 3] = 255
    }
  }
}
