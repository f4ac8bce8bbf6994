import { expect, test } from 'vitest'
import { formatAnswer } from './predict.ts'

test.each([
  ['one unit that says the first class', [0.0492], '0.9508'],
  ['one unit that says the second class', [0.9], '0.9000'],
  ['a unit for every class', [0.1, 0.7, 0.2], '0.7000'],
  ['values that are no probabilities', [-0.5, 1.25], '-0.5000 1.2500'],
])('%s: the probability is that of the label', (_, values, words) => {
  expect(formatAnswer(values)).toBe(words)
})
