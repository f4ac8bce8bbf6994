import { expect, test } from 'vitest'
import { groupAnswers, samplesOfCell } from './answer-groups.ts'

const answers = (classes: readonly number[], positions = [4, 7, 9, 12]) => ({
  part: 'test' as const,
  positions: Int32Array.from(positions),
  truths: Int32Array.from([0, 1, 1, 0]),
  classes: Int32Array.from(classes),
})
const places = (samples: readonly { readonly picture: { readonly index: number } }[]) =>
  samples.map(({ picture }) => picture.index)

test('each sample is in the one group that says who got it right, by its place in the data', () => {
  const groups = groupAnswers(answers([0, 1, 0, 1]), answers([0, 0, 1, 1]))
  expect(Object.values(groups).map(places)).toEqual([[7], [9], [4], [12]])
  expect(groups.onlyFirst[0]).toEqual({ picture: { part: 'test', index: 7 }, truth: 1, said: [1, 0] })
})

test('answers to other samples are not paired', () => {
  const groups = groupAnswers(answers([0, 1, 0, 1]), answers([0, 1, 0, 1], [1, 2, 3, 12]))
  expect(Object.values(groups).map(places)).toEqual([[], [], [], [12]])
})

test('a cell of the matrix holds the samples of its class that were answered so', () => {
  expect(places(samplesOfCell(answers([0, 0, 0, 1]), 1, 0))).toEqual([7, 9])
  expect(places(samplesOfCell(answers([0, 0, 0, 1]), 1, 1))).toEqual([])
})
