import { expect, test } from 'vitest'
import type { ModelHistory } from '../state/training-state.svelte.ts'
import { curvesOf, extentOf, metricsTold, nearestMoment, valueNear } from './curve-data.ts'

const step = (number: number, loss: number) =>
  ({ type: 'step', model: 'm', step: number, epoch: Math.ceil(number / 2), loss, accuracy: null }) as const
const epoch = (number: number, loss: number, valLoss: number | null) =>
  ({
    type: 'epoch',
    model: 'm',
    epoch: number,
    loss,
    accuracy: null,
    valLoss,
    valAccuracy: null,
    learningRate: 0.1,
    seconds: 1,
    samplesPerSecond: 1,
  }) as const
const model: ModelHistory = {
  id: 'm',
  name: 'M',
  parameters: 1,
  steps: [step(1, 4), step(2, 3), step(3, 2), step(4, 1)],
  epochs: [epoch(1, 3, 3.5), epoch(2, 1, 3.8)],
  confusions: [],
  finished: null,
}
const options = { metric: 'loss', axis: 'epoch', stepsPerEpoch: 2, smoothing: 0, maxPoints: 100 } as const

test('steps and epochs share the axis: the last step of an epoch lies at its number', () => {
  expect(curvesOf(model, options)).toEqual({
    raw: { x: [0.5, 1, 1.5, 2], y: [4, 3, 2, 1] },
    smoothed: null,
    validation: { x: [1, 2], y: [3.5, 3.8] },
  })
})

test('on the axis of steps an epoch lies at its last step', () => {
  expect(curvesOf(model, { ...options, axis: 'step' }).validation.x).toEqual([2, 4])
})

test('a metric that was never measured has no points', () => {
  expect(curvesOf(model, { ...options, metric: 'accuracy' })).toEqual({
    raw: { x: [], y: [] },
    smoothed: null,
    validation: { x: [], y: [] },
  })
})

test('a run read without its steps still has a line, from its epochs', () => {
  expect(curvesOf({ ...model, steps: [] }, options).raw).toEqual({ x: [1, 2], y: [3, 1] })
})

test('extents keep least, greatest and newest, and skip what diverged', () => {
  const diverged = { ...model, epochs: [...model.epochs, epoch(3, NaN, NaN)] }
  expect([
    extentOf(model, 'loss', 'validation'),
    extentOf(model, 'loss', 'training'),
    extentOf(model, 'accuracy', 'training'),
    extentOf(diverged, 'loss', 'validation'),
  ]).toEqual([
    { min: 3.5, max: 3.8, current: 3.8 },
    { min: 1, max: 4, current: 1 },
    null,
    { min: 3.5, max: 3.8, current: NaN },
  ])
})

test.each([
  [1.4, 'epoch', { epoch: 1 }],
  [1.6, 'epoch', { epoch: 2 }],
  [99, 'epoch', { epoch: 2 }],
  [0.35, 'epoch', { step: 2 }],
  [0.1, 'step', { epoch: 0 }],
  [0.9, 'step', { step: 1 }],
  [3.6, 'step', { epoch: 1 }],
] as const)('a click at %s on the %s axis finds %o', (place, axis, expected) => {
  const stored = [{ epoch: 0 }, { step: 1 }, { step: 2 }, { epoch: 1 }, { epoch: 2 }]
  expect(nearestMoment(place, axis, 5, stored)).toEqual(expected)
})

test('where nothing is stored, a click finds nothing', () => {
  expect(nearestMoment(1, 'epoch', 2, [])).toBeNull()
})

test('under the pointer stands the newest value of the step, or of the nearest epoch', () => {
  const at = (step: number, part: 'training' | 'validation') =>
    valueNear(model, { metric: 'loss', part, step, stepsPerEpoch: 2 })
  expect([at(0.5, 'training'), at(1, 'training'), at(2.9, 'training'), at(99, 'training')]).toEqual([null, 4, 3, 1])
  expect([at(0.5, 'validation'), at(1, 'validation'), at(4, 'validation')]).toEqual([null, 3.5, 3.8])
})

test('a metric of the validation part has a curve there and none while training', () => {
  const measured: ModelHistory = {
    ...model,
    epochs: model.epochs.map((one, index) => ({ ...one, valMetrics: { rSquared: 0.5 + index / 4 } })),
  }
  expect(metricsTold([model])).toEqual([])
  expect(metricsTold([model, measured])).toEqual(['rSquared'])
  const curves = curvesOf(measured, { ...options, metric: 'rSquared' })
  expect([curves.raw.x, curves.validation]).toEqual([[], { x: [1, 2], y: [0.5, 0.75] }])
  expect(extentOf(measured, 'rSquared', 'validation')).toEqual({ min: 0.5, max: 0.75, current: 0.75 })
  expect(extentOf(measured, 'rSquared', 'training')).toBeNull()
  expect(valueNear(measured, { metric: 'rSquared', part: 'validation', step: 2, stepsPerEpoch: 2 })).toBe(0.5)
})
