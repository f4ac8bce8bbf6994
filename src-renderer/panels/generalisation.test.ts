import { expect, test } from 'vitest'
import { generalisationOf } from './generalisation.ts'

function epochsOf(losses: readonly (readonly [loss: number, valLoss: number | null])[]) {
  return losses.map(([loss, valLoss], index) => ({
    type: 'epoch' as const,
    model: 'm',
    epoch: index + 1,
    loss,
    accuracy: null,
    valLoss,
    valAccuracy: null,
    learningRate: 0.001,
    seconds: 1,
    samplesPerSecond: 1,
  }))
}

test.each([
  ['one epoch', [[1, 1]], null],
  [
    'no validation',
    [
      [1, null],
      [0.5, null],
    ],
    null,
  ],
  [
    'the best is the last',
    [
      [1, 1],
      [0.8, 0.9],
    ],
    { key: 'generalisation.improving', values: {}, tone: 'plain' },
  ],
  [
    'a wide gap',
    [
      [1, 1],
      [0.4, 0.8],
    ],
    { key: 'generalisation.gap', values: { percent: 100 }, tone: 'plain' },
  ],
  [
    'one epoch worse',
    [
      [1, 1],
      [0.8, 1.1],
    ],
    { key: 'generalisation.stalledOnce', values: { best: 1 }, tone: 'plain' },
  ],
  [
    'three epochs worse',
    [
      [1, 1],
      [0.9, 0.8],
      [0.8, 0.9],
      [0.7, 0.9],
      [0.6, 0.9],
    ],
    { key: 'generalisation.stalled', values: { count: 3, best: 2 }, tone: 'warning' },
  ],
  [
    'diverged',
    [
      [1, 1],
      [NaN, NaN],
    ],
    { key: 'generalisation.diverged', values: { epoch: 2 }, tone: 'warning' },
  ],
] as const)('%s', (_, losses, expected) => {
  expect(generalisationOf(epochsOf(losses))).toEqual(expected)
})
