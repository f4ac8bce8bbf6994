import { describe, expect, test } from 'vitest'
import { layOutWindows } from '../data/window-layout.ts'
import { computeLayer } from '../formula/compute-layer.ts'
import { analyzeModel } from '../graph/analyze.ts'
import { definitionOf } from '../layers/registry.ts'
import { denseCost } from './dense-cost.ts'
import { depth } from './depth.ts'
import { answerOfConvolution, answerOfDense, changedInputs, digits, pictureOfDigit, shifted } from './digits.ts'
import { drawKernel } from './draw-kernel.ts'
import {
  denseProject,
  depthProject,
  kernelModel,
  lookBackProject,
  shiftProject,
  sizeProject,
  windowProject,
} from './lesson-projects.ts'
import { lessonNumbers, rowsOf } from './lesson.ts'
import type { LessonProject, WindowLesson } from './lesson.ts'
import { lookBack } from './look-back.ts'
import { outputSize, placesOf } from './output-size.ts'
import { lessons } from './registry.ts'
import { size } from './size.ts'

const expected: Readonly<Record<string, readonly string[]>> = {
  convolve: ['4 3 4 / 2 4 3 / 2 3 4', '6 -9 -8 / -3 -2 -3 / -3 0 -2'],
  'three-channels': ['-25 636 / 155 333'],
  pool: ['2 3 / 4 2', '9 8 / 19 8', '3 3 3 / 3 3 3 / 3 2 3', '8 9 6 7 / 8 8 7 6 / 7 8 6 5 / 6 6 5 4'],
  conv1d: ['1 -1 2 34 25 3 -1 -25 -32 -5 -1', '12 24 33 27 15', '-8 -9 -9 -8 -5 0 5 8 9 9 8 6'],
}

const windowLessons = lessons.filter((lesson): lesson is WindowLesson => lesson.kind === 'window')

test.each(windowLessons)('the lesson $id begins with the results that are printed', ({ id, layer, starts }) => {
  const results = starts.map((start) => {
    const { params, input, weights } = lessonNumbers(layer, start)
    return computeLayer(layer, params, [input], weights).data
  })
  expect(results).toEqual(expected[id]!.map((text) => rowsOf(text).flat()))
})

test('every lesson says in both languages in one sentence what one sees, and ends with a question', () => {
  for (const { id, sees, question } of lessons)
    for (const language of ['en', 'ko'] as const) {
      expect(sees[language].trim().match(/[.!?]/g), `${id} ${language}`).toHaveLength(1)
      expect(question[language], `${id} ${language}`).toMatch(/\?/)
    }
  expect(new Set(lessons.map(({ id }) => id)).size).toBe(lessons.length)
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

test('the output-size lesson counts the course’s places, and knows where the kernel falls off', () => {
  expect(size.starts.map((start) => placesOf(start).starts.length)).toEqual([28, 5, 3, 2, 3])
  expect(placesOf({ length: 8, size: 3, padding: 0, stride: 2 })).toEqual({
    whole: 8,
    starts: [0, 2, 4],
    next: 6,
    left: 1,
  })
  expect(placesOf({ length: 3, size: 7, padding: 1, stride: 1 })).toEqual({ whole: 5, starts: [], next: 0, left: 5 })
})

test('a filter is as deep as its input and gives one map', () => {
  const counts = depth.starts.map((start) => {
    const [model] = depthProject(start).models
    const analysis = analyzeModel(model!, null)
    return [analysis.nodes.get('c1')?.outputShape, analysis.parameters]
  })
  expect(counts).toEqual([
    [[28, 28, 6], 6 * (5 * 5 * 3 + 1)],
    [[124, 124, 6], 6 * (5 * 5 * 10 + 1)],
  ])
})

test('a dense layer on 200×200×3 costs 120,001 a unit; the convolution does not mind the size', () => {
  const counts = denseCost.starts.map((start) =>
    denseProject(start).models.map((model) => analyzeModel(model, null).parameters),
  )
  expect(counts).toEqual([
    [7_680_064, 64 * 28],
    [120_001, 28],
    [64 * 785, 64 * 10],
  ])
})

test('8,064 rows with a look-back of 288 are 7,775 windows: 6,220 train and 1,555 test', () => {
  const [first, second] = lookBack.starts.map((start) => layOutWindows(start.rows, start))
  expect(first).toMatchObject({ count: 7_775, trainCount: 6_220 })
  expect(second!.count - first!.count).toBe(144)
})

describe('a digit that moves', () => {
  const seven = pictureOfDigit('7')

  test('by a pixel changes 20 inputs', () => {
    expect(changedInputs(seven, shifted(seven, 0, 1))).toBe(20)
    expect(changedInputs(seven, seven)).toBe(0)
  })

  test.each(digits)('the %s at home is known by both networks, which say the same', (digit) => {
    const picture = pictureOfDigit(digit)
    for (const { scores } of [answerOfDense(picture), answerOfConvolution(picture)])
      expect(scores.indexOf(Math.max(...scores))).toBe(digits.indexOf(digit))
  })

  test('keeps its answer before the convolution wherever it is, and loses it before the dense layer', () => {
    const home = answerOfConvolution(seven)
    const sure = (right: number) => answerOfDense(shifted(seven, 0, right)).probabilities[digits.indexOf('7')]!
    for (let down = -2; down <= 2; down++)
      for (let right = -4; right <= 4; right++)
        expect(answerOfConvolution(shifted(seven, down, right)).scores, `${down}, ${right}`).toEqual(home.scores)
    expect(sure(1)).toBeLessThan(sure(0))
    const { scores } = answerOfDense(shifted(seven, 0, -2))
    expect(scores.indexOf(Math.max(...scores))).not.toBe(digits.indexOf('7'))
  })
})

test('kernels to draw are 5×5, and identity leaves the picture as it is', () => {
  for (const { kernel } of drawKernel.presets) expect(kernel.map((row) => row.length)).toEqual([5, 5, 5, 5, 5])
  const identity = drawKernel.presets.find(({ title }) => title.en === 'Identity')!
  const picture = { shape: [4, 4, 1], data: Array.from({ length: 16 }, (_, index) => index) }
  const map = computeLayer(
    'conv2d',
    { filters: 1, kernelSize: [5, 5], padding: 'same', activation: 'relu' },
    [picture],
    { kernel: { shape: [5, 5, 1, 1], data: identity.kernel.flat() } },
  )
  expect(map.data).toEqual(picture.data)
})

test('what lessons open as projects has shapes throughout', () => {
  const projects: readonly LessonProject[] = [
    ...windowLessons.flatMap(({ layer, starts }) => starts.map((start) => windowProject(layer, start))),
    ...size.starts.map(sizeProject),
    ...depth.starts.map(depthProject),
    ...denseCost.starts.map(denseProject),
    ...lookBack.starts.map(lookBackProject),
    { models: [kernelModel(32), kernelModel(256)], dataset: null },
    shiftProject(),
  ]
  for (const { models } of projects)
    for (const model of models) {
      const { nodes } = analyzeModel(model, null)
      expect(model.nodes.map(({ id }) => nodes.get(id)?.outputShape ?? null)).not.toContain(null)
    }
})
