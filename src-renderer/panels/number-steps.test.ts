import { expect, test } from 'vitest'
import { stepped, steppedByDecade } from './number-steps.ts'

test('steps stay in the range and gather no rounding dust', () => {
  const range = { step: 0.05, min: 0, max: 0.95 }
  expect([
    stepped({ value: 0.1, by: 4, ...range }),
    stepped({ value: 0.9, by: 10, ...range }),
    stepped({ value: 0.05, by: -3, ...range }),
  ]).toEqual([0.3, 0.95, 0])
})

test.each([
  [0.001, 1, 0.002],
  [0.002, 1, 0.005],
  [0.005, 1, 0.01],
  [0.003, 1, 0.005],
  [0.001, -1, 0.0005],
  [0.003, -1, 0.002],
  [0.001, 3, 0.01],
  [32, 1, 50],
])('%s stepped by %s is %s', (value, by, expected) => {
  expect(steppedByDecade(value, by)).toBe(expected)
})
