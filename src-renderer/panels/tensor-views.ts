import type { NodeTensor, Probe } from '../../src-main/common/training/probe.ts'
import type { Plane } from '../ui/tensor-picture.ts'
import { kernelPlane, limitOf, mapPlane } from '../ui/tensor-picture.ts'
import type { Scale } from './panel-state.svelte.ts'

/** A place in a tensor in the words of its axes; what does not apply is absent. Counted from 1. */
export interface Cell {
  readonly channel?: number
  readonly input?: number
  readonly row?: number
  readonly column?: number
  readonly value: number
}

/** A tensor laid out to be looked at: pictures, curves over steps, or plain cells in reading order. */
export interface TensorView {
  readonly kind: 'pictures' | 'lines' | 'cells'
  readonly planes: readonly Plane[]
  /** The end of the scale of each plane. */
  readonly limits: readonly number[]
  /** How many planes belong side by side; null where any number will do. */
  readonly columns: number | null
  readonly cellAt: (plane: number, row: number, column: number) => Cell | null
}

/** So many planes are drawn at once; more would be too small to see and too slow to paint. */
export const MAX_PLANES = 4_096
const CELL_COLUMNS = 32

/** Maps [height, width, channels] as pictures, [steps, channels] as curves, [units] as cells. */
export function mapsView(tensor: NodeTensor, scale: Scale, netLimit: number): TensorView {
  const { shape, data } = tensor
  if (shape.length === 1) return cellsView(data, scale === 'net' ? netLimit : limitOf(data))
  const channels = Math.min(shape.at(-1) ?? 0, MAX_PLANES)
  const planes = Array.from({ length: channels }, (_, channel) => mapPlane(shape, data, channel))
  const layerLimit = scale === 'net' ? netLimit : limitOf(data)
  return {
    kind: shape.length === 2 ? 'lines' : 'pictures',
    planes,
    limits: planes.map((plane) => (scale === 'map' ? planeLimit(plane) : layerLimit)),
    columns: null,
    cellAt: (plane, row, column) => {
      const found = planes[plane]
      if (!found) return null
      const value = found.at(row, column)
      const place = shape.length === 2 ? { row: column + 1 } : { row: row + 1, column: column + 1 }
      return { channel: plane + 1, ...place, value }
    },
  }
}

/** Kernels of one input channel (from 0), or of all of them: a row of slices for each filter. */
export function kernelsView(tensor: NodeTensor, input: number | 'all', scale: Scale, netLimit: number): TensorView {
  const { shape, data } = tensor
  const layerLimit = scale === 'net' ? netLimit : limitOf(data)
  if (shape.length < 3) return matrixView(tensor, layerLimit)
  const [inputs = 1, outputs = 1] = shape.slice(-2)
  const slices = input === 'all' ? Array.from({ length: inputs }, (_, index) => index) : [input]
  const count = Math.min(outputs, Math.max(1, Math.floor(MAX_PLANES / slices.length)))
  const places = Array.from({ length: count }, (_, output) => slices.map((slice) => ({ slice, output }))).flat()
  const planes = places.map(({ slice, output }) => kernelPlane(shape, data, slice, output))
  return {
    kind: shape.length === 3 ? 'lines' : 'pictures',
    planes,
    limits: planes.map((plane) => (scale === 'map' ? planeLimit(plane) : layerLimit)),
    columns: input === 'all' && inputs > 1 ? inputs : null,
    cellAt: (plane, row, column) => {
      const place = places[plane]
      const found = planes[plane]
      if (!place || !found) return null
      const at = shape.length === 3 ? { row: column + 1 } : { row: row + 1, column: column + 1 }
      return { channel: place.output + 1, input: place.slice + 1, ...at, value: found.at(row, column) }
    },
  }
}

/** The greatest absolute value of all maps, or of all kernels, of a net. */
export function netLimit(probe: Probe, what: 'maps' | 'kernels'): number {
  return probe[what].reduce((limit, tensor) => Math.max(limit, limitOf(tensor.data)), 0)
}

function cellsView(data: Float32Array, limit: number): TensorView {
  const width = Math.min(data.length, data.length > 1_024 ? 2 * CELL_COLUMNS : CELL_COLUMNS)
  const height = Math.ceil(data.length / Math.max(1, width))
  const plane: Plane = { width, height, at: (row, column) => data[row * width + column] ?? NaN }
  return {
    kind: 'cells',
    planes: [plane],
    limits: [limit],
    columns: 1,
    cellAt: (_, row, column) => {
      const value = data[row * width + column]
      return value === undefined ? null : { channel: row * width + column + 1, value }
    },
  }
}

/** Weights [inputs, units] as one picture: a row for each unit. */
function matrixView({ shape, data }: NodeTensor, limit: number): TensorView {
  const [inputs = 1, units = 1] = shape.length === 2 ? shape : [1, shape[0] ?? 1]
  const plane: Plane = { width: inputs, height: units, at: (row, column) => data[column * units + row] ?? NaN }
  return {
    kind: 'cells',
    planes: [plane],
    limits: [limit],
    columns: 1,
    cellAt: (_, row, column) => ({ channel: row + 1, input: column + 1, value: plane.at(row, column) }),
  }
}

function planeLimit(plane: Plane): number {
  let limit = 0
  for (let row = 0; row < plane.height; row++) {
    for (let column = 0; column < plane.width; column++) {
      const size = Math.abs(plane.at(row, column))
      if (size > limit && Number.isFinite(size)) limit = size
    }
  }
  return limit
}
