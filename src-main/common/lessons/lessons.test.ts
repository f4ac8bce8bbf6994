import { expect, test } from 'vitest'
import { computeLayer } from '../formula/compute-layer.ts'
import { definitionOf } from '../layers/registry.ts'
import { lessonNumbers, rowsOf } from './lesson.ts'
import { outputSize } from './output-size.ts'
import { lessons } from './registry.ts'

const expected: Readonly<Record<string, readonly string[]>> = {
  convolve: ['4 3 4 / 2 4 3 / 2 3 4', '6 -9 -8 / -3 -2 -3 / -3 0 -2'],
  'three-channels': ['-25 636 / 155 333'],
  pool: ['2 3 / 4 2', '9 8 / 19 8', '3 3 3 / 3 3 3 / 3 2 3', '8 9 6 7 / 8 8 7 6 / 7 8 6 5 / 6 6 5 4'],
}

test.each(lessons)('the lesson $id begins with the results that are printed', ({ id, layer, starts }) => {
  const results = starts.map((start) => {
    const { params, input, weights } = lessonNumbers(layer, start)
    return computeLayer(layer, params, [input], weights).data
  })
  expect(results).toEqual(expected[id]!.map((text) => rowsOf(text).flat()))
})

test.each([
  { given: [28, 5, 1, 'same'] as const, result: 28, padding: 4, left: 0 },
  { given: [7, 3, 1, 'valid'] as const, result: 5, padding: 0, left: 0 },
  { given: [7, 3, 2, 'valid'] as const, result: 3, padding: 0, left: 0 },
  { given: [5, 3, 2, 'valid'] as const, result: 2, padding: 0, left: 0 },
  { given: [8, 3, 2, 'valid'] as const, result: 3, padding: 0, left: 1 },
])('$given comes to $result, as the layer itself says', ({ given, ...size }) => {
  const [length, kernelSize, strides, padding] = given
  expect(outputSize(length, kernelSize, strides, padding)).toEqual({ length, ...size })
  const shape = definitionOf('conv2d').outputShape([[length, length, 1]], { filters: 1, kernelSize, strides, padding })
  expect(shape).toEqual([size.result, size.result, 1])
})
