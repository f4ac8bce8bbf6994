import { beforeAll, describe, expect, test } from 'vitest'
import type { Recipe } from '../../common/training/recipe.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import { openForTest } from '../testing/native.ts'
import { createOptimizer } from './optimizers.ts'
import type { OptimizerState } from './optimizers.ts'

let library: TensorLibrary
beforeAll(async () => {
  const backend = await openForTest('cpu')
  if (backend === null) throw new Error('the cpu backend must open')
  library = backend.tf
})

const rate = 0.1
const gradients = [0.5, -0.2, 0.9]

/** Keras 3's formulas for one weight, in double precision, step by step. */
const byHand: readonly (readonly [Recipe['optimizer'], (weight: number) => number])[] = [
  [{ type: 'sgd', learningRate: rate }, (w) => gradients.reduce((weight, g) => weight - rate * g, w)],
  [
    { type: 'sgd', learningRate: rate, weightDecay: 0.1 },
    (w) => gradients.reduce((weight, g) => weight * (1 - rate * 0.1) - rate * g, w),
  ],
  [
    { type: 'momentum', learningRate: rate },
    (w) => {
      let velocity = 0
      return gradients.reduce((weight, g) => weight + (velocity = 0.9 * velocity - rate * g), w)
    },
  ],
  [
    { type: 'nesterov', learningRate: rate },
    (w) => {
      let velocity = 0
      return gradients.reduce((weight, g) => {
        velocity = 0.9 * velocity - rate * g
        return weight + 0.9 * velocity - rate * g
      }, w)
    },
  ],
  [
    { type: 'rmsprop', learningRate: rate },
    (w) => {
      let mean = 0
      return gradients.reduce((weight, g) => {
        mean = 0.9 * mean + 0.1 * g * g
        return weight - (rate * g) / Math.sqrt(mean + 1e-7)
      }, w)
    },
  ],
  [
    { type: 'adagrad', learningRate: rate },
    (w) => {
      let sum = 0.1
      return gradients.reduce((weight, g) => {
        sum += g * g
        return weight - (rate * g) / Math.sqrt(sum + 1e-7)
      }, w)
    },
  ],
  [{ type: 'adam', learningRate: rate }, (w) => adamByHand(w, 0)],
  [{ type: 'adamw', learningRate: rate }, (w) => adamByHand(w, 0.004)],
  [
    { type: 'nadam', learningRate: rate },
    (w) => {
      let m = 0
      let v = 0
      let product = 1
      return gradients.reduce((weight, g, index) => {
        const t = index + 1
        const u = 0.9 * (1 - 0.5 * 0.96 ** t)
        const next = 0.9 * (1 - 0.5 * 0.96 ** (t + 1))
        product *= u
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        const mHat = (next * m) / (1 - product * next) + ((1 - u) * g) / (1 - product)
        return weight - (rate * mHat) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-7)
      }, w)
    },
  ],
]

function adamByHand(start: number, decay: number): number {
  let m = 0
  let v = 0
  return gradients.reduce((weight, g, index) => {
    const t = index + 1
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    const alpha = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)
    return weight * (1 - rate * decay) - (alpha * m) / (Math.sqrt(v) + 1e-7)
  }, start)
}

describe('optimisers', () => {
  test.each(byHand)('take three steps as Keras 3 does: %o', (recipe, expected) => {
    const optimizer = createOptimizer(recipe)
    let weights = library.tensor1d([1, -2])
    let state: OptimizerState = {
      step: 0,
      slots: Array.from({ length: optimizer.slotCount }, () => library.fill<tf.Rank.R1>([2], optimizer.initialSlot)),
      scalars: optimizer.initialScalars,
    }
    for (const gradient of gradients) {
      const update = optimizer.update(weights, library.tensor1d([gradient, gradient]), state, recipe.learningRate)
      weights = update.weights
      state = update.state
    }
    expect(state.step).toBe(3)
    const [first = NaN, second = NaN] = weights.dataSync()
    expect(first).toBeCloseTo(expected(1), 5)
    expect(second).toBeCloseTo(expected(-2), 5)
  })
})
