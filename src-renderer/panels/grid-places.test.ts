import { expect, test } from 'vitest'
import { moveOfKey, placesInBox, rowsInView } from './grid-places.ts'
import { labelOfKey, keyOfLabel } from './label-keys.ts'

const cells = { total: 8, columns: 3, stepPx: 50, sizePx: 40 }
const places = (left: number, top: number, right: number, bottom: number) =>
  placesInBox({ left, top, right, bottom }, cells)

test('a box takes the cells that it touches, and not those it only lies beside', () => {
  expect(places(10, 10, 20, 20)).toEqual([0])
  expect(places(30, 30, 60, 60)).toEqual([0, 1, 3, 4])
  expect(places(41, 41, 49, 49)).toEqual([])
  expect(places(45, 5, 55, 8)).toEqual([1])
  expect(places(-100, -100, 1_000, 1_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(places(120, 120, 1_000, 1_000)).toEqual([])
})

test('rows that have to exist are those in view with one on either side', () => {
  expect(rowsInView({ topPx: 0, heightPx: 100 }, 50, 9)).toEqual({ first: 0, last: 3 })
  expect(rowsInView({ topPx: 125, heightPx: 100 }, 50, 9)).toEqual({ first: 1, last: 6 })
  expect(rowsInView({ topPx: 400, heightPx: 100 }, 50, 9)).toEqual({ first: 7, last: 9 })
})

test('keys move by places, rows and pages', () => {
  const keys = ['ArrowLeft', 'ArrowDown', 'PageUp', 'End', 'x']
  expect(keys.map((key) => moveOfKey(key, 3, 4))).toEqual([-1, 3, -12, Infinity, undefined])
})

test('keys give labels by their letter, or by their place where letters are Hangul', () => {
  expect(['1', '0', 'a', 'B'].map((key) => labelOfKey({ key, code: '' }))).toEqual([0, 9, 10, 11])
  expect(labelOfKey({ key: 'ㅁ', code: 'KeyA' })).toBe(10)
  expect(labelOfKey({ key: '&', code: 'Digit1' })).toBe(0)
  expect(labelOfKey({ key: 'Enter', code: 'Enter' })).toBe(-1)
  expect([keyOfLabel(9), keyOfLabel(35), keyOfLabel(36)]).toEqual(['0', 'z', ''])
})
