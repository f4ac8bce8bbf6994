import { expect, test } from 'vitest'
import { calibrate } from './calibration.ts'

test('the error is the mean distance of confidence and accuracy over the bins, weighted by their samples', () => {
  // Bin (0.5, 0.6]: 2 samples, confidence 0.58, accuracy 0.5; bin (0.9, 1]: 3, 0.95, 2/3; so 2/5 · 0.08 + 3/5 · 0.28333….
  const right = [true, false, true, true, false]
  const told = calibrate([0.56, 0.6, 0.91, 0.94, 1], (sample) => right[sample] === true)
  expect(told?.expectedError).toBeCloseTo(0.4 * 0.08 + 0.6 * (0.95 - 2 / 3), 12)
  expect(told?.bins.map(({ samples }) => samples)).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 0, 3])
  expect(told?.bins[5]).toMatchObject({ from: 0.5, to: 0.6, accuracy: 0.5 })
  expect(told?.bins[5]?.confidence).toBeCloseTo(0.58, 12)
  expect(told?.bins[0]).toMatchObject({ confidence: null, accuracy: null })
})

test('errors of both signs in one bin cancel out, as in the formula', () => {
  expect(calibrate([0.75, 0.75, 0.75, 0.75], (sample) => sample !== 0)?.expectedError).toBe(0)
})

test('what is no probability has no calibration', () => {
  expect(calibrate([], () => true)).toBeNull()
  expect(calibrate([0.5, 1.2], () => true)).toBeNull()
  expect(calibrate([NaN], () => true)).toBeNull()
})
