import type { LayerNode, Model, Params } from '../../common/graph/graph.ts'
import type { LayerType } from '../../common/layers/registry.ts'
import type { Project } from '../../common/project/project.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import { randomSource } from '../random.ts'
import type { Dataset } from '../datasets/reader.ts'

/** A chain of layers; ids are "in" and the layer's name with its place. */
export function chain(id: string, ...layers: readonly (readonly [LayerType, Params])[]): Model {
  const nodes: LayerNode[] = layers.map(([layer, params], index) => ({
    id: index === 0 ? 'in' : `${layer}${index}`,
    layer,
    params,
    x: index * 100,
    y: 0,
  }))
  return {
    id,
    name: id,
    nodes,
    edges: nodes.slice(1).map((node, index) => [(nodes[index] as LayerNode).id, node.id] as const),
  }
}

export const tinyCnn = chain(
  'cnn',
  ['input', { shape: [8, 8, 1] }],
  ['conv2d', { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }],
  ['maxPooling2d', { poolSize: 2 }],
  ['dropout', { rate: 0.25 }],
  ['flatten', {}],
  ['dense', { units: 1, activation: 'sigmoid' }],
)

export const tinyMlp = chain(
  'mlp',
  ['input', { shape: [8, 8, 1] }],
  ['flatten', {}],
  ['dense', { units: 6, activation: 'tanh' }],
  ['dense', { units: 1, activation: 'sigmoid' }],
)

/** 8×8 pictures: label 1 where the left half is brighter. */
export function tinyDataset(): Dataset {
  const part = (count: number, seed: number) => {
    const random = randomSource(seed)
    const inputs = new Uint8Array(count * 64)
    const targets = new Float32Array(count)
    for (let sample = 0; sample < count; sample++) {
      const label = sample % 2
      targets[sample] = label
      for (let pixel = 0; pixel < 64; pixel++) {
        const isBright = (pixel % 8 < 4 ? 1 : 0) === label
        inputs[sample * 64 + pixel] = (isBright ? 120 : 60) + random.below(100)
      }
    }
    return { inputs, targets }
  }
  return {
    descriptor: {
      title: 'Halves',
      titles: { en: 'Halves', ko: '반쪽' },
      shape: [8, 8, 1],
      task: 'classification',
      classes: ['right', 'left'],
      counts: { train: 201, test: 60 },
      classCounts: [101, 100],
      testClassCounts: [30, 30],
      heldOut: 0,
      kind: 'pictures',
      values: null,
      series: null,
      origin: 'drawn',
      about: { en: 'Halves', ko: '반쪽' },
      hash: 'tiny',
    },
    parts: { train: part(201, 1), test: part(60, 2) },
  }
}

export function tinyProject(models: readonly Model[], recipe: Partial<Recipe> = {}): Project {
  return {
    format: 'convas-project',
    version: 1,
    name: 'Tiny',
    dataset: { source: 'cat-dog-doodles' },
    models,
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.01 },
      loss: 'binaryCrossentropy',
      batchSize: 16,
      epochs: 3,
      seed: 7,
      split: { validation: 0.2 },
      ...recipe,
    },
  }
}
