import { expect, test } from 'vitest'
import type { TaskContext } from '../graph/analysis.ts'
import type { LossType } from './recipe.ts'
import { betterLoss } from './loss-fit.ts'

const two: TaskContext = { inputShape: [32, 32, 1], outputUnits: 1, task: 'classification' }
const ten: TaskContext = { inputShape: [28, 28, 1], outputUnits: 10, task: 'classification' }
const speed: TaskContext = { inputShape: [288, 1], outputUnits: 1, task: 'regression' }

test.each<[LossType, TaskContext | null, LossType | null]>([
  ['binaryCrossentropy', two, null],
  ['binaryCrossentropy', ten, 'categoricalCrossentropy'],
  ['categoricalCrossentropy', two, 'binaryCrossentropy'],
  ['sparseCategoricalCrossentropy', ten, null],
  ['binaryCrossentropy', speed, 'meanSquaredError'],
  ['huber', speed, null],
  ['huber', ten, 'categoricalCrossentropy'],
  ['hinge', two, null],
  ['hinge', ten, 'categoricalCrossentropy'],
  ['categoricalHinge', ten, null],
  ['categoricalHinge', two, 'binaryCrossentropy'],
  ['hinge', speed, 'meanSquaredError'],
  ['binaryCrossentropy', null, null],
])('%s', (loss, task, expected) => {
  expect(betterLoss(loss, task)).toBe(expected)
})
