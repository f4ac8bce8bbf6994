import { expect, test } from 'vitest'
import { readNumber } from './lesson-parts.ts'

test.each([
  ['3', true, 3],
  [' −2,5 ', false, -2.5],
  ['2.5', true, null],
  ['', false, null],
  ['abc', false, null],
  ['1e999', false, null],
  ['11', true, null],
])('the text "%s" (whole: %s) is read as %s', (text, whole, expected) => {
  expect(readNumber(text, { min: -10, max: 10, whole })).toBe(expected)
})
