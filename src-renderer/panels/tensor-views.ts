import type { Box, Place } from '../../src-main/common/layers/cells/cell.ts'
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

/** A rectangle of cells on one plane, counted from 0. */
export interface Mark {
  readonly plane: number
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

/** What somebody wants to know of the cell that the pointer or the keys have come to. */
export interface CellCursor {
  readonly move: (place: Place, by: 'pointer' | 'key') => void
  /** It was clicked, or Enter pressed on it. */
  readonly pick: (place: Place) => void
  readonly release: () => void
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
  /** The place in the tensor, counted from 0; null for kernels, which have no cells of an output. */
  readonly placeAt: (plane: number, row: number, column: number) => Place | null
  /** Where a box of the tensor lies on the planes, cut at their edges. */
  readonly marksOf: (box: Box) => readonly Mark[]
}

/** So many planes are drawn at once; more would be too small to see and too slow to paint. */
export const MAX_PLANES = 4_096
const CELL_COLUMNS = 32

/**
 * Maps [height, width, channels] as pictures, [steps, channels] as curves, [units] as cells. The samples themselves
 * (`isPicture`) are 0…1 on every scale: a dark picture stays dark.
 */
export function mapsView(tensor: NodeTensor, scale: Scale, netLimit: number, isPicture = false): TensorView {
  const { shape, data } = tensor
  if (isPicture && shape.length === 3) {
    const view = mapsView(tensor, 'layer', 0)
    return { ...view, limits: view.limits.map((limit) => Math.max(1, limit)) }
  }
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
    placeAt: (plane, row, column) => (shape.length === 2 ? [column, plane] : [row, column, plane]),
    marksOf: ({ from, to }) => {
      const series = shape.length === 2
      const [first, last] = [from.at(-1) ?? 0, Math.min(channels - 1, to.at(-1) ?? 0)]
      const rows = series ? null : cutTo(from[0], to[0], shape[0])
      const columns = series ? cutTo(from[0], to[0], shape[0]) : cutTo(from[1], to[1], shape[1])
      if (!columns || (!series && !rows) || last < first) return []
      return Array.from({ length: last - first + 1 }, (_, index) => ({
        plane: first + index,
        row: rows?.start ?? 0,
        rows: rows?.length ?? 1,
        column: columns.start,
        columns: columns.length,
      }))
    },
  }
}

/** Which input channel's slice of a kernel is shown, from 0; all of them, or what they add up to. */
export type Slice = number | 'all' | 'sum'

/** Kernels of one input channel, the sums over all of them, or a row of slices for each filter. */
export function kernelsView(tensor: NodeTensor, input: Slice, scale: Scale, netLimit: number): TensorView {
  const { shape, data } = tensor
  const layerLimit = scale === 'net' ? netLimit : limitOf(data)
  if (shape.length < 3) return matrixView(tensor, layerLimit)
  const [inputs = 1, outputs = 1] = shape.slice(-2)
  const all = Array.from({ length: inputs }, (_, index) => index)
  const slices = input === 'all' ? all : [input === 'sum' ? 0 : input]
  const count = Math.min(outputs, Math.max(1, Math.floor(MAX_PLANES / slices.length)))
  const places = Array.from({ length: count }, (_, output) => slices.map((slice) => ({ slice, output }))).flat()
  const planes = places.map(({ slice, output }) =>
    input === 'sum'
      ? summedPlane(all.map((one) => kernelPlane(shape, data, one, output)))
      : kernelPlane(shape, data, slice, output),
  )
  // Sums are larger than what they are made of.
  const ownLimit = input === 'sum' ? Math.max(0, ...planes.map(planeLimit)) : layerLimit
  return {
    kind: shape.length === 3 ? 'lines' : 'pictures',
    planes,
    limits: planes.map((plane) => (scale === 'map' ? planeLimit(plane) : ownLimit)),
    columns: input === 'all' && inputs > 1 ? inputs : null,
    cellAt: (plane, row, column) => {
      const place = places[plane]
      const found = planes[plane]
      if (!place || !found) return null
      const at = shape.length === 3 ? { row: column + 1 } : { row: row + 1, column: column + 1 }
      const slice = input === 'sum' ? {} : { input: place.slice + 1 }
      return { channel: place.output + 1, ...slice, ...at, value: found.at(row, column) }
    },
    placeAt: () => null,
    // Of a box [filter], the whole kernels of that filter; of [input, filter], the one slice.
    marksOf: ({ from }) =>
      places.flatMap(({ slice, output }, plane) => {
        const { width = 1, height = 1 } = planes[plane] ?? {}
        const isMeant = output === from.at(-1) && (from.length === 1 || slice === from[0])
        return isMeant ? [{ plane, row: 0, column: 0, rows: height, columns: width }] : []
      }),
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
    placeAt: (_, row, column) => (row * width + column < data.length ? [row * width + column] : null),
    marksOf: ({ from: [from = 0], to: [to = 0] }) => {
      if (from === 0 && to === data.length - 1) return [{ plane: 0, row: 0, rows: height, column: 0, columns: width }]
      const [first, last] = [Math.floor(from / width), Math.floor(to / width)]
      return Array.from({ length: last - first + 1 }, (_, index) => {
        const start = index === 0 ? from % width : 0
        const end = index === last - first ? to % width : width - 1
        return { plane: 0, row: first + index, rows: 1, column: start, columns: end - start + 1 }
      })
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
    placeAt: () => null,
    // Of a box that ends in [unit], the row of that unit.
    marksOf: ({ from }) => {
      const row = from.at(-1) ?? units
      return row < units ? [{ plane: 0, row, rows: 1, column: 0, columns: inputs }] : []
    },
  }
}

function summedPlane(planes: readonly Plane[]): Plane {
  const { width, height } = planes[0] ?? { width: 1, height: 1 }
  return { width, height, at: (row, column) => planes.reduce((sum, plane) => sum + plane.at(row, column), 0) }
}

function cutTo(from = 0, to = 0, length = 1): { readonly start: number; readonly length: number } | null {
  const [start, end] = [Math.max(0, from), Math.min(length - 1, to)]
  return end < start ? null : { start, length: end - start + 1 }
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
