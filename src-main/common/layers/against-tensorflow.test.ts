import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { analyzeModel } from '../graph/analyze.ts'
import type { Model, Shape } from '../graph/graph.ts'
import { randomModel } from '../testing/random-model.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import type { BuildContext } from './define.ts'
import { definitionOf, layerTypes } from './registry.ts'

const graphs = 300
beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe(`${graphs} random graphs`, () => {
  const models = Array.from({ length: graphs }, (_, seed) => randomModel(new SeededRandom(seed + 1)))

  test('use every layer type', () => {
    const used = new Set(models.flatMap((model) => model.nodes.map((node) => node.layer)))
    expect([...layerTypes].filter((layer) => !used.has(layer))).toEqual([])
  })

  test('have no errors', () => {
    for (const model of models) {
      const errors = analyzeModel(model, null).problems.filter((problem) => problem.severity === 'error')
      expect({ model: model.nodes, errors }).toEqual({ model: model.nodes, errors: [] })
    }
  })

  test('have the shapes and weight counts that tfjs gives them, and give that shape when run', () => {
    for (const model of models) {
      const analysis = analyzeModel(model, null)
      const ours = model.nodes
        .filter((node) => node.layer !== 'input')
        .map((node) => {
          const { outputShape, parameters, trainable } = analysis.nodes.get(node.id)!
          return { node, outputShape, parameters, trainable }
        })
      const compiled = compileForTest(model)
      const theirs = ours.map(({ node }) => {
        const layer = compiled.getLayer(node.id)
        return {
          node,
          outputShape: (layer.outputShape as Shape).slice(1),
          parameters: layer.countParams(),
          trainable: layer.trainableWeights.reduce(
            (sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]),
            0,
          ),
        }
      })
      expect(ours).toEqual(theirs)
      expect(ranShape(compiled)).toEqual(analysis.nodes.get(lastOf(analysis.order))!.outputShape)
      compiled.dispose()
    }
  }, 120_000)
})

/** The model as tfjs builds it, with every sink as an output; each layer is named after its node. */
function compileForTest(model: Model): tf.LayersModel {
  const tensors = new Map<string, tf.SymbolicTensor>()
  const inputs: tf.SymbolicTensor[] = []
  for (const id of analyzeModel(model, null).order) {
    const node = model.nodes.find((other) => other.id === id)!
    if (node.layer === 'input') {
      const tensor = tf.input({ shape: [...(node.params['shape'] as Shape)], name: id })
      inputs.push(tensor)
      tensors.set(id, tensor)
      continue
    }
    const definition = definitionOf(node.layer)
    const params = definition.readParams(node.params)
    if (!params.ok) throw new Error(`node ${id} has invalid parameters`)
    const layer = definition.build!(contextFor(id), params.value)
    const sources = model.edges.filter(([, to]) => to === id).map(([from]) => tensors.get(from)!)
    tensors.set(id, layer.apply(definition.inputs === 'many' ? sources : sources[0]!) as tf.SymbolicTensor)
  }
  const outputs = model.nodes.filter((node) => !model.edges.some(([from]) => from === node.id))
  return tf.model({ inputs, outputs: outputs.map((node) => tensors.get(node.id)!) })
}

function contextFor(name: string): BuildContext {
  return {
    layers: tf.layers,
    initializer: (initializer) => tf.initializers[initializer === 'lecunNormal' ? 'leCunNormal' : initializer]({}),
    regularizer: (l1, l2) => tf.regularizers.l1l2({ l1, l2 }),
    dropout: (rate) => tf.layers.dropout({ name, rate }),
    gaussianNoise: (stddev) => tf.layers.gaussianNoise({ name, stddev }),
    name,
  }
}

function ranShape(model: tf.LayersModel): Shape {
  return tf.tidy(() => {
    const shape = model.inputs[0]!.shape.slice(1) as number[]
    const output = model.predict(tf.zeros([2, ...shape])) as tf.Tensor
    expect(output.shape[0]).toBe(2)
    return output.shape.slice(1)
  })
}

function lastOf(order: readonly string[]): string {
  return order.at(-1)!
}
