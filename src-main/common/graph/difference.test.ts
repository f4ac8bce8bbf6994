import { expect, test } from 'vitest'
import { chainModel } from '../templates/template.ts'
import { templateById } from '../templates/registry.ts'
import { recipeDifference } from '../training/recipe-difference.ts'
import { modelDifference } from './difference.ts'

const one = chainModel('a', 'A', [
  ['input', { shape: [8, 8, 1] }],
  ['conv2d', { filters: 4, kernelSize: 3 }],
  ['maxPooling2d', {}],
  ['flatten'],
  ['dense', { units: 8 }],
  ['dense', { units: 1, activation: 'sigmoid' }],
])

test('a model differs from itself in nothing, whatever its ids, places and left out defaults', () => {
  const nodes = one.nodes.map((node) => ({ ...node, id: `x${node.id}`, x: 7 }))
  const edges = one.edges.map(([from, to]) => [`x${from}`, `x${to}`] as const)
  const spelled = nodes.map((node) =>
    node.layer === 'conv2d' ? { ...node, params: { ...node.params, strides: 1 } } : node,
  )
  const found = modelDifference(one, { id: 'b', name: 'B', nodes: spelled, edges })
  expect(found.map(({ kind }) => kind)).toEqual(['same', 'same', 'same', 'same', 'same', 'same'])
})

test('layers that were put in, taken out or changed are told at their place', () => {
  const other = chainModel('b', 'B', [
    ['input', { shape: [8, 8, 1] }],
    ['conv2d', { filters: 6, kernelSize: 3 }],
    ['dropout', { rate: 0.5 }],
    ['flatten'],
    ['dense', { units: 8 }],
    ['dense', { units: 1, activation: 'sigmoid' }],
  ])
  const found = modelDifference(one, other)
  expect(found.map(({ kind, label }) => [kind, label])).toEqual([
    ['same', 'Input'],
    ['changed', 'Conv2D'],
    ['only-one', 'MaxPooling2D'],
    ['only-other', 'Dropout'],
    ['same', 'Flatten'],
    ['same', 'Dense'],
    ['same', 'Dense'],
  ])
  expect(found[1]?.params.map(({ param, one: a, other: b }) => [param, a, b])).toEqual([['filters', 4, 6]])
})

test('recipes differ in the fields of either, those left out too', () => {
  const { recipe } = templateById('lenet-cat-dog')!.project
  const changed = { ...recipe, batchSize: 7, split: { validation: { fold: 1, of: 5 } } }
  expect(recipeDifference(recipe, recipe)).toEqual([])
  expect(recipeDifference(recipe, changed)).toEqual([
    { field: 'batchSize', one: recipe.batchSize, other: 7 },
    { field: 'split.validation', one: recipe.split.validation, other: null },
    { field: 'split.validation.fold', one: null, other: 1 },
    { field: 'split.validation.of', one: null, other: 5 },
  ])
})
