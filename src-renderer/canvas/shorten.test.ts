import { expect, test } from 'vitest'
import { sharedLine, shorten } from './shorten.ts'

test.each([
  ['C1', 8, 'C1'],
  ['a very long name', 8, 'a very l…'],
  ['a word and', 7, 'a word…'],
  ['합성곱층이름', 6, '합성곱…'],
])('"%s" in %i units is "%s"', (text, units, expected) => {
  expect(shorten(text, units)).toBe(expected)
})

test.each([
  ['C1', 'SeparableConv2D', 'C1', 'SeparableConv2D'],
  ['max_pooling2d_1', 'MaxPooling2D', 'max_pool…', 'MaxPooli…'],
  ['a_flatten_of_mine', 'Flatten', 'a_flatten_…', 'Flatten'],
  ['conv2d', 'SeparableConv2D', 'conv2d', 'SeparableCo…'],
  ['첫번째합성곱계층', 'Conv2D', '첫번째합성곱…', 'Conv2D'],
])('"%s" beside "%s" on a line of 18 units are "%s" and "%s"', (first, second, ...expected) => {
  expect(sharedLine(first, second, 18)).toEqual(expected)
})
