import { expect, test } from 'vitest'
import type { Readings } from '../../../src-main/common/training/readings.ts'
import { gradientLines } from './gradient-lines.ts'

const at = (step: number, sizes: Readonly<Record<string, number | null>>): Readings => ({
  epoch: 0,
  step,
  samples: 1,
  part: 'validation',
  layers: Object.entries(sizes).map(([node, gradient]) => ({
    node,
    gradient,
    weights: null,
    activations: { from: 0, to: 0, counts: [0] },
    filters: [],
  })),
})

test('a tenth is as far from one as a hundredth from a tenth, and what is 0 lies at the bottom', () => {
  const lines = gradientLines([at(0, { a: 1, b: 0, p: null }), at(1, { a: 0.1, b: 0.01, p: null })])
  expect(lines).toMatchObject({ least: 0.01, greatest: 1 })
  expect(lines?.lines.map(({ node, points }) => [node, points])).toEqual([
    ['a', '0,0 100,50'],
    ['b', '0,100 100,100'],
  ])
})

test('names never lie on one another, nor below the chart', () => {
  const lines = gradientLines([at(0, { a: 1, b: 1, c: 1 }), at(1, { a: 0.1, b: 0.1, c: 0.1 })])
  expect(lines?.lines.map(({ end }) => end)).toEqual([70, 85, 100])
})

test('one moment is no line', () => {
  expect(gradientLines([at(0, { a: 1 })])).toBeNull()
})
