import { expect, test } from 'vitest'
import type { TrainingEvent } from '../common/training/events.ts'
import { createEventBatch } from './event-batch.ts'

const step = (number: number): TrainingEvent => ({
  type: 'step',
  model: 'cnn',
  step: number,
  epoch: 1,
  loss: 1,
  accuracy: null,
})
const progress = (number: number): TrainingEvent => ({
  type: 'progress',
  epoch: 1,
  step: number,
  secondsElapsed: 1,
  secondsLeft: null,
  samplesPerSecond: 1,
})

test('what comes many times a second waits for the next that may not, in its order and with the newest progress only', () => {
  const sent: (readonly TrainingEvent[])[] = []
  const tell = createEventBatch((events) => sent.push(events))
  const paused: TrainingEvent = { type: 'state', state: 'paused' }
  for (const event of [step(1), step(2), progress(2), step(3), progress(3), paused]) tell(event)
  expect(sent).toEqual([[step(1)], [step(2), step(3), progress(3), paused]])
})
