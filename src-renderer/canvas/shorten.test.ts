import { expect, test } from 'vitest'
import { shorten } from './shorten.ts'

test.each([
  ['C1', 8, 'C1'],
  ['a very long name', 8, 'a very l…'],
  ['a word and', 7, 'a word…'],
  ['합성곱층이름', 6, '합성곱…'],
])('"%s" in %i units is "%s"', (text, units, expected) => {
  expect(shorten(text, units)).toBe(expected)
})
