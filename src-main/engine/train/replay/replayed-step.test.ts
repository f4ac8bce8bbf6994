import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../common/graph/graph.ts'
import { templates } from '../../../common/templates/registry.ts'
import type { LayerStep } from '../../../common/templates/template.ts'
import { learningRateAt } from '../../../common/training/schedule.ts'
import type { Backend } from '../../backends/backend.ts'
import { openBackend } from '../../backends/select.ts'
import { makeBatch } from '../batches.ts'
import { tensorflowOf } from './binding.ts'
import { bothSteps, makeCase, makeModelCase, positionsOf, trainOn } from './testing.ts'
import type { Case, CaseOptions } from './testing.ts'

const opened = await openBackend('tensorflow')
if (!opened.ok) console.log(`Replayed steps are not tested: ${opened.error.message}`)
const backend = (opened.ok ? opened.value : null) as Backend

const lenet: readonly LayerStep[] = [
  ['input', { shape: [32, 32, 1] }],
  ['conv2d', { filters: 6, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
  ['maxPooling2d', { poolSize: [2, 2] }],
  ['conv2d', { filters: 16, kernelSize: [5, 5], padding: 'valid', activation: 'relu' }],
  ['maxPooling2d', { poolSize: [2, 2] }],
  ['conv2d', { filters: 120, kernelSize: [5, 5], padding: 'valid', activation: 'relu' }],
  ['flatten'],
  ['dense', { units: 84, activation: 'relu' }],
  ['dense', { units: 1, activation: 'sigmoid' }],
]
const picture: LayerStep = ['input', { shape: [8, 8, 3] }]
const series: LayerStep = ['input', { shape: [16, 3] }]
const conv: LayerStep = ['conv2d', { filters: 4, kernelSize: [3, 3], padding: 'same', activation: 'relu' }]
const hidden: LayerStep = ['dense', { units: 16, activation: 'relu' }]
const classes: LayerStep = ['dense', { units: 10, activation: 'softmax' }]
const value: LayerStep = ['dense', { units: 1 }]
const yes: LayerStep = ['dense', { units: 1, activation: 'sigmoid' }]
const mlp: readonly LayerStep[] = [picture, ['flatten'], hidden, classes]
const samples = 80
const batch = 32
const falling = {
  optimizer: { type: 'sgd', learningRate: 0.01 },
  schedule: { type: 'cosine', warmupSteps: 3, floor: 0.1 },
} as const

/** Trains both for some steps, the last of each round on fewer samples, the rate falling from step to step. */
function trainBoth(one: Case, steps: number, options: Parameters<typeof bothSteps>[2] = {}, size = batch) {
  const { eager, replayed } = bothSteps(backend, one, options)
  const count = one.dataset.parts.train.targets.length
  const run = (which: typeof eager) => {
    const results = Array.from({ length: steps }, (_, index) =>
      trainOn(
        backend,
        which,
        one.dataset,
        positionsOf(index + 1, size, count),
        learningRateAt(falling, { step: index + 1, epoch: 1, totalSteps: 50 }),
        index + 1,
      ),
    )
    const weights = which.readWeights()
    which.dispose()
    return { results, weights }
  }
  return { eager: run(eager), replayed: run(replayed) }
}

/** The largest difference between two lists of weights, relative to the largest weight of each. */
function difference(one: readonly Float32Array[], other: readonly Float32Array[]): number {
  return Math.max(
    ...one.map((values, index) => {
      const largest = values.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-3)
      return values.reduce(
        (most, each, position) => Math.max(most, Math.abs(each - (other[index]?.[position] ?? Number.NaN)) / largest),
        0,
      )
    }),
  )
}

/** The same layers with fewer weights, of which millions would say no more: smaller pictures, fewer dense units. */
function smaller(model: Model): Model {
  const nodes = model.nodes.map((node) => {
    const { shape, units } = node.params
    if (Array.isArray(shape) && shape.length === 3 && (shape[0] ?? 0) > 32)
      return { ...node, params: { shape: [32, 32, shape[2] ?? 1] } }
    return typeof units === 'number' && units > 32 ? { ...node, params: { ...node.params, units: 32 } } : node
  })
  return { ...model, nodes }
}

describe.skipIf(!opened.ok)('a replayed step', () => {
  const exact: Record<string, CaseOptions> = {
    'LeNet-5': { layers: lenet, classes: 2 },
    'an MLP': { layers: mlp, classes: 10 },
    'a convolution over a series': {
      layers: [
        series,
        ['conv1d', { filters: 8, kernelSize: 6, padding: 'same', activation: 'relu' }],
        ['flatten'],
        value,
      ],
    },
    dropout: {
      layers: [picture, conv, ['dropout', { rate: 0.25 }], ['flatten'], hidden, ['dropout', { rate: 0.5 }], classes],
      classes: 10,
    },
    'other pooling': {
      layers: [picture, conv, ['averagePooling2d', { poolSize: [2, 2] }], conv, ['globalAveragePooling2d'], classes],
      classes: 10,
    },
    'depthwise and transposed convolutions': {
      layers: [
        picture,
        ['depthwiseConv2d', { kernelSize: [3, 3] }],
        ['separableConv2d', { filters: 4, kernelSize: [3, 3] }],
        ['conv2dTranspose', { filters: 4, kernelSize: [3, 3] }],
        ['upSampling2d', { size: [2, 2] }],
        ['flatten'],
        classes,
      ],
      classes: 10,
    },
    'layer normalisation': {
      layers: [picture, conv, ['layerNormalization'], ['flatten'], classes],
      classes: 10,
      optimizer: { type: 'sgd' },
    },
    noise: { layers: [picture, ['gaussianNoise', { stddev: 0.1 }], ['flatten'], classes], classes: 10 },
    'batch normalisation': {
      layers: [picture, conv, ['batchNormalization'], ['flatten'], hidden, ['batchNormalization'], classes],
      classes: 10,
    },
    'L1 and L2 penalties': {
      layers: [
        picture,
        ['conv2d', { filters: 4, kernelSize: [3, 3], kernelRegularizer: 'l1', regularizerStrength: 0.003 }],
        ['separableConv2d', { filters: 4, kernelSize: [3, 3], kernelRegularizer: 'l2', regularizerStrength: 0.01 }],
        ['flatten'],
        ['dense', { units: 16, activation: 'tanh', kernelRegularizer: 'l2', regularizerStrength: 0.01 }],
        classes,
      ],
      classes: 10,
    },
    'binary cross-entropy': { layers: [picture, ['flatten'], hidden, yes], classes: 2 },
    'binary cross-entropy, smoothed and weighted': {
      layers: [picture, ['flatten'], hidden, yes],
      classes: 2,
      more: { labelSmoothing: 0.1, weights: [0.5, 1.75] },
    },
    'categorical cross-entropy, smoothed and weighted': {
      layers: mlp,
      classes: 10,
      more: { labelSmoothing: 0.1, weights: [1, 2, 3, 0.5, 0, 1, 1.25, 1, 1, 4] },
    },
    'sparse cross-entropy': { layers: mlp, classes: 10, loss: 'sparseCategoricalCrossentropy' },
    'hinge, weighted': {
      layers: [picture, ['flatten'], hidden, yes],
      classes: 2,
      loss: 'hinge',
      more: { weights: [0.5, 1.75] },
    },
    'categorical hinge': { layers: mlp, classes: 10, loss: 'categoricalHinge' },
    'mean squared error of two classes, weighted': {
      layers: [picture, ['flatten'], hidden, yes],
      classes: 2,
      loss: 'meanSquaredError',
      more: { weights: [0.5, 1.75] },
    },
    'Huber loss with another threshold': {
      layers: [series, ['flatten'], value],
      loss: 'huber',
      more: { huberDelta: 0.2 },
    },
    'clipping by value': { layers: mlp, classes: 10, more: { clipping: { type: 'value', limit: 0.002 } } },
    'clipping by norm': { layers: mlp, classes: 10, more: { clipping: { type: 'norm', limit: 0.05 } } },
    'clipping by the norm of all': { layers: mlp, classes: 10, more: { clipping: { type: 'globalNorm', limit: 0.1 } } },
    'mean absolute error': { layers: [series, ['flatten'], value], loss: 'meanAbsoluteError' },
    'Huber loss': { layers: [series, ['flatten'], value], loss: 'huber' },
    SGD: { layers: mlp, classes: 10, optimizer: { type: 'sgd' } },
    'SGD with weight decay': { layers: mlp, classes: 10, optimizer: { type: 'sgd', weightDecay: 0.01 } },
    momentum: { layers: mlp, classes: 10, optimizer: { type: 'momentum' } },
    Nesterov: { layers: mlp, classes: 10, optimizer: { type: 'nesterov' } },
    RMSprop: { layers: mlp, classes: 10, optimizer: { type: 'rmsprop' } },
    'RMSprop with momentum': { layers: mlp, classes: 10, optimizer: { type: 'rmsprop', momentum: 0.9 } },
    Adagrad: { layers: mlp, classes: 10, optimizer: { type: 'adagrad' } },
    AdamW: { layers: mlp, classes: 10, optimizer: { type: 'adamw' } },
    Nadam: { layers: mlp, classes: 10, optimizer: { type: 'nadam' } },
    AMSGrad: { layers: mlp, classes: 10, optimizer: { type: 'adam', amsgrad: true } },
    'centred RMSprop': { layers: mlp, classes: 10, optimizer: { type: 'rmsprop', centered: true, momentum: 0.8 } },
  }
  test.each(Object.entries(exact))('is the eager step to the bit, 50 steps long: %s', (_, options) => {
    const { eager, replayed } = trainBoth(makeCase({ samples, ...options }), 50)
    expect(replayed).toEqual(eager)
  })

  test("is the eager step but for rounding with a softmax, for which TensorFlow's graphs have a kernel of their own", () => {
    const one = makeCase({ samples, layers: mlp, classes: 10, loss: 'meanSquaredError', optimizer: { type: 'sgd' } })
    const single = trainBoth(one, 1)
    expect(difference(single.replayed.weights, single.eager.weights)).toBeLessThan(1e-6)
    const many = trainBoth(one, 50)
    expect(difference(many.replayed.weights, many.eager.weights)).toBeLessThan(1e-5)
  })

  // Those that are meant for looking only have no answer to train.
  const models = templates.flatMap(({ id, project }) =>
    project.models.flatMap((model) =>
      model.nodes.at(-1)?.layer === 'dense' ? [[`${id}, ${model.name}`, smaller(model), project] as const] : [],
    ),
  )
  test.each(models)('is the eager step to the bit, 50 steps long: the template %s', (_, model, project) => {
    const { loss, optimizer, labelSmoothing, clipping } = project.recipe
    const units = model.nodes.at(-1)?.params['units'] as number
    const one = makeModelCase(model, {
      samples: 10,
      loss,
      optimizer,
      more: { ...(labelSmoothing !== undefined && { labelSmoothing }), ...(clipping && { clipping }) },
      ...(loss !== 'meanSquaredError' && { classes: Math.max(2, units) }),
    })
    const { eager, replayed } = trainBoth(one, 50, { batches: { training: [4, 2], evaluation: [] } }, 4)
    expect(replayed).toEqual(eager)
  })

  test('does not need to know batch sizes beforehand', () => {
    const one = makeCase({ samples, layers: mlp, classes: 10 })
    const known = trainBoth(one, 7, { batches: { training: [32, 16], evaluation: [] } })
    const unknown = trainBoth(one, 7, { batches: { training: [], evaluation: [] } })
    expect(unknown.replayed).toEqual(known.replayed)
  })

  test('feeds data that are too many to live in the session', () => {
    const one = makeCase({ samples, layers: mlp, classes: 10 })
    const { eager, replayed } = trainBoth(one, 7, { residentLimit: 0 })
    expect(replayed).toEqual(eager)
  })

  const fused = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adam', 'adamw', 'nadam'] as const
  test.each(fused)('with the optimiser in one op is the eager step but for rounding: %s', (type) => {
    const momentum = type === 'rmsprop' ? { momentum: 0.9 } : {}
    const one = makeCase({ samples, layers: mlp, classes: 10, optimizer: { type, ...momentum } })
    const single = trainBoth(one, 1, { fusion: 'optimizer' })
    expect(difference(single.replayed.weights, single.eager.weights)).toBeLessThan(1e-6)
    const several = trainBoth(one, 5, { fusion: 'optimizer' })
    expect(difference(several.replayed.weights, several.eager.weights)).toBeLessThan(1e-5)
  })

  const networks = Object.entries(exact).filter(([, { optimizer }]) => optimizer === undefined)
  test.each(networks)('with fused ops is the eager step but for rounding: %s', (_, options) => {
    const { eager, replayed } = trainBoth(makeCase({ samples, ...options, optimizer: { type: 'sgd' } }), 5, {
      fusion: 'all',
    })
    expect(difference(replayed.weights, eager.weights)).toBeLessThan(1e-5)
  })

  test('evaluates and looks into the model as the eager step does', () => {
    const one = makeCase({ samples, layers: lenet, classes: 2 })
    const { eager, replayed } = bothSteps(backend, one, { batches: { training: [32], evaluation: [16] } })
    const answers = [eager, replayed].map((which) => {
      for (let step = 1; step <= 3; step++)
        trainOn(backend, which, one.dataset, positionsOf(step, batch, samples), 0.01, step)
      const test = makeBatch(
        backend.tf,
        one.dataset,
        'test',
        Int32Array.from({ length: 16 }, (_, index) => index),
      )
      const train = makeBatch(backend.tf, one.dataset, 'train', Int32Array.of(3))
      const input = train.inputs()
      const evaluated = [which.evaluate(test), which.evaluate(train)]
      const looked = which.look(input, {
        maps: ['c1', 'p1', 'missing', 'fc2'],
        kernels: ['c1', 'missing', 'fc2'],
        weights: ['fc2', 'missing', 'c1'],
      })
      expect(looked.weights.map(({ node, name }) => `${node} ${name}`)).toEqual([
        'c1 kernel',
        'c1 bias',
        'fc2 kernel',
        'fc2 bias',
      ])
      test.dispose()
      train.dispose()
      which.dispose()
      return { evaluated, looked }
    })
    expect(answers[1]).toEqual(answers[0])
  })

  test('goes on from weights that were written, the optimiser as it was', () => {
    const one = makeCase({ samples, layers: mlp, classes: 10 })
    const { eager, replayed } = bothSteps(backend, one)
    const weights = [eager, replayed].map((which) => {
      const first = which.readWeights()
      trainOn(backend, which, one.dataset, positionsOf(1, batch, samples), 0.01, 1)
      which.writeWeights(first)
      trainOn(backend, which, one.dataset, positionsOf(2, batch, samples), 0.01, 2)
      const last = which.readWeights()
      which.dispose()
      return last
    })
    expect(weights[1]).toEqual(weights[0])
  })

  test('keeps the last good weights when a loss is no number, and those before on request', () => {
    const one = makeCase({ samples, layers: [series, ['flatten'], value] })
    const targets = one.dataset.parts.train.targets
    targets[79] = Number.NaN
    const { eager, replayed: step } = bothSteps(backend, one)
    eager.dispose()
    const before: (readonly Float32Array[])[] = []
    for (let number = 1; number <= 4; number++) {
      before.push(step.readWeights())
      trainOn(
        backend,
        step,
        one.dataset,
        Int32Array.from({ length: 32 }, (_, row) => row + number),
        0.01,
        number,
      )
    }
    const good = step.readWeights()
    const bad = trainOn(
      backend,
      step,
      one.dataset,
      Int32Array.from({ length: 32 }, (_, row) => row + 48),
      0.01,
      5,
    )
    expect(bad.loss).toBeNaN()
    expect(step.readWeights()).toEqual(good)
    step.undoLast()
    expect(step.readWeights()).toEqual(before[3])
    step.dispose()
  })

  test('takes several steps in one call as it takes them one by one, and keeps the good ones before a bad one', () => {
    const one = makeCase({ samples, layers: [series, ['dropout', { rate: 0.3 }], ['flatten'], hidden, value] })
    one.dataset.parts.train.targets[79] = Number.NaN
    const rows = (from: number) => Int32Array.from({ length: batch }, (_, row) => row + from)
    const starts = [1, 9, 3, 40, 5, 48, 2, 7]
    const { eager, replayed: single } = bothSteps(backend, one, { stepsAtOnce: 1 })
    const { eager: unused, replayed: grouped } = bothSteps(backend, one, { stepsAtOnce: 4 })
    const expected = starts
      .slice(0, 6)
      .map((from, index) => trainOn(backend, single, one.dataset, rows(from), 0.01, index + 1))
    const results = [0, 4].flatMap((first) => {
      const batches = starts
        .slice(first, first + 4)
        .map((from) => makeBatch(backend.tf, one.dataset, 'train', rows(from)))
      return grouped.several?.train(batches, [0.01, 0.01, 0.01, 0.01], first + 1)
    })
    expect(results).toEqual(expected)
    expect(results.at(-1)?.loss).toBeNaN()
    expect(grouped.readWeights()).toEqual(single.readWeights())
    single.undoLast()
    grouped.undoLast()
    expect(grouped.readWeights()).toEqual(single.readWeights())
    for (const step of [eager, unused, single, grouped]) step.dispose()
  })

  test('leaves no tensors, sessions or files behind', () => {
    const one = makeCase({ samples, layers: mlp, classes: 10 })
    const { binding } = tensorflowOf(backend)
    const count = () => ({
      tensors: backend.tf.memory().numTensors,
      handles: binding.getNumOfTensors(),
      sessions: binding.getNumOfSavedModels(),
      folders: readdirSync(tmpdir()).filter((name) => name.startsWith(`convas-step-${process.pid}-`)).length,
    })
    const before = count()
    const { eager, replayed } = bothSteps(backend, one, { fusion: 'all' })
    eager.dispose()
    const step = (number: number) =>
      trainOn(backend, replayed, one.dataset, positionsOf(number, batch, samples), 0.001, number)
    for (let number = 1; number <= 5; number++) step(number)
    const running = count()
    for (let number = 6; number <= 505; number++) step(number)
    expect(count()).toEqual(running)
    replayed.dispose()
    expect(count()).toEqual(before)
  })

  test('refuses a batch that TensorFlow would not survive', () => {
    const one = makeCase({ samples, layers: lenet, classes: 2 })
    const { eager, replayed } = bothSteps(backend, one)
    const wrong = backend.tf.zeros([1, 16, 16, 1])
    expect(() => replayed.look(wrong, { maps: [], kernels: [], weights: [] })).toThrow(
      '"look_input" must be fed 1024 values of type 1. Received: 256',
    )
    wrong.dispose()
    eager.dispose()
    replayed.dispose()
  })
})
