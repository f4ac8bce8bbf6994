import { expect, test } from 'vitest'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Dataset } from '../datasets/reader.ts'
import { tinyDataset } from '../testing/models.ts'
import { classWeightsFor, unknownWeightedClasses } from './class-weights.ts'

const dataset = tinyDataset()
const labels = Float32Array.of(0, 0, 0, 1, 2, 2)
const three: Dataset = {
  descriptor: { ...dataset.descriptor, classes: ['cat', 'dog', 'constructor', 'horse'] },
  parts: { ...dataset.parts, train: { inputs: new Uint8Array(6 * 64), targets: labels } },
}
const all = Int32Array.of(0, 1, 2, 3, 4, 5)

test.each<[string, Recipe['classWeights'], Int32Array, readonly number[]]>([
  ['balanced ones make rare classes count more', 'balanced', all, [6 / 9, 2, 1, 1]],
  ['balanced ones go by the samples trained on', 'balanced', Int32Array.of(0, 3), [1, 1, 1, 1]],
  ['named ones stand for their class, whatever its name', { dog: 3, horse: 0 }, all, [1, 3, 1, 0]],
  ['none of these classes', { bird: 2 }, all, [1, 1, 1, 1]],
])('class weights: %s', (_, classWeights, positions, expected) => {
  const recipe = classWeights === undefined ? {} : { classWeights }
  expect(classWeightsFor(recipe, three, positions)).toEqual(expected)
})

test('without class weights, and for values, all samples count the same', () => {
  expect(classWeightsFor({}, three, all)).toBeNull()
  const values: Dataset = { ...three, descriptor: { ...three.descriptor, task: 'regression', classes: [] } }
  expect(classWeightsFor({ classWeights: 'balanced' }, values, all)).toBeNull()
})

test('names that the data lack are known', () => {
  expect(unknownWeightedClasses({ classWeights: { dog: 2, bird: 3 } }, ['cat', 'dog'])).toEqual(['bird'])
})
