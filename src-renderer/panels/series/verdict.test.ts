import { expect, test } from 'vitest'
import { verdictOf } from './verdict.ts'

const mse = (value: number) => ({ mse: value, mae: 0, mseInUnit: 0, maeInUnit: 0 })
const season = (value: number) => ({ rows: 288, errors: mse(value) })

test('a model has to be better than the best of what needs none, not than any', () => {
  expect(verdictOf({ errors: mse(3), naive: { last: mse(4), season: season(9) } })).toEqual({
    isBetter: true,
    naive: 'last',
    share: 0.25,
  })
  expect(verdictOf({ errors: mse(3), naive: { last: mse(4), season: season(2) } })).toEqual({
    isBetter: false,
    naive: 'season',
    share: 0.5,
  })
})

test('without a known day only the last value counts, and a tie is not better', () => {
  expect(verdictOf({ errors: mse(4), naive: { last: mse(4), season: null } })).toEqual({
    isBetter: false,
    naive: 'last',
    share: 0,
  })
})
