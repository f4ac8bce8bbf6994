import type { Text } from '../../../common/layers/text.ts'
import type { Device, DeviceChoice } from '../../../common/training/device.ts'
import type { Recipe } from '../../../common/training/recipe.ts'
import type { Backend } from '../../backends/backend.ts'
import type { CompiledModel } from '../../compile/compile.ts'
import type { Dataset } from '../../datasets/reader.ts'
import { isAugmenting } from '../../../common/data/augmentation.ts'
import type { RecipeSplit } from '../batches.ts'
import { makeBatch, splitFor } from '../batches.ts'
import { classWeightsFor } from '../class-weights.ts'
import { decideDevice, describeDecision } from '../decide-device.ts'
import type { Candidate } from '../decide-device.ts'
import { createEagerStep } from '../eager-step.ts'
import { isOutOfMemory } from '../failures.ts'
import type { TrainingStep } from '../step.ts'
import { NotReplayable } from './recording.ts'
import { createReplayedStep } from './replayed-step.ts'

export interface StepOptions {
  readonly backend: Backend
  readonly model: CompiledModel
  readonly recipe: Recipe
  readonly dataset: Dataset
  /** How many samples are evaluated at a time. */
  readonly evaluationBatch: number
  /** Where to compute; measured by default where there is a GPU. */
  readonly device?: DeviceChoice
  /** Takes a sentence for the run's log. */
  readonly say: (sentence: Text) => void
}

/**
 * The fastest way to train a model on a backend: replayed on native TensorFlow, op by op elsewhere, where a step cannot be
 * replayed, or where CONVAS_STEP=eager asks for it.
 */
export function createStep(options: StepOptions): TrainingStep {
  const { backend, model, dataset, say, device: choice = 'auto' } = options
  const split = splitFor(dataset, options.recipe)
  const recipe = { ...options.recipe, weights: classWeightsFor(options.recipe, dataset, split.train) }
  const eager = () => createEagerStep(backend, model, recipe, dataset.descriptor.task)
  if (choice === 'gpu' && backend.status.gpu !== true) say(describeDecision({ device: 'cpu', trials: [] }, choice))
  if (backend.native === null || process.env['CONVAS_STEP'] === 'eager') return eager()
  const replayed = (device: Device, of: CompiledModel) =>
    createReplayedStep({
      backend,
      model: of,
      recipe,
      dataset,
      batches: batchesOf(options, split),
      feedsTraining: isAugmenting(recipe.augmentation),
      ...(device === 'cpu' && backend.status.gpu === true && { device: '/device:CPU:0' }),
    })
  try {
    if (backend.status.gpu !== true) return replayed('cpu', model)
    const decision = decideDevice({
      choice,
      devices: ['gpu', 'cpu'],
      nowMs: () => performance.now(),
      // The model's weights stay as they are: a replayed step has its own.
      open: (device) => timedCandidate(options, split, replayed(device, { ...model, dispose: () => undefined })),
    })
    say(describeDecision(decision, choice))
    return { ...replayed(decision.device, model), device: decision }
  } catch (error) {
    if (isOutOfMemory(error)) throw error
    const reason = error instanceof NotReplayable || error instanceof Error ? error.message : String(error)
    say({
      en: `This model trains op by op, which is slower, because its step cannot be replayed: ${reason}.`,
      ko: `스텝을 그래프 하나로 재생할 수 없어 연산을 하나씩 실행하며 더 느리게 학습합니다(${reason}).`,
    })
    return eager()
  }
}

/** Steps on the first samples, to be timed and thrown away. */
function timedCandidate({ backend, recipe, dataset }: StepOptions, split: RecipeSplit, step: TrainingStep): Candidate {
  const count = step.several?.count ?? 1
  const positions = split.train.slice(0, recipe.batchSize)
  let taken = 0
  return {
    run: () => {
      const batch = makeBatch(backend.tf, dataset, 'train', positions)
      try {
        const { learningRate } = recipe.optimizer
        const repeat = <T>(value: T) => Array.from({ length: count }, () => value)
        if (step.several) step.several.train(repeat(batch), repeat(learningRate), taken + 1)
        else step.train(batch, learningRate, taken + 1)
      } finally {
        batch.dispose()
      }
      taken += count
      return count
    },
    close: step.dispose,
  }
}

/** The batch sizes of a run: full ones and the rests. */
function batchesOf({ recipe, dataset, evaluationBatch }: StepOptions, split: RecipeSplit) {
  const sizes = (count: number, batch: number) =>
    [Math.min(count, batch), count > batch ? count % batch : 0].filter((size) => size > 0)
  return {
    training: [...new Set(sizes(split.train.length, recipe.batchSize))],
    evaluation: [
      ...new Set([
        ...sizes(split.validation.positions.length, evaluationBatch),
        ...sizes(dataset.descriptor.counts.test, evaluationBatch),
      ]),
    ],
  }
}
