import { expect, test } from 'vitest'
import type { TrainingEvent } from './events.ts'
import { outcomeIn } from './outcome.ts'

const epoch = (number: number, valLoss: number, valAccuracy: number): TrainingEvent => ({
  ...{ type: 'epoch', model: 'mlp', epoch: number, loss: 1, accuracy: 0.5, valLoss, valAccuracy },
  ...{ learningRate: 0.001, seconds: 1, samplesPerSecond: 1 },
})
const epochs = [epoch(1, 0.6, 0.6), epoch(2, 0.4, 0.7), epoch(3, 0.9, 0.5)]
const best = { epoch: 2, valLoss: 0.4, valAccuracy: 0.7 }
const tested = { loss: 0.95, accuracy: 0.52, samples: 10 }
const end = { type: 'model-finished', model: 'mlp', best, test: tested } as const
const restoring = { earlyStopping: { monitor: 'loss', patience: 2, minDelta: 0, restoreBest: true } } as const

test('all figures are of the last epoch, whose weights were tested, and the best one is told apart', () => {
  const outcome = outcomeIn([...epochs, { ...end, reason: 'completed', epoch: 3 }], 'mlp', {})
  expect(outcome).toMatchObject({ epoch: 3, isWithin: false, test: tested })
  expect(outcome.judged).toMatchObject({ valLoss: 0.9, valAccuracy: 0.5 })
  expect(outcome.best).toMatchObject({ epoch: 2, valLoss: 0.4, valAccuracy: 0.7 })
})

test('where the best weights were restored, all figures are of the best epoch', () => {
  for (const told of [{ epoch: 2 }, {}]) {
    const outcome = outcomeIn([...epochs, { ...end, ...told, reason: 'early-stopping' }], 'mlp', restoring)
    expect(outcome).toMatchObject({ epoch: 2, isWithin: false, judged: { valLoss: 0.4, valAccuracy: 0.7 } })
  }
})

test('a model that was stopped within an epoch has no validation of its weights', () => {
  const outcome = outcomeIn([...epochs, { ...end, reason: 'stopped', epoch: 4 }], 'mlp', {})
  expect(outcome).toMatchObject({ epoch: 4, isWithin: true, judged: null, test: tested, best: { epoch: 2 } })
})

test('while it trains, the last epoch counts, and the best is the best of what the recipe watches', () => {
  const byAccuracy = { earlyStopping: { ...restoring.earlyStopping, monitor: 'accuracy' } } as const
  const rising = [...epochs, epoch(4, 0.5, 0.9)]
  expect(outcomeIn(rising, 'mlp', {})).toMatchObject({ epoch: 4, reason: null, test: null, best: { epoch: 2 } })
  expect(outcomeIn(rising, 'mlp', byAccuracy)).toMatchObject({ best: { epoch: 4 } })
  expect(outcomeIn([], 'mlp', {})).toMatchObject({ epoch: 0, isWithin: false, judged: null, best: null })
})
