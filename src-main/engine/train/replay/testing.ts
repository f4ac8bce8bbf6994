import type { Model } from '../../../common/graph/graph.ts'
import { chainModel } from '../../../common/templates/template.ts'
import type { LayerStep } from '../../../common/templates/template.ts'
import type { Recipe } from '../../../common/training/recipe.ts'
import type { Backend } from '../../backends/backend.ts'
import { compileModel } from '../../compile/compile.ts'
import type { Dataset, DecodedPart } from '../../datasets/reader.ts'
import { deriveSeed, randomSource } from '../../random.ts'
import { makeBatch } from '../batches.ts'
import { createEagerStep } from '../eager-step.ts'
import type { StepRecipe, TrainingStep } from '../step.ts'
import { createReplayedStep } from './replayed-step.ts'
import type { ReplayOptions } from './replayed-step.ts'

/** A model to train, without a file. */
export interface Case {
  readonly model: Model
  readonly dataset: Dataset
  readonly recipe: StepRecipe
}

export interface CaseOptions {
  readonly layers: readonly LayerStep[]
  readonly classes?: number
  readonly loss?: Recipe['loss']
  readonly optimizer?: Partial<Recipe['optimizer']>
  /** What else decides a step. */
  readonly more?: Omit<StepRecipe, 'optimizer' | 'loss'>
  readonly samples?: number
}

/** A chain of layers with random data that fit it. Without classes it is regression on floats, else pictures of bytes. */
export function makeCase({ layers, ...options }: CaseOptions): Case {
  return makeModelCase(chainModel('m', 'Model', layers), options)
}

/** The same for a model that is there already. */
export function makeModelCase(
  model: Model,
  { classes, loss, optimizer, more, samples = 96 }: Omit<CaseOptions, 'layers'>,
): Case {
  const shape = model.nodes.find(({ layer }) => layer === 'input')?.params['shape'] as number[]
  const size = shape.reduce((product, length) => product * length, 1)
  const part = (count: number, seed: number): DecodedPart => {
    const random = randomSource(seed)
    const inputs =
      classes === undefined
        ? Float32Array.from({ length: count * size }, () => random.normal())
        : Uint8Array.from({ length: count * size }, () => random.below(256))
    return {
      inputs,
      targets: Float32Array.from({ length: count }, () =>
        classes === undefined ? random.uniform() : random.below(classes),
      ),
    }
  }
  const names = Array.from({ length: classes ?? 0 }, (_, index) => `class ${index}`)
  return {
    model,
    recipe: {
      ...more,
      optimizer: { type: 'adam', learningRate: 0.01, ...optimizer },
      loss:
        loss ??
        (classes === undefined ? 'meanSquaredError' : classes === 2 ? 'binaryCrossentropy' : 'categoricalCrossentropy'),
    },
    dataset: {
      descriptor: {
        id: 'random',
        title: 'Random',
        origin: 'synthetic',
        task: classes === undefined ? 'regression' : 'classification',
        shape,
        classes: names,
        counts: { train: samples, test: 16 },
        classCounts: { train: [], test: [] },
        hash: '',
      } as unknown as Dataset['descriptor'],
      parts: { train: part(samples, 1), test: part(16, 2) },
    },
  }
}

/** Both steps of one case, from the same weights. */
export function bothSteps(
  backend: Backend,
  { model, dataset, recipe }: Case,
  replay: Partial<ReplayOptions> = {},
): { readonly eager: TrainingStep; readonly replayed: TrainingStep } {
  const compile = () => {
    const compiled = compileModel(backend, model, 7)
    if (!compiled.ok) throw new Error(compiled.error.message)
    return compiled.value
  }
  const eager = createEagerStep(backend, compile(), recipe, dataset.descriptor.task)
  const replayed = createReplayedStep({
    backend,
    model: compile(),
    recipe,
    dataset,
    batches: { training: [32], evaluation: [] },
    fusion: 'none',
    ...replay,
  })
  return { eager, replayed }
}

/** The samples of step `step` (from 1): in a new order each time round, the last batch of a round smaller. */
export function positionsOf(step: number, batch: number, samples: number): Int32Array {
  const perRound = Math.ceil(samples / batch)
  const round = Math.floor((step - 1) / perRound)
  const start = ((step - 1) % perRound) * batch
  const random = randomSource(deriveSeed('order', round))
  const order = Array.from({ length: samples }, (_, index) => index)
    .map((index) => [random.uniform(), index] as const)
    .sort(([one], [other]) => one - other)
    .map(([, index]) => index)
  return Int32Array.from(order.slice(start, start + batch))
}

/** Takes one step on some samples of the training part. */
export function trainOn(
  backend: Backend,
  step: TrainingStep,
  dataset: Dataset,
  positions: Int32Array,
  learningRate: number,
  number: number,
) {
  const batch = makeBatch(backend.tf, dataset, 'train', positions)
  try {
    return step.train(batch, learningRate, number)
  } finally {
    batch.dispose()
  }
}
