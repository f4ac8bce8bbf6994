import type { Backend } from '../../backends/backend.ts'
import type { tf } from '../../backends/tensor-library.ts'
import type { CompiledModel } from '../../compile/compile.ts'
import { clipGradients } from '../clipping.ts'
import { createLoss, readScores } from '../losses.ts'
import type { StepRecipe } from '../step.ts'
import { forAnyBatch } from './any-batch.ts'
import type { Moment } from './any-batch.ts'
import { tensorflowOf } from './binding.ts'
import { NotReplayable, record } from './recording.ts'
import type { Recording } from './recording.ts'

/** Keys of what recordings are given: `inputs`, `targets` and every weight. */
export function weightKey(index: number): string {
  return `weight ${index}`
}

/** Records what a model does with batches of given sizes. */
export interface ModelRecorder {
  /** Outputs: loss, scores, then for each weight its gradient where it is trained, else its value after the step. */
  readonly trainingStep: (batch: number) => Recording
  /** Outputs: mean loss and scores. */
  readonly evaluation: (batch: number) => Recording
  /** Outputs: what people are shown of one sample's answer, then every node's output in the model's order. */
  readonly look: () => Recording
}

// Numbers no run reaches and no layer has as a size.
const clockSteps = [1_999_999_973, 1_999_999_943] as const
const fills = [0.5, 0.25] as const

export function modelRecorder(backend: Backend, model: CompiledModel, recipe: StepRecipe): ModelRecorder {
  const library = backend.tf
  const loss = createLoss(library, recipe)
  const native = tensorflowOf(backend)
  const variables = model.weights.map(({ variable }) => variable)
  const trained = model.weights.filter(({ trainable }) => trainable).map(({ variable }) => variable)
  const units = model.outputShape.at(-1) ?? 1
  const scoresOf = (pass: { readonly logits: tf.Tensor; readonly output: tf.Tensor }) =>
    (loss.fromLogits ? pass.logits : pass.output) as tf.Tensor2D

  const recordWith = (
    batch: number,
    moment: Moment,
    compute: (inputs: tf.Tensor, targets: tf.Tensor2D, handle: (tensor: tf.Tensor) => number) => readonly number[],
  ): Recording => {
    const [fill, clockStep] = [fills[moment], clockSteps[moment]]
    const inputs = library.fill([batch, ...model.inputShape], fill)
    const targets = library.fill<tf.Rank.R2>([batch, units], fill)
    const kept = variables.map((variable) => variable.clone())
    const stepBefore = model.clock.step
    model.clock.step = clockStep
    try {
      return record({
        native,
        library,
        clockStep,
        given: [
          { key: 'inputs', tensor: inputs },
          { key: 'targets', tensor: targets },
          ...variables.map((tensor, index) => ({ key: weightKey(index), tensor })),
        ],
        run: (handle) => compute(inputs, targets, handle),
      })
    } finally {
      model.clock.step = stepBefore
      // Batch normalisation has written its statistics.
      variables.forEach((variable, index) => {
        const value = kept[index] as tf.Tensor
        if (variable.dataId !== value.dataId) variable.assign(value)
      })
      library.dispose([inputs, targets, ...kept])
    }
  }

  const trainOnce = (batch: number, moment: Moment) =>
    recordWith(batch, moment, (inputs, targets, handle) => {
      let scoresHandle = -1
      const { value, grads } = library.variableGrads(() => {
        const pass = model.forward(inputs, { training: true })
        const scores = scoresOf(pass)
        scoresHandle = handle(scores)
        const penalty = model.penalty()
        const mean = loss.weightedMean(scores, targets, recipe.weights ?? null)
        return penalty === null ? mean : mean.add(penalty)
      }, trained)
      const gradients = model.weights.flatMap(({ variable, trainable, node }) => {
        if (!trainable) return []
        const gradient = grads[variable.name]
        if (gradient === undefined) throw new NotReplayable(`a weight of "${node}" has no gradient`)
        return [gradient]
      })
      const clipped = [...clipGradients(recipe.clipping, gradients)]
      return [
        handle(value),
        scoresHandle,
        ...model.weights.map(({ variable, trainable }) =>
          handle(trainable ? (clipped.shift() as tf.Tensor) : variable),
        ),
      ]
    })

  const evaluateOnce = (batch: number, moment: Moment) =>
    recordWith(batch, moment, (inputs, targets, handle) => {
      const scores = scoresOf(model.forward(inputs))
      return [handle(loss.mean(scores, targets)), handle(scores)]
    })

  return {
    trainingStep: forAnyBatch(trainOnce),
    evaluation: forAnyBatch(evaluateOnce),
    look: () =>
      recordWith(1, 0, (inputs, _, handle) => {
        const pass = model.forward(inputs, { capture: new Set(model.order) })
        const answer = readScores(loss.readOut, loss.readOut === 'none' ? pass.output : pass.logits)
        return [handle(answer), ...model.order.map((node) => handle(pass.captured.get(node) as tf.Tensor))]
      }),
  }
}
