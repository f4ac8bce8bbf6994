import { expect, test } from 'vitest'
import { dataNotes } from './data-notes.ts'

const notes = (classes: readonly string[], classCounts: readonly number[]) =>
  dataNotes({ task: 'classification', classes, classCounts }).map(({ en }) => en)

test('what hinders training on classes is told: no labels, one class, classes of one sample or of none', () => {
  expect(notes([], [])).toEqual([expect.stringContaining('no labels')])
  expect(notes(['cat'], [9])).toEqual([expect.stringContaining('only one class')])
  expect(notes(['cat', 'dog', 'owl'], [1, 1, 0])).toEqual([
    'Classes without a sample to train on: 1.',
    expect.stringContaining('single sample to train on: 2.'),
  ])
})

test('nothing is said where each class has some samples, or where there are values instead of classes', () => {
  expect(notes(['cat', 'dog'], [2, 2])).toEqual([])
  expect(dataNotes({ task: 'regression', classes: [], classCounts: [] })).toEqual([])
})
