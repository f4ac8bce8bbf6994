import { expect, test } from 'vitest'
import { pairOf } from './difference-pair.ts'

const choices = ['r1/cnn', 'r1/mlp', 'r2/mlp', 'r2/cnn'].map((key) => {
  const [run = '', id = ''] = key.split('/')
  return { key, run, id }
})
const keys = (some: typeof choices, ...wanted: readonly [string | null, string | null]) =>
  pairOf(some, wanted)?.map(({ key }) => key) ?? null

test('a model is held against its like in the other run, or against the next one of its own', () => {
  expect(keys(choices, null, null)).toEqual(['r1/cnn', 'r2/cnn'])
  expect(keys(choices.slice(0, 2), null, null)).toEqual(['r1/cnn', 'r1/mlp'])
  expect(keys(choices.slice(0, 1), null, null)).toBe(null)
  expect(keys([], null, null)).toBe(null)
})

test('any two are held against each other where they are wanted, and what is gone gives way', () => {
  expect(keys(choices, 'r1/cnn', 'r1/mlp')).toEqual(['r1/cnn', 'r1/mlp'])
  expect(keys(choices, 'r1/cnn', 'r3/cnn')).toEqual(['r1/cnn', 'r2/cnn'])
  expect(keys(choices, 'r3/cnn', 'r1/cnn')).toEqual(['r1/mlp', 'r1/cnn'])
})
