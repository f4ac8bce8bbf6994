import { expect, test } from 'vitest'
import type { Recipe } from '../../../src-main/common/training/recipe.ts'
import { ratesOver } from './schedule-curve.ts'

const recipe: Recipe = {
  optimizer: { type: 'sgd', learningRate: 0.1 },
  loss: 'meanSquaredError',
  batchSize: 10,
  epochs: 4,
  seed: 1,
  split: { validation: 0.2 },
}

test('the curve goes from the first step to the last, whatever the number of points', () => {
  const schedule = { type: 'exponential', decaySteps: 1, rate: 0.5 } as const
  const rates = ratesOver({ ...recipe, schedule }, 3, 100)
  expect(rates).toEqual(Array.from({ length: 12 }, (_, done) => 0.1 * 0.5 ** done))
  const few = ratesOver({ ...recipe, schedule }, 3, 5)
  expect([few.length, few[0], few.at(-1)]).toEqual([5, 0.1, 0.1 * 0.5 ** 11])
})

test('steps of an epoch are not needed where the schedule counts epochs', () => {
  const rates = ratesOver({ ...recipe, schedule: { type: 'step', stepSize: 2, gamma: 0.1 } }, null, 40)
  expect(new Set(rates.map((rate) => Number(rate.toFixed(6))))).toEqual(new Set([0.1, 0.01]))
  expect(ratesOver({ ...recipe, schedule: { type: 'cosine', warmupSteps: 3, floor: 0 } }, null, 40)).toEqual([])
})

test('a plateau is drawn as if nothing ever improved', () => {
  const schedule = {
    type: 'plateau',
    monitor: 'accuracy',
    factor: 0.5,
    patience: 1,
    minDelta: 0,
    cooldown: 0,
    minimum: 0.03,
  } as const
  // One step an epoch: the first epoch is the best there is, and each later one is no better.
  expect(ratesOver({ ...recipe, schedule }, 1, 40)).toEqual([0.1, 0.1, 0.05, 0.03])
})
