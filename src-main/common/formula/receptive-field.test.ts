import { expect, test } from 'vitest'
import { analyzeModel } from '../graph/analyze.ts'
import type { LayerNode, Model } from '../graph/graph.ts'
import { catDogCnn } from '../templates/cat-dog-models.ts'
import { fieldsOf } from './receptive-field.ts'

function fieldIn(model: Model, node: string, at: readonly number[]) {
  const { order, nodes } = analyzeModel(model, null)
  const entry = model.nodes.find(({ layer }) => layer === 'input')!.id
  return fieldsOf(model, order, (id) => nodes.get(id)?.outputShape ?? null, { node, at }).get(entry)
}

test.each([
  { layer: 'C1', node: 'c1', at: [10, 10, 0], from: [8, 8, 0], to: [12, 12, 0] },
  { layer: 'P1', node: 'p1', at: [5, 5, 0], from: [8, 8, 0], to: [13, 13, 0] },
  { layer: 'C2', node: 'c2', at: [4, 4, 0], from: [6, 6, 0], to: [19, 19, 0] },
  { layer: 'the corner of C1, where padding is cut off', node: 'c1', at: [0, 31, 3], from: [0, 29, 0], to: [2, 31, 0] },
  { layer: 'a unit behind Flatten', node: 'fc1', at: [7], from: [0, 0, 0], to: [31, 31, 0] },
])('a cell of LeNet-5 sees as much of the picture as its layers together reach: $layer', ({ node, at, from, to }) => {
  expect(fieldIn(catDogCnn, node, at)).toEqual({ from, to })
})

test('with two ways to the picture the field holds both', () => {
  const node = (id: string, layer: LayerNode['layer'], params: LayerNode['params'] = {}): LayerNode => ({
    id,
    layer,
    params,
    x: 0,
    y: 0,
  })
  const model: Model = {
    id: 'm',
    name: 'Two ways',
    nodes: [
      node('in', 'input', { shape: [9, 9, 1] }),
      node('wide', 'conv2d', { filters: 1, kernelSize: [1, 5], padding: 'same' }),
      node('tall', 'conv2d', { filters: 1, kernelSize: [3, 1], padding: 'same' }),
      node('sum', 'add'),
    ],
    edges: [
      ['in', 'wide'],
      ['in', 'tall'],
      ['wide', 'sum'],
      ['tall', 'sum'],
    ],
  }
  expect(fieldIn(model, 'sum', [4, 4, 0])).toEqual({ from: [3, 2, 0], to: [5, 6, 0] })
})
