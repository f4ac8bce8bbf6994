import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Params } from '../../common/graph/graph.ts'
import type { LayerType } from '../../common/layers/registry.ts'
import type { Project } from '../../common/project/project.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import type { Dataset } from '../datasets/reader.ts'
import { randomSource } from '../random.ts'
import { chain, tinyDataset, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { startTraining } from './loop.ts'
import { readSnapshot, snapshotEpochs } from './run-folder.ts'

let backend: Backend
let root: string
beforeAll(async () => {
  const opened = (await openForTest('tensorflow')) ?? (await openForTest('wasm'))
  if (opened === null) throw new Error('a backend must open')
  backend = opened
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-divergence-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

type Layer = readonly [LayerType, Params]
const flatten: Layer = ['flatten', {}]
const dense = (units: number, activation: string): Layer => ['dense', { units, activation }]
const conv: Layer = ['conv2d', { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }]
const value = dense(1, 'linear')
const yesOrNo = dense(1, 'sigmoid')

/** Series of 16 values and a number to predict of each; `draw` makes the targets. */
function seriesDataset(draw: (random: ReturnType<typeof randomSource>) => number, samples = 200): Dataset {
  const part = (count: number, seed: number) => {
    const random = randomSource(seed)
    const inputs = Float32Array.from({ length: count * 16 }, () => random.normal())
    const targets = Float32Array.from({ length: count }, (_, row) => draw(random) + (inputs[row * 16] ?? 0))
    return { inputs, targets }
  }
  const { descriptor } = tinyDataset()
  return {
    descriptor: {
      ...descriptor,
      task: 'regression',
      shape: [16, 1],
      classes: [],
      counts: { train: samples, test: 20 },
      classCounts: [],
    },
    parts: { train: part(samples, 1), test: part(20, 2) },
  }
}
const calm = () => seriesDataset((random) => 0.1 * random.normal())
const large = () => seriesDataset((random) => 1e5 * random.normal())
/** Student's t with one degree of freedom: now and then a value a thousand times as large as the others. */
const heavyTailed = () => seriesDataset((random) => random.normal() / random.normal())
/** One sample in fifty is wrong by far. */
const faulty = () => seriesDataset((random) => (random.below(50) === 0 ? 1e4 : random.normal()))
/** Labels that nothing can be learnt from. */
function noisyLabels(): Dataset {
  const { descriptor, parts } = tinyDataset()
  const random = randomSource(3)
  const targets = parts.train.targets.map(() => random.below(2))
  return { descriptor, parts: { ...parts, train: { ...parts.train, targets } } }
}

interface Case {
  readonly dataset: () => Dataset
  readonly layers: readonly Layer[]
  readonly recipe: Partial<Recipe>
}
const of = (dataset: () => Dataset, layers: readonly Layer[], recipe: Partial<Recipe>): Case => ({
  dataset,
  layers,
  recipe,
})
const rate = (type: Recipe['optimizer']['type'], learningRate: number, momentum?: number): Partial<Recipe> => ({
  optimizer: { type, learningRate, ...(momentum !== undefined && { momentum }) },
})
const mse = { loss: 'meanSquaredError' } as const
const mae = { loss: 'meanAbsoluteError' } as const
const huber = { loss: 'huber' } as const

async function train({ dataset: make, layers, recipe }: Case, steps: number) {
  const dataset = make()
  const folder = await mkdtemp(path.join(root, 'r-'))
  const model = chain('m', ['input', { shape: [...dataset.descriptor.shape] }], ...layers)
  const perEpoch = Math.ceil(dataset.descriptor.counts.train / (recipe.batchSize ?? 16))
  const project: Project = tinyProject([model], {
    split: { validation: 0 },
    epochs: Math.ceil(steps / perEpoch),
    ...recipe,
  })
  const events: TrainingEvent[] = []
  const tell = (event: TrainingEvent) => events.push(event)
  const started = await startTraining({
    backend,
    dataset,
    run: 'r',
    folder,
    project,
    models: ['m'],
    tell,
    show: () => undefined,
  })
  if (!started.ok) throw new Error(started.error.message)
  await started.value.ended
  const finished = events.find((event) => event.type === 'model-finished')
  const said = events.flatMap((event) => (event.type === 'log' && event.level === 'error' ? [event] : []))
  return { folder, finished, said }
}

describe('a model that diverges', () => {
  const wild: Record<string, Case> = {
    'SGD, squared error, a hundred times too fast': of(calm, [flatten, value], { ...mse, ...rate('sgd', 10) }),
    'SGD, squared error, values of a hundred thousand': of(large, [flatten, dense(32, 'relu'), value], {
      ...mse,
      ...rate('sgd', 0.1),
    }),
    'momentum, squared error, two layers': of(calm, [flatten, dense(32, 'tanh'), value], {
      ...mse,
      ...rate('momentum', 5),
    }),
    'Nesterov, a convolution over a series': of(
      calm,
      [['conv1d', { filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }], flatten, value],
      { ...mse, ...rate('nesterov', 3) },
    ),
    'SGD, absolute error, three layers': of(calm, [flatten, dense(32, 'relu'), dense(32, 'linear'), value], {
      ...mae,
      ...rate('sgd', 100),
    }),
    'Adam, Huber loss': of(calm, [flatten, dense(32, 'linear'), dense(32, 'linear'), value], {
      ...huber,
      ...rate('adam', 10),
    }),
    'RMSprop, squared error': of(calm, [flatten, dense(32, 'tanh'), value], { ...mse, ...rate('rmsprop', 100) }),
    'Adagrad, squared error': of(calm, [flatten, dense(32, 'linear'), value], { ...mse, ...rate('adagrad', 50) }),
    'SGD, cross-entropy, pictures': of(tinyDataset, [conv, flatten, dense(16, 'relu'), yesOrNo], rate('sgd', 1e6)),
    'AdamW, cross-entropy, labels without sense': of(
      noisyLabels,
      [flatten, dense(32, 'linear'), dense(32, 'linear'), yesOrNo],
      rate('adamw', 10),
    ),
    'Nadam, squared error': of(calm, [flatten, dense(32, 'linear'), dense(32, 'linear'), value], {
      ...mse,
      ...rate('nadam', 10),
    }),
    'momentum, a rate beyond all numbers': of(
      tinyDataset,
      [flatten, dense(6, 'linear'), yesOrNo],
      rate('momentum', 1e38),
    ),
  }
  test.each(Object.entries(wild))(
    'stops within 20 steps with finite weights and says what to do: %s',
    async (_, one) => {
      const { folder, finished, said } = await train(one, 60)
      expect(finished).toMatchObject({ reason: 'diverged' })
      expect(said).toHaveLength(1)
      expect(Number(/at step (\d+)/.exec(said[0]?.message ?? '')?.[1])).toBeLessThanOrEqual(20)
      expect(said[0]?.message).toMatch(/smaller learning rate/)
      expect(said[0]?.text?.ko).toMatch(/학습률을 낮추거나/)
      const epoch = (await snapshotEpochs(folder, 'm')).at(-1) ?? -1
      const snapshot = await readSnapshot(folder, 'm', { epoch })
      if (!snapshot.ok) throw new Error(snapshot.error.message)
      expect(snapshot.value.weights.every(({ values }) => values.every(Number.isFinite))).toBe(true)
    },
  )
})

describe('a model that only trains noisily', () => {
  const healthy: Record<string, Case> = {
    'one sample a step': of(tinyDataset, [flatten, dense(6, 'tanh'), yesOrNo], { ...rate('sgd', 0.5), batchSize: 1 }),
    'labels without sense': of(noisyLabels, [conv, flatten, yesOrNo], { ...rate('adam', 0.01), batchSize: 2 }),
    'heavy-tailed values': of(heavyTailed, [flatten, dense(16, 'relu'), value], {
      ...mse,
      ...rate('adam', 0.01),
      batchSize: 4,
    }),
    'one wrong sample in fifty': of(faulty, [flatten, dense(16, 'relu'), value], {
      ...mae,
      ...rate('adam', 0.01),
      batchSize: 2,
    }),
    'at the edge of stability': of(calm, [flatten, value], { ...mse, ...rate('sgd', 0.08), batchSize: 4 }),
    'a fast start that finds its way back': of(calm, [flatten, dense(64, 'relu'), value], {
      ...mse,
      ...rate('adam', 0.3),
    }),
    'most units dropped': of(
      tinyDataset,
      [flatten, dense(32, 'relu'), ['dropout', { rate: 0.9 }], yesOrNo],
      rate('adam', 0.05),
    ),
    'cross-entropy, far too fast for Adam': of(
      tinyDataset,
      [conv, flatten, dense(16, 'relu'), yesOrNo],
      rate('adam', 0.1),
    ),
    'a spike of a few steps': of(calm, [flatten, dense(64, 'linear'), dense(64, 'linear'), value], {
      ...mse,
      ...rate('adam', 0.1),
    }),
    'values that are all the same': of(() => seriesDataset(() => 5), [flatten, value], {
      ...mse,
      ...rate('adam', 0.1),
    }),
  }
  test.each(Object.entries(healthy))('is left alone: %s', async (_, one) => {
    const { finished, said } = await train(one, 400)
    expect(said).toEqual([])
    expect(finished).toMatchObject({ reason: 'completed' })
  })
})
