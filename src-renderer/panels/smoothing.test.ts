import { expect, test } from 'vitest'
import { smooth } from './smoothing.ts'

test('weight 0 leaves the values as they are', () => {
  expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2])
})

test('a constant series stays constant from its first value on', () => {
  expect(smooth([5, 5, 5, 5], 0.9).map((value) => Number(value.toFixed(12)))).toEqual([5, 5, 5, 5])
})

test('each value weighs less the older it is, and the weights sum to one', () => {
  // With weight ½ the third is (1·¼ + 2·½ + 4·1) / (¼ + ½ + 1).
  expect(smooth([1, 2, 4], 0.5).map((value) => Number(value.toFixed(6)))).toEqual([1, 1.666667, 3])
})

test('a diverged value stays in the picture and does not poison what follows', () => {
  expect(smooth([1, NaN, 1], 0.5)).toEqual([1, NaN, 1])
})
