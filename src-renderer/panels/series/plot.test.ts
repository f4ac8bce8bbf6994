import { describe, expect, test } from 'vitest'
import { loneValues, zoomedBy } from './plot.ts'

const whole = { from: 0, to: 1_000 }

describe('zooming a plot', () => {
  test('what is under the pointer stays there', () => {
    const zoomed = zoomedBy({ from: 200, to: 600 }, whole, 300, 0.5, 8)
    expect(zoomed).toEqual({ from: 250, to: 450 })
  })

  test('it ends at a few rows, at the edges, and at the whole', () => {
    expect(zoomedBy({ from: 500, to: 508 }, whole, 504, 0.5, 8)).toEqual({ from: 500, to: 508 })
    expect(zoomedBy({ from: 0, to: 400 }, whole, 390, 1.25, 8)).toEqual({ from: 0, to: 500 })
    expect(zoomedBy({ from: 600, to: 1_000 }, whole, 610, 1.25, 8)).toEqual({ from: 500, to: 1_000 })
    expect(zoomedBy({ from: 100, to: 950 }, whole, 400, 1.25, 8)).toBeNull()
  })
})

test('values without a neighbour are found, for no line is drawn through them', () => {
  expect(loneValues([1])).toEqual([0])
  expect(loneValues([1, null, 0, null, 3, 4])).toEqual([0, 2])
  expect(loneValues([1, 2])).toEqual([])
  expect(loneValues([null, undefined])).toEqual([])
})
