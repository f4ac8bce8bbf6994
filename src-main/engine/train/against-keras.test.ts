import { beforeAll, describe, expect, test } from 'vitest'
import { freshPlateau, plateauAfter } from '../../common/training/monitor.ts'
import { learningRateAt } from '../../common/training/schedule.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { compileModel } from '../compile/compile.ts'
import type { Dataset } from '../datasets/reader.ts'
import { chain, tinyDataset } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { makeBatch } from './batches.ts'
import { clipGradients } from './clipping.ts'
import { createEagerStep } from './eager-step.ts'
import { keras } from './fixtures/keras.ts'
import { createLoss } from './losses.ts'
import { createMeasurement } from './metrics.ts'
import { createOptimizer } from './optimizers.ts'
import type { OptimizerState } from './optimizers.ts'
import { createReplayedStep } from './replay/replayed-step.ts'
import type { TrainingStep } from './step.ts'

let cpu: Backend
let native: Backend | null
beforeAll(async () => {
  const opened = await openForTest('cpu')
  if (opened === null) throw new Error('the cpu backend must open')
  cpu = opened
  native = await openForTest('tensorflow')
})

const relative = (value: number, expected: number) => Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-6)
const named = <T extends object>(cases: readonly T[], name: (one: T) => unknown) =>
  cases.map((one) => [JSON.stringify(name(one)), one] as const)

describe('as Keras 3 has it, within 1e-5', () => {
  const { sizes, start, gradients, learningRates, seen, cases: optimizers } = keras.optimizers
  test.each(named(optimizers, ({ optimizer, clipping }) => ({ ...optimizer, clipping })))(
    '200 steps of %s with a changing learning rate',
    (_, { optimizer: settings, clipping, weights: expected }) => {
      const library = cpu.tf
      const optimizer = createOptimizer({ ...settings, learningRate: 1 })
      let weights = library.tensor1d([...start])
      let state: OptimizerState = {
        step: 0,
        slots: Array.from({ length: optimizer.slotCount }, () => library.fill([start.length], optimizer.initialSlot)),
        scalars: optimizer.initialScalars,
      }
      const found: number[][] = []
      gradients.forEach((gradient, index) => {
        const parts: readonly tf.Tensor[] = library.split(library.tensor1d([...gradient]), [...sizes])
        const update = optimizer.update(
          weights,
          library.concat1d(clipGradients(clipping, parts) as tf.Tensor1D[]),
          state,
          learningRates[index] as number,
        )
        weights = update.weights
        state = update.state
        if (seen.includes(index + 1)) found.push(Array.from(weights.dataSync()))
      })
      const worst = Math.max(
        ...expected.flatMap((row, step) => row.map((value, index) => relative(found[step]?.[index] ?? NaN, value))),
      )
      expect(worst).toBeLessThan(1e-5)
    },
  )

  test.each(named(keras.losses, ({ recipe, weights, units }) => ({ ...recipe, weights, units })))(
    'the loss and its gradients: %s',
    (_, { recipe, weights, units, scores, labels, loss: expected, gradients: slopes }) => {
      const library = cpu.tf
      const loss = createLoss(library, recipe)
      const targets =
        units === 1
          ? library.tensor2d([...labels], [labels.length, 1])
          : (library.oneHot([...labels], units).toFloat() as tf.Tensor2D)
      const given = library.tensor2d([...scores], [labels.length, units])
      const { value, grad } = library.valueAndGrad((x) => loss.weightedMean(x as typeof given, targets, weights))(given)
      expect(relative(value.dataSync()[0] as number, expected)).toBeLessThan(1e-5)
      const found = Array.from(grad.dataSync())
      const largest = Math.max(...slopes.map(Math.abs))
      expect(Math.max(...slopes.map((slope, index) => Math.abs((found[index] ?? NaN) - slope)))).toBeLessThan(
        1e-5 * largest,
      )
      if (weights === null) expect(loss.mean(given, targets).dataSync()[0]).toBe(value.dataSync()[0])
    },
  )

  test.each(named(keras.metrics, ({ task, classes }) => ({ task, classes })))(
    'the metrics, and the AUC as scikit-learn has it: %s',
    (_, { task, classes, units, readOut, scores, labels, metrics }) => {
      const measurement = createMeasurement({
        descriptor: { task, classes: Array.from({ length: classes }, (__, label) => `class ${label}`) },
        units,
        loss: { readOut, threshold: 0 },
        topK: undefined,
        samples: labels.length,
      })
      for (let row = 0; row < labels.length; row += 25)
        measurement.add({
          loss: 0,
          scores: Float32Array.from(scores.slice(row * units, (row + 25) * units)),
          labels: Float32Array.from(labels.slice(row, row + 25)),
        })
      const found = measurement.result().metrics
      expect(Object.keys(found).sort()).toEqual(Object.keys(metrics).sort())
      for (const [metric, expected] of Object.entries(metrics))
        expect([metric, relative(found[metric as keyof typeof found] ?? NaN, expected) < 1e-5]).toEqual([metric, true])
    },
  )

  test.each(named(keras.schedules.cases, ({ schedule }) => schedule))('the rates of %s', (_, { schedule, rates }) => {
    const { learningRate, steps } = keras.schedules
    rates.forEach((expected, index) => {
      const rate = learningRateAt(
        { optimizer: { type: 'sgd', learningRate }, schedule },
        { step: (steps[index] as number) + 1, epoch: 1, totalSteps: 1 },
      )
      // Near the floor Keras's single precision leaves a rest of the cosine.
      expect(Math.abs(rate - expected)).toBeLessThan(1e-5 * learningRate)
    })
  })

  test.each(named(keras.plateaus.cases, ({ plateau }) => plateau))(
    'the rates after each epoch of %s',
    (_, { plateau, sign, rates }) => {
      const { learningRate, values } = keras.plateaus
      let memory = freshPlateau
      rates.forEach((expected, index) => {
        memory = plateauAfter(plateau, memory, sign * (values[index] as number), learningRate)
        expect(relative(memory.factor * learningRate, expected)).toBeLessThan(1e-5)
      })
    },
  )
})

