import { expect, test } from 'vitest'
import { layOutCells, layOutTiles } from './strip-tiles.ts'

test.each([
  ['one map fills the height', 1, { count: 1, columns: 1, rows: 1 }],
  ['six maps stand in two rows', 6, { count: 6, columns: 3, rows: 2 }],
  ['sixteen maps stand in three rows', 16, { count: 16, columns: 6, rows: 3 }],
  ['of 120 maps those are shown that fit four rows', 120, { count: 40, columns: 10, rows: 4 }],
])('%s', (_, wanted, expected) => {
  expect(layOutTiles(wanted, 1, 152, 56)).toMatchObject(expected)
})

test('tiles never leave the strip, however wide they are', () => {
  for (const aspect of [0.1, 1, 3, 20]) {
    for (const wanted of [1, 2, 5, 17, 64, 500]) {
      const grid = layOutTiles(wanted, aspect, 152, 56)
      expect({ aspect, wanted, left: grid.left >= -1e-6, top: grid.top >= -1e-6, some: grid.count > 0 }).toEqual({
        aspect,
        wanted,
        left: true,
        top: true,
        some: true,
      })
    }
  }
})

test('cells of a dense layer fill the strip row by row', () => {
  expect([1, 10, 84, 480].map((count) => layOutCells(count, 152, 56))).toEqual([
    { columns: 1, rows: 1 },
    { columns: 6, rows: 2 },
    { columns: 16, rows: 6 },
    { columns: 37, rows: 13 },
  ])
})
