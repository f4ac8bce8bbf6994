import { expect, test } from 'vitest'
import { keptApart } from './kept-apart.ts'

test('labels that have room stay where they are', () => {
  expect(keptApart([80, 20, 50], 12, 0, 100)).toEqual([80, 20, 50])
})

test('labels on one place are moved apart in their order, within the plane', () => {
  expect(keptApart([50, 51, 50], 12, 0, 100)).toEqual([50, 74, 62])
  expect(keptApart([99, 98, 97], 12, 0, 100)).toEqual([100, 88, 76])
  expect(keptApart([-5, 2], 12, 6, 100)).toEqual([6, 18])
})