const netModel = chain(
  'net',
  ['input', { shape: [6, 6, 1] }],
  [
    'conv2d',
    {
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelRegularizer: 'l1',
      regularizerStrength: 0.002,
    },
  ],
  ['maxPooling2d', { poolSize: 2 }],
  ['flatten', {}],
  ['dense', { units: 8, activation: 'tanh', kernelRegularizer: 'l2', regularizerStrength: 0.01 }],
  ['batchNormalization', {}],
  ['dense', { units: 3, activation: 'softmax' }],
)

function netDataset(): Dataset {
  const { samples, pixels, labels } = keras.net
  const { descriptor } = tinyDataset()
  const part = { inputs: Uint8Array.from(pixels), targets: Float32Array.from(labels) }
  return {
    descriptor: {
      ...descriptor,
      shape: [6, 6, 1],
      classes: ['a', 'b', 'c'],
      counts: { train: samples, test: samples },
    },
    parts: { train: part, test: part },
  }
}

/** The losses of 20 steps from Keras's weights. */
function netLosses(backend: Backend, which: (typeof keras.net.cases)[number], kind: 'eager' | 'replayed') {
  const compiled = compileModel(backend, netModel, 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const dataset = netDataset()
  const { samples, batch: size } = keras.net
  const recipe = { ...which, loss: 'categoricalCrossentropy' } as const
  const step: TrainingStep =
    kind === 'eager'
      ? createEagerStep(backend, compiled.value, recipe, 'classification')
      : createReplayedStep({
          backend,
          model: compiled.value,
          recipe,
          dataset,
          batches: { training: [12, 4], evaluation: [] },
        })
  step.writeWeights(keras.net.weights.map((values) => Float32Array.from(values)))
  const losses = which.losses.map((__, index) => {
    const first = (index % 3) * size
    const positions = Int32Array.from({ length: Math.min(size, samples - first) }, (___, row) => first + row)
    const batch = makeBatch(backend.tf, dataset, 'train', positions)
    const rate = learningRateAt(recipe, { step: index + 1, epoch: 1, totalSteps: 20 })
    const { loss } = step.train(batch, rate, index + 1)
    batch.dispose()
    return loss
  })
  step.dispose()
  return losses
}

test.each(
  named(keras.net.cases, ({ optimizer, schedule }) => ({ ...optimizer, schedule: schedule?.type })).flatMap(
    ([title, one]) => (['eager', 'replayed'] as const).map((kind) => [title, kind, one] as const),
  ),
)('20 steps of a small net follow Keras 3 within 1e-4: %s, %s', (_, kind, one) => {
  if (native === null && kind === 'replayed') return
  const losses = netLosses(native ?? cpu, one, kind)
  const worst = Math.max(...one.losses.map((expected, index) => relative(losses[index] ?? NaN, expected)))
  expect(worst).toBeLessThan(1e-4)
})
