import { expect, test } from 'vitest'
import { kernelsView, mapsView } from './tensor-views.ts'

const counted = (length: number) => Float32Array.from({ length }, (_, index) => index)

test('a cell of a map names its channel, row and column from 1', () => {
  const view = mapsView({ node: 'n', shape: [2, 3, 2], data: counted(12) }, 'layer', 0)
  expect({ kind: view.kind, planes: view.planes.length, limits: view.limits, cell: view.cellAt(1, 1, 2) }).toEqual({
    kind: 'pictures',
    planes: 2,
    limits: [11, 11],
    cell: { channel: 2, row: 2, column: 3, value: 11 },
  })
})

test('each map may have a scale of its own, or the net one for all', () => {
  const tensor = { node: 'n', shape: [1, 2, 2], data: Float32Array.of(1, 2, -3, 4) }
  expect([mapsView(tensor, 'map', 9).limits, mapsView(tensor, 'net', 9).limits]).toEqual([
    [3, 4],
    [9, 9],
  ])
})

test('series are curves, units are cells in reading order', () => {
  const series = mapsView({ node: 'n', shape: [3, 2], data: counted(6) }, 'layer', 0)
  const units = mapsView({ node: 'n', shape: [40], data: counted(40) }, 'layer', 0)
  expect([series.kind, series.cellAt(1, 0, 2), units.kind, units.cellAt(0, 1, 3), units.cellAt(0, 1, 9)]).toEqual([
    'lines',
    { channel: 2, row: 3, value: 5 },
    'cells',
    { channel: 36, value: 35 },
    null,
  ])
})

test('kernels [height, width, in, out] come as one slice a filter, or as a row of slices a filter', () => {
  const tensor = { node: 'n', shape: [1, 1, 2, 3], data: counted(6) }
  const second = kernelsView(tensor, 1, 'layer', 0)
  const all = kernelsView(tensor, 'all', 'layer', 0)
  expect({
    second: second.planes.map((plane) => plane.at(0, 0)),
    all: all.planes.map((plane) => plane.at(0, 0)),
    columns: [second.columns, all.columns],
    cell: all.cellAt(3, 0, 0),
  }).toEqual({
    second: [3, 4, 5],
    all: [0, 3, 1, 4, 2, 5],
    columns: [null, 2],
    cell: { channel: 2, input: 2, row: 1, column: 1, value: 4 },
  })
})

test('a box of a kernel is the filter’s slices, or the one slice where each input has kernels of its own', () => {
  const all = kernelsView({ node: 'n', shape: [1, 1, 3, 2], data: counted(6) }, 'all', 'layer', 0)
  const planes = (place: readonly number[]) => all.marksOf({ from: place, to: place }).map(({ plane }) => plane)
  expect([planes([1]), planes([2, 1])]).toEqual([[3, 4, 5], [5]])
})

test('weights of a dense layer are one picture, a row for each unit', () => {
  const view = kernelsView({ node: 'n', shape: [3, 2], data: counted(6) }, 0, 'layer', 0)
  expect([view.kind, view.planes[0]?.width, view.planes[0]?.height, view.cellAt(0, 1, 2)]).toEqual([
    'cells',
    3,
    2,
    { channel: 2, input: 3, value: 5 },
  ])
})

test('a unit’s weights are a row of the picture, to be marked', () => {
  const view = kernelsView({ node: 'n', shape: [3, 2], data: counted(6) }, 0, 'layer', 0)
  expect([view.marksOf({ from: [1], to: [1] }), view.marksOf({ from: [2], to: [2] })]).toEqual([
    [{ plane: 0, row: 1, rows: 1, column: 0, columns: 3 }],
    [],
  ])
})
