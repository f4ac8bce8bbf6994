import type { DeviceDecision } from '../../common/training/device.ts'
import type { ModelView, Probe } from '../../common/training/probe.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { tf } from '../backends/tensor-library.ts'
import type { Batch } from './batches.ts'

/** What decides a step. */
export interface StepRecipe extends Pick<Recipe, 'optimizer' | 'loss' | 'labelSmoothing' | 'huberDelta' | 'clipping'> {
  /** How much each label counts in the loss while training; all the same where it is left out. */
  readonly weights?: readonly number[] | null
}

export interface StepResult {
  /** The mean over the batch, penalties included. */
  readonly loss: number
  /** Samples classified rightly; null where the task has no classes. */
  readonly correct: number | null
}

/** All weights in the order of `CompiledModel.weights`. */
export type WeightValues = readonly Float32Array[]

/** All that a model's next step follows from, besides the batch, its number and the rate; the same for every way to train. */
export interface StepState {
  readonly weights: WeightValues
  readonly optimizer: {
    /** Steps taken, of which bias corrections follow. */
    readonly step: number
    /** By slot, then by trainable weight in the model's order. */
    readonly slots: readonly WeightValues[]
    /** Numbers that rounding forbids to compute anew, such as Nadam's product of momenta. */
    readonly scalars: readonly number[]
  }
}

/**
 * How one model is trained: by single ops now, by a replayed graph where that is possible. The loop and the probes
 * know nothing else of a model, so state may live where the step likes.
 */
export interface TrainingStep {
  /** Where it computes, where there was a choice. */
  readonly device?: DeviceDecision
  /** Takes one step; `step` counts from 1. Weights are as before where the loss is not finite. */
  readonly train: (batch: Batch, learningRate: number, step: number) => StepResult
  /** For small models: several steps in one go, on full batches; absent where that gains nothing. */
  readonly several?: {
    readonly count: number
    /**
     * Takes `count` steps, of which the first has the number `firstStep`, each with its learning rate. The results end with
     * one that is not finite.
     */
    readonly train: (
      batches: readonly Batch[],
      learningRates: readonly number[],
      firstStep: number,
    ) => readonly StepResult[]
  }
  /** Mean loss without penalties, and the scores [batch · units] that classes are read from. */
  readonly evaluate: (batch: Batch) => { readonly loss: number; readonly scores: Float32Array }
  /** Outputs, kernels and all weights of nodes, and what the model answers, for one sample [1, …shape]. Unknown nodes are left out. */
  readonly look: (
    input: tf.Tensor,
    wanted: Omit<ModelView, 'model'>,
  ) => Pick<Probe, 'maps' | 'kernels' | 'weights' | 'prediction'>
  readonly readWeights: () => WeightValues
  readonly writeWeights: (weights: WeightValues) => void
  readonly readState: () => StepState
  /** Goes on from a state of the same model and optimiser; throws where the sizes are others. */
  readonly writeState: (state: StepState) => void
  /** Back to the weights before the last step: after a step whose loss was not finite they are the last good ones. */
  readonly undoLast: () => void
  readonly dispose: () => void
}

export function areFinite(weights: WeightValues): boolean {
  return weights.every((values) => values.every(Number.isFinite))
}
