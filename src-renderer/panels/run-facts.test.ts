import { expect, test } from 'vitest'
import type { RunView } from '../state/training-state.svelte.ts'
import { answerOf, confusionAt, isDead, isWithinEpoch, progressOf, storedMoments } from './run-facts.ts'

const emptyRun: RunView = {
  run: 'r',
  project: { models: [] } as never,
  state: 'running',
  backend: 'cpu',
  device: '',
  samples: null,
  data: null,
  epochs: 3,
  stepsPerEpoch: 10,
  progress: null,
  models: [],
  log: [],
  failure: null,
  snapshots: {},
  learningRate: null,
  hasCheckpoint: false,
}

test('one number speaks for the second class from a half on', () => {
  expect([answerOf([0.9], 2), answerOf([0.2], 2)]).toEqual([
    { label: 1, probability: 0.9 },
    { label: 0, probability: 0.8 },
  ])
})

test('several numbers speak for the greatest, a value for none', () => {
  expect([answerOf([0.1, 0.7, 0.2], 3), answerOf([0.4], 0), answerOf([], 2)]).toEqual([
    { label: 1, probability: 0.7 },
    null,
    null,
  ])
})

test('the matrix is that of the epoch, or the newest', () => {
  const confusion = (epoch: number, part: 'validation' | 'test') =>
    ({ type: 'confusion', model: 'm', epoch, part, classes: 2, counts: [1, 0, 0, 1] }) as const
  const model = {
    id: 'm',
    name: 'M',
    parameters: 0,
    steps: [],
    epochs: [],
    confusions: [confusion(1, 'validation'), confusion(2, 'validation'), confusion(2, 'test')],
    finished: null,
  }
  expect([
    confusionAt(model, { epoch: 1 }, 'validation')?.epoch,
    confusionAt(model, null, 'validation')?.epoch,
    confusionAt(model, { epoch: 7 }, 'validation'),
    confusionAt(model, { step: 1 }, 'validation'),
    confusionAt(model, { epoch: 1 }, 'test')?.part,
  ]).toEqual([1, 2, null, null, 'test'])
})

test('a map with one spark is not dead', () => {
  expect([isDead(() => 0, 2, 2), isDead((row) => row, 2, 2)]).toEqual([true, false])
})

test.each([
  [1, { epoch: 1, stepOfEpoch: 1, done: 1 / 30 }],
  [10, { epoch: 1, stepOfEpoch: 10, done: 10 / 30 }],
  [11, { epoch: 2, stepOfEpoch: 1, done: 11 / 30 }],
  [30, { epoch: 3, stepOfEpoch: 10, done: 1 }],
])('step %s of three epochs of ten', (step, expected) => {
  const progress = { epoch: Math.ceil(step / 10), step, secondsElapsed: 1, secondsLeft: 1, samplesPerSecond: 1 }
  expect(progressOf({ ...emptyRun, progress: { type: 'progress', ...progress } })).toEqual(expected)
})

test('a run whose progress was not kept stands at its last epoch', () => {
  expect(progressOf(emptyRun)).toEqual({ epoch: 0, stepOfEpoch: null, done: 0 })
})

test('the moments of all models stand in the order of time, each once', () => {
  const snapshots = { a: [{ epoch: 0 }, { step: 2 }, { epoch: 1 }], b: [{ epoch: 0 }, { step: 1 }, { epoch: 2 }] }
  expect(storedMoments({ ...emptyRun, snapshots })).toEqual([
    { epoch: 0 },
    { step: 1 },
    { step: 2 },
    { epoch: 1 },
    { epoch: 2 },
  ])
})

test('an epoch that no model came to the end of is told as begun, not as done', () => {
  const model = (epochs: readonly number[]) => ({ epochs: epochs.map((epoch) => ({ epoch })) }) as never
  const view = { ...emptyRun, models: [model([1, 2]), model([1])] }
  expect([isWithinEpoch(view, 2), isWithinEpoch(view, 3), isWithinEpoch(null, 3)]).toEqual([false, true, false])
})
