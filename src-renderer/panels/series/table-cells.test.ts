import { describe, expect, test } from 'vitest'
import type { ColumnSummary } from '../../../src-main/common/data/columns.ts'
import { cellText, gridColumns } from './table-cells.ts'

const about = (name: string, kind: ColumnSummary['kind']): ColumnSummary => ({
  name,
  kind,
  count: 4,
  missing: 0,
  least: null,
  greatest: null,
  mean: null,
  deviation: null,
  histogram: [],
  distinct: 2,
  words: [],
})
const columns = [about('size', 'number'), about('colour', 'text'), about('a = b', 'number')]
const scales = {
  scaling: 'standard',
  inputs: [
    { column: 'size', offset: 12.5, range: 0.5 },
    { column: 'colour = blue', offset: 0, range: 1 },
    { column: 'colour = red', offset: 0, range: 1 },
    { column: 'a = b', offset: 0, range: 2 },
  ],
  target: null,
} as const

describe('the rows of a table', () => {
  test('words that were spread into 0 and 1 are one column again, in the unit of the file', () => {
    const grid = gridColumns(scales, columns, 'file')
    expect(grid.map(({ title }) => title)).toEqual(['size', 'colour', 'a = b'])
    const cells = grid.map((column) => cellText(column, [-1, 0, 1, 1.5], scales, 'file'))
    expect(cells).toEqual(['12', 'red', '3'])
  })

  test('as a model gets them, every value has a column of its own', () => {
    const grid = gridColumns(scales, columns, 'model')
    expect(grid.map(({ title }) => title)).toEqual(['size', 'colour = blue', 'colour = red', 'a = b'])
    const cells = grid.map((column) => cellText(column, [-1, 0, 1, 1.5], scales, 'model'))
    expect(cells).toEqual(['-1', '0', '1', '1.5'])
  })

  test('a number of the file is not told with the rounding of what a model gets', () => {
    const inputs = [{ column: 'size', offset: 0.73, range: 1.31 }]
    const [size] = gridColumns({ ...scales, inputs }, columns, 'file')
    const cells = [-0.01, 0.171, -1.295].map((value) =>
      size ? cellText(size, Float32Array.of((value - 0.73) / 1.31), { ...scales, inputs }, 'file') : '',
    )
    expect(cells).toEqual(['-0.01', '0.171', '-1.295'])
  })

  test('a word that the training part did not have is told as none', () => {
    const [, colour] = gridColumns(scales, columns, 'file')
    expect(colour && cellText(colour, [0, 0, 0, 0], scales, 'file')).toBe('–')
  })
})
