import { expect, test } from 'vitest'
import { pageOf } from './page-of.ts'

const minute = 60_000
/** A row a minute, but an hour between the third and the fourth, and two minutes before the last. */
const times = Float64Array.from([0, 1, 2, 62, 63, 64, 66], (count) => count * minute)
const rows = { names: ['a', 'b'], values: Float64Array.from({ length: 14 }, (_, index) => index), times }
const whole = { columns: ['b'], from: 0, to: 100, points: 100, testFrom: 5 }

test('gaps in time are told with the row after them and the moment before them', () => {
  expect(pageOf(rows, whole)).toMatchObject({
    rows: 7,
    rowsPerPoint: 1,
    gapCount: 2,
    gaps: [
      { row: 3, after: 2 * minute, seconds: 3_600 },
      { row: 6, after: 64 * minute, seconds: 120 },
    ],
  })
  expect(pageOf({ ...rows, times: null }, whole)).toMatchObject({ times: null, gapCount: 0 })
})

test('a stretch tells its own gaps alone, and points that stand for several rows have their least and greatest value', () => {
  const page = pageOf(rows, { ...whole, from: 4, points: 2 })
  expect(page).toMatchObject({ from: 4, to: 7, rowsPerPoint: 2, gapCount: 1 })
  expect(page.columns[0]).toEqual({ name: 'b', least: Float32Array.of(9, 13), greatest: Float32Array.of(11, 13) })
})
