import { expect, test } from 'vitest'
import { meaningOf, readShape, spacedShape } from './shape-meaning.ts'

test.each([
  ['28, 28, 1', [28, 28, 1]],
  ['28×28×1', [28, 28, 1]],
  ['[32 32 3]', [32, 32, 3]],
  ['64', [64]],
  ['28 x ', [28]],
  ['', null],
  ['28, -1', null],
  ['28.5', null],
  ['wide', null],
])('"%s" is read as %j', (text, expected) => {
  expect(readShape(text)).toEqual(expected)
})

test('axes are named by their number', () => {
  expect([[28, 28, 6], [288, 1], [84], [1, 2, 3, 4]].map((shape) => [spacedShape(shape), meaningOf(shape)])).toEqual([
    ['28 × 28 × 6', 'shape.picture'],
    ['288 × 1', 'shape.series'],
    ['84', 'shape.units'],
    ['1 × 2 × 3 × 4', null],
  ])
})
