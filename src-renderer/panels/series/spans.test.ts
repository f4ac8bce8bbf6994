import { describe, expect, test } from 'vitest'
import { placeNear, placeOf, sampleAt, spansOf, windowAt } from './spans.ts'

/** The courses' traffic series. */
const facts = { rows: 8_064, lookBack: 288, horizon: 1, stride: 1, stepSeconds: 300 }
const descriptor = { counts: { train: 6_220, test: 1_555 }, heldOut: 0 }

describe('windows on a series', () => {
  test('the first window looks at the first day and foretells the row after it', () => {
    expect(windowAt(facts, 0)).toEqual({ from: 0, to: 288, target: 288 })
    expect(windowAt({ ...facts, stride: 4, horizon: 12 }, 10)).toEqual({ from: 40, to: 328, target: 339 })
  })

  test('a click finds the window that foretells the row nearest to it', () => {
    for (const shape of [facts, { ...facts, stride: 7, horizon: 3 }]) {
      for (const place of [0, 1, 100, 900]) expect(placeNear(shape, 1_000, windowAt(shape, place).target)).toBe(place)
    }
    expect(placeNear(facts, 7_775, 3)).toBe(0)
    expect(placeNear(facts, 7_775, 8_063)).toBe(7_774)
  })

  test('samples of both parts have their place and come back from it', () => {
    for (const place of [0, 6_219, 6_220, 7_774]) expect(placeOf(descriptor, sampleAt(descriptor, place))).toBe(place)
    expect(sampleAt(descriptor, 6_220)).toEqual({ part: 'test', index: 0 })
  })

  test('the end of the training part validates, and the test follows it without a hole', () => {
    expect(spansOf(descriptor, facts, 0.1)).toEqual([
      { part: 'train', from: 0, to: 5_886 },
      { part: 'validation', from: 5_886, to: 6_508 },
      { part: 'test', from: 6_508, to: 8_064 },
    ])
  })

  test('a fold trains on what comes before it and leaves the rest of the training part out', () => {
    const spans = spansOf(
      { counts: { train: 600, test: 100 }, heldOut: 0 },
      { ...facts, rows: 989 },
      { fold: 2, of: 5 },
    )
    expect(spans.map(({ part, from, to }) => [part, from, to])).toEqual([
      ['train', 0, 488],
      ['validation', 488, 588],
      ['unused', 588, 888],
      ['test', 888, 989],
    ])
  })

  test('judged on the test, or with nothing held back, there is no validation', () => {
    expect(spansOf(descriptor, facts, 'test').map(({ part }) => part)).toEqual(['train', 'test'])
    expect(spansOf(descriptor, facts, 0).map(({ part }) => part)).toEqual(['train', 'test'])
  })
})
