import { describe, expect, test } from 'vitest'
import { lossTypes, optimizerTypes } from '../../common/training/recipe.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import { catDogCnn } from '../../common/templates/cat-dog-models.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import { drawDoodle } from '../datasets/drawing/doodle.ts'
import type { Dataset } from '../datasets/reader.ts'
import { chain, tinyCnn, tinyDataset } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { makeBatch } from './batches.ts'
import { createEagerStep } from './eager-step.ts'

/** 640 doodles are enough for 20 batches. */
function doodleDataset(): Dataset {
  const count = 640
  const inputs = new Uint8Array(count * 1024)
  const targets = Float32Array.from({ length: count }, (_, index) => index % 2)
  for (let index = 0; index < count; index++) inputs.set(drawDoodle(index % 2 ? 'dog' : 'cat', index, 32), index * 1024)
  const { descriptor } = tinyDataset()
  return {
    descriptor: { ...descriptor, shape: [32, 32, 1], counts: { train: count, test: count } },
    parts: { train: { inputs, targets }, test: { inputs, targets } },
  }
}

function lossesOf(backend: Backend, dataset: Dataset, steps: number): number[] {
  const compiled = compileModel(backend, catDogCnn, 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const recipe = { optimizer: { type: 'adam', learningRate: 0.001 }, loss: 'binaryCrossentropy' } as const
  const trained = createEagerStep(backend, compiled.value, recipe, 'classification')
  const losses: number[] = []
  for (let step = 1; step <= steps; step++) {
    const positions = Int32Array.from({ length: 32 }, (_, index) => (step - 1) * 32 + index)
    const batch = makeBatch(backend.tf, dataset, 'train', positions)
    losses.push(trained.train(batch, 0.001, step).loss)
    batch.dispose()
  }
  trained.dispose()
  return losses
}

describe('native TensorFlow and WebAssembly', () => {
  test('train LeNet-5 alike: 20 losses within 1e-3 from the same weights', async (context) => {
    const dataset = doodleDataset()
    const native = await openForTest('tensorflow')
    if (native === null) return context.skip('native TensorFlow is not set up')
    const expected = lossesOf(native, dataset, 20)
    const wasm = await openForTest('wasm')
    if (wasm === null) throw new Error('wasm must open')
    const losses = lossesOf(wasm, dataset, 20)
    expect(losses).toHaveLength(20)
    expect(Math.max(...losses.map((loss, index) => Math.abs(loss - (expected[index] ?? NaN))))).toBeLessThan(1e-3)
  })
})

/** Losses of a few steps of a small network, and how many tensors were left over after each but the first. */
async function train(choice: 'tensorflow' | 'wasm', recipe: Pick<Recipe, 'optimizer' | 'loss'>) {
  const backend = await openForTest(choice)
  if (backend === null) return null
  const dataset = tinyDataset()
  const units = /categorical/i.test(recipe.loss) ? 2 : 1
  const model = { ...tinyCnn, nodes: tinyCnn.nodes.map((node) => plainNode(node, units)) }
  const compiled = compileModel(backend, model, 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const step = createEagerStep(backend, compiled.value, recipe, 'classification')
  const losses: number[] = []
  const tensors: number[] = []
  for (let number = 1; number <= 6; number++) {
    const batch = makeBatch(
      backend.tf,
      dataset,
      'train',
      Int32Array.from({ length: 16 }, (_, index) => number * 16 + index),
    )
    losses.push(step.train(batch, recipe.optimizer.learningRate, number).loss)
    batch.dispose()
    tensors.push(backend.tf.memory().numTensors)
  }
  step.dispose()
  return { losses, growth: (tensors[5] ?? NaN) - (tensors[1] ?? NaN) }
}

/** Without dropout, which each backend draws itself, and with so many outputs. */
function plainNode(node: (typeof tinyCnn.nodes)[number], units: number) {
  if (node.layer === 'dropout') return { ...node, params: { rate: 0 } }
  return node.layer === 'dense' ? { ...node, params: { ...node.params, units } } : node
}

describe('a step op by op', () => {
  test.each([
    ...lossTypes.map((loss) => [`loss ${loss}`, { loss, optimizer: { type: 'adam', learningRate: 0.01 } }] as const),
    ...optimizerTypes.map(
      (type) => [`optimiser ${type}`, { loss: 'binaryCrossentropy', optimizer: { type, learningRate: 0.01 } }] as const,
    ),
  ])(
    'with %s gives the same losses on WebAssembly as on native TensorFlow, and leaves no tensors behind',
    async (_, recipe) => {
      const wasm = await train('wasm', recipe)
      if (wasm === null) throw new Error('wasm must open')
      expect(wasm.losses.every(Number.isFinite)).toBe(true)
      expect(wasm.growth).toBe(0)
      const native = await train('tensorflow', recipe)
      if (native === null) return
      expect(native.growth).toBe(0)
      const worst = Math.max(...wasm.losses.map((loss, index) => Math.abs(loss - (native.losses[index] ?? NaN))))
      expect(worst / Math.max(...native.losses)).toBeLessThan(1e-4)
    },
  )
})

describe('dropout and noise', () => {
  test.each(['tensorflow', 'wasm'] as const)(
    'on %s: another mask each step and model seed, the same for the same, none outside training',
    async (choice) => {
      const backend = await openForTest(choice)
      if (backend === null) return
      const model = chain(
        'noisy',
        ['input', { shape: [1000] }],
        ['dropout', { rate: 0.3 }],
        ['gaussianNoise', { stddev: 0.1 }],
      )
      const masks = (seed: number) => {
        const compiled = compileModel(backend, model, seed)
        if (!compiled.ok) throw new Error(compiled.error.message)
        const x = backend.tf.ones([1, 1000])
        return (step: number, training: boolean) => {
          compiled.value.clock.step = step
          return Array.from(compiled.value.forward(x, { training }).output.dataSync())
        }
      }
      const of = masks(5)
      const first = of(1, true)
      expect(of(2, true)).not.toEqual(first)
      expect(masks(6)(1, true)).not.toEqual(first)
      expect(of(1, true)).toEqual(first)
      expect(masks(5)(1, true)).toEqual(first)
      expect(of(1, false)).toEqual(Array.from({ length: 1000 }, () => 1))
      const dropped = first.filter((value) => Math.abs(value) < 0.6).length
      expect(dropped).toBeGreaterThan(220)
      expect(dropped).toBeLessThan(380)
      const kept = first.filter((value) => Math.abs(value) >= 0.6)
      expect(kept.reduce((sum, value) => sum + value, 0) / kept.length).toBeCloseTo(1 / 0.7, 1)
    },
  )
})
