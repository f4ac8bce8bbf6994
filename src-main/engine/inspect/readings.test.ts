import { expect, test } from 'vitest'
import { activationFaults, correlation, cosine, duplicateFilters, histogramOf } from './readings.ts'

const of = (...values: readonly number[]) => Float32Array.from(values)

test('a histogram counts every finite number once, the greatest in the last bin', () => {
  const { from, to, counts } = histogramOf(of(0, 0, 1, 16, 31.5, 32, NaN, Infinity))
  expect([from, to, counts.length]).toEqual([0, 32, 32])
  expect([counts[0], counts[1], counts[16], counts[31]]).toEqual([2, 1, 1, 2])
  expect(histogramOf(of(3, 3, 3))).toEqual({ from: 3, to: 3, counts: [3] })
  expect(histogramOf(of(NaN))).toEqual({ from: 0, to: 0, counts: [0] })
})

test('after ReLU a filter that is 0 everywhere is dead, one that is above 0 everywhere always on, others neither', () => {
  // Three channels of two samples of two cells.
  const outputs = of(0, 1, 0, 0, 2, 1, 0, 1, 0, 0, 0.1, 0)
  expect(activationFaults(outputs, 3, 'relu')).toEqual([
    { filter: 0, fault: 'dead', of: null },
    { filter: 1, fault: 'always-on', of: null },
  ])
  expect(activationFaults(outputs, 3, 'linear')).toEqual([])
})

test('tanh is saturated beyond 0.97 on both sides, sigmoid as near to 0 and 1, in 95 of 100 outputs', () => {
  const twenty = (saturated: number, high: number, rest: number) =>
    Float32Array.from({ length: 20 }, (_, index) => (index < saturated ? (index % 2 === 0 ? high : -high) : rest))
  expect(activationFaults(twenty(19, 0.98, 0), 1, 'tanh')).toEqual([{ filter: 0, fault: 'saturated', of: null }])
  expect(activationFaults(twenty(18, 0.98, 0), 1, 'tanh')).toEqual([])
  expect(activationFaults(twenty(20, 0.96, 0), 1, 'tanh')).toEqual([])
  expect(activationFaults(of(0.99, 0.01, 0.99), 1, 'sigmoid')).toEqual([{ filter: 0, fault: 'saturated', of: null }])
  expect(activationFaults(of(0.98, 0.02, 0.98), 1, 'sigmoid')).toEqual([])
})

test('cosine and correlation of columns have their known values', () => {
  const columns = of(1, 2, 0, 2, 4, 0, 3, 6, 1)
  expect(cosine(columns, 3, 0, 1)).toBeCloseTo(1, 6)
  expect(cosine(columns, 3, 0, 2)).toBeCloseTo(3 / Math.sqrt(14), 6)
  expect(correlation(columns, 3, 0, 2)).toBeCloseTo(Math.sqrt(3) / 2, 6)
  expect([cosine(of(0, 1, 0, 1), 2, 0, 1), correlation(of(2, 1, 2, 3), 2, 0, 1)]).toEqual([0, 0])
})

test('a duplicate has the direction of an earlier kernel and its maps; opposite or merely alike in one do not count', () => {
  // Columns: a, 2a, −a, b.
  const kernel = of(1, 2, -1, 0, 2, 4, -2, 1, 3, 6, -3, -1)
  const maps = of(1, 2, 0, 5, 2, 4, 0, 1, 0, 0.1, 3, 2)
  expect(duplicateFilters(kernel, maps, 4)).toEqual([{ filter: 1, fault: 'duplicate', of: 0 }])
  const unlike = of(1, 5, 0, 5, 2, 0, 0, 1, 0, 3, 3, 2)
  expect(duplicateFilters(kernel, unlike, 4)).toEqual([])
})
