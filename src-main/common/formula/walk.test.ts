import { describe, expect, test } from 'vitest'
import { definitionOf } from '../layers/registry.ts'
import { foldTerms } from './fold.ts'
import { momentAt, stepCount } from './walk.ts'

const unit = definitionOf('dense').cell!({ units: 1, activation: 'relu' }).explain({
  at: [0],
  inputs: [{ shape: [4], data: [1, 2, 3, 4] }],
  output: [1],
  weight: (name) => (name === 'kernel' ? { shape: [4, 1], data: [1, -1, 2, -2] } : { shape: [1], data: [0.5] }),
})

test('a sum is walked through term by term, then bias, then activation', () => {
  expect(stepCount(unit)).toBe(6)
  const moments = Array.from({ length: 6 }, (_, step) => momentAt(unit, step))
  expect(moments.map(({ soFar, stage }) => [soFar, stage])).toEqual([
    [1, 'terms'],
    [-1, 'terms'],
    [5, 'terms'],
    [-3, 'terms'],
    [-2.5, 'bias'],
    [0, 'activation'],
  ])
})

test('of a maximum the largest so far is kept, and padding never counts', () => {
  const pool = definitionOf('maxPooling2d').cell!({ poolSize: 2, padding: 'same' }).explain({
    at: [1, 0, 0],
    inputs: [{ shape: [3, 2, 1], data: [0, 0, 0, 0, -3, -1] }],
    output: [2, 1, 1],
    weight: () => null,
  })
  expect(Array.from({ length: stepCount(pool) }, (_, step) => momentAt(pool, step).soFar)).toEqual([-3, -1, -1, -1])
  expect(pool).toMatchObject({ value: -1, winner: 1 })
})

describe('a sum over a flat list', () => {
  test('is folded back to the picture that was made flat, a group a channel', () => {
    const folded = foldTerms(unit, [1, 2, 2])
    expect(folded.groups.map(({ channel, terms, sum }) => [channel, terms.map(({ value }) => value), sum])).toEqual([
      [0, [1, 3], 7],
      [1, [2, 4], -10],
    ])
    expect(folded).toMatchObject({ grid: [1, 2], bias: 0.5, value: 0 })
  })

  test('is left as it is where the shape is of something else', () => {
    expect(foldTerms(unit, [3, 3, 1])).toBe(unit)
  })
})
