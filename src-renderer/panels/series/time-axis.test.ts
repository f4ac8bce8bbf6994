import { describe, expect, test } from 'vitest'
import { roundTicks, rowOfTime, ticksOf, timeOfRow } from './time-axis.ts'

const start = Date.UTC(2017, 3, 2)
const step = 300_000
/** Every tenth row of a series in 5-minute steps. */
const rows = Array.from({ length: 200 }, (_, index) => index * 10)
const clock = { rows, times: rows.map((row) => start + row * step) }

describe('the axis of a series', () => {
  test('rows between the known ones have their moment, and those beyond the end too', () => {
    expect(timeOfRow(clock, 15)).toBe(start + 15 * step)
    expect(timeOfRow(clock, 2_100)).toBe(start + 2_100 * step)
    expect(rowOfTime(clock, start + 288 * step)).toBeCloseTo(288)
  })

  test('a moment within a gap in time lies between the rows around the gap', () => {
    const gapped = { rows: [0, 1, 2, 3], times: [0, 1, 11, 12].map((count) => start + count * step) }
    expect(rowOfTime(gapped, start + 6 * step)).toBeCloseTo(1.5)
    expect(timeOfRow(gapped, 2)).toBe(start + 11 * step)
  })

  test('days are marked at midnight, hours within a day', () => {
    expect(ticksOf(clock, 0, 1_990, 8, 'en-GB').map(({ row, label }) => [Math.round(row), label])).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((day) => [day * 288, `${2 + day} Apr`]),
    )
    expect(ticksOf(clock, 280, 340, 3, 'en-GB').map(({ label }) => label)).toEqual(['3 Apr', '02:00', '04:00'])
  })

  test('without dates rows are counted in round numbers', () => {
    const plain = { rows, times: null }
    expect(ticksOf(plain, 120, 1_990, 5, 'en').map(({ label }) => label)).toEqual(['500', '1000', '1500'])
    expect(timeOfRow(plain, 3)).toBeNull()
  })

  test('values are marked in round numbers of any size', () => {
    expect(roundTicks(0, 1, 5).map(({ label }) => label)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1'])
    expect(roundTicks(-31, 118, 4).map(({ label }) => label)).toEqual(['0', '50', '100'])
    expect(roundTicks(5, 5, 4)).toEqual([])
  })

  test('there are never more marks than asked for and the one at the start', () => {
    for (const most of [1, 2, 3, 7, 12])
      expect(ticksOf(clock, 0, 1_990, most, 'en').length).toBeLessThanOrEqual(most + 1)
  })
})
