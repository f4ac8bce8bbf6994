import type { NodeTensor, NodeWeight } from '../../common/training/probe.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import type { CompiledModel } from '../compile/compile.ts'
import { clipGradients } from './clipping.ts'
import { createLoss, readScores } from './losses.ts'
import type { ReadOut } from './losses.ts'
import { predictedClass } from './metrics.ts'
import { createOptimizer } from './optimizers.ts'
import type { OptimizerState } from './optimizers.ts'
import { plainZeros } from './plain-zeros.ts'
import type { StepRecipe, TrainingStep, WeightValues } from './step.ts'

/** Trains op by op on any backend. All trainable weights travel through the optimiser as one vector: a tenth of the ops. */
export function createEagerStep(
  backend: Backend,
  model: CompiledModel,
  recipe: StepRecipe,
  task: 'classification' | 'regression',
): TrainingStep {
  const library = backend.tf
  const loss = createLoss(library, recipe)
  const optimizer = createOptimizer(recipe.optimizer)
  const units = model.outputShape.at(-1) ?? 1
  const trainable = model.weights.filter((weight) => weight.trainable).map((weight) => weight.variable)
  const untrained = model.weights.filter((weight) => !weight.trainable).map((weight) => weight.variable)
  const sizes = trainable.map((variable) => variable.size)
  const total = sizes.reduce((sum, size) => sum + size, 0)

  const flatten = (tensors: readonly tf.Tensor[]) => library.concat1d(tensors.map((tensor) => tensor.flatten()))
  const spread = (vector: tf.Tensor1D) => {
    const pieces = library.split(vector, sizes)
    trainable.forEach((variable, index) => variable.assign((pieces[index] as tf.Tensor).reshape(variable.shape)))
  }

  let weights = library.tidy(() => flatten(trainable))
  let before = library.tidy(() => weights.clone())
  let state: OptimizerState = {
    step: 0,
    slots: Array.from({ length: optimizer.slotCount }, () => library.fill<tf.Rank.R1>([total], optimizer.initialSlot)),
    scalars: optimizer.initialScalars,
  }
  const readWeights = () => model.weights.map(({ variable }) => Float32Array.from(variable.dataSync()))
  const replaceWeights = (values: WeightValues) => {
    writeWeights(backend, model, values)
    library.dispose([weights, before])
    weights = library.tidy(() => flatten(trainable))
    before = library.tidy(() => weights.clone())
  }
  const scoresOf = (pass: { readonly logits: tf.Tensor; readonly output: tf.Tensor }) =>
    (loss.fromLogits ? pass.logits : pass.output) as tf.Tensor2D

  const countCorrect = (scores: Float32Array, labels: Float32Array): number => {
    let correct = 0
    for (let row = 0; row < labels.length; row++) {
      if (predictedClass(scores, row * units, units, loss.threshold) === labels[row]) correct++
    }
    return correct
  }

  return {
    train: (batch, learningRate, step) => {
      model.clock.step = step
      const inputs = batch.inputs()
      const targets = batch.targets(units)
      // Batch normalisation writes its statistics while it looks; a bad batch must not leave its own there.
      const statistics = untrained.map((variable) => variable.clone())
      let scores: tf.Tensor | null = null
      const { value, grads } = library.variableGrads(() => {
        const pass = model.forward(inputs, { training: true })
        scores = library.keep(scoresOf(pass).clone())
        const penalty = model.penalty()
        const mean = loss.weightedMean(scoresOf(pass), targets, recipe.weights ?? null)
        return penalty === null ? mean : mean.add(penalty)
      }, trainable)
      const kept = scores as unknown as tf.Tensor
      const lossValue = value.dataSync()[0] as number
      const correct = task === 'classification' ? countCorrect(kept.dataSync() as Float32Array, batch.labels) : null
      if (Number.isFinite(lossValue)) {
        const updated = library.tidy(() => {
          const gradients = trainable.map((variable) => grads[variable.name] as tf.Tensor)
          const update = optimizer.update(
            weights,
            flatten(clipGradients(recipe.clipping, gradients)),
            state,
            learningRate,
          )
          spread(update.weights)
          return {
            weights: update.weights,
            slots: [...update.state.slots],
            step: update.state.step,
            scalars: [...update.state.scalars],
          }
        })
        library.dispose([before, ...state.slots])
        before = weights
        weights = updated.weights
        state = { step: updated.step, slots: updated.slots, scalars: updated.scalars }
      } else untrained.forEach((variable, index) => variable.assign(statistics[index] as tf.Tensor))
      library.dispose([value, kept, ...statistics, ...Object.values(grads)])
      return { loss: lossValue, correct }
    },
    evaluate: (batch) => {
      const result = library.tidy(() => {
        const scores = scoresOf(model.forward(batch.inputs()))
        return [loss.mean(scores, batch.targets(units)), scores] as const
      })
      const [mean, scores] = result
      const answer = { loss: mean.dataSync()[0] as number, scores: scores.dataSync() as Float32Array }
      library.dispose([mean, scores])
      return answer
    },
    look: (input, { maps, kernels, weights: wanted }) => ({
      ...lookInto(backend, model, loss.readOut, input, maps),
      kernels: kernelsOf(model, kernels),
      weights: weightsOf(model, wanted),
    }),
    readWeights,
    writeWeights: replaceWeights,
    readState: () => ({
      weights: readWeights(),
      optimizer: {
        step: state.step,
        slots: state.slots.map((slot) => cut(Float32Array.from(slot.dataSync()), sizes)),
        scalars: [...state.scalars],
      },
    }),
    writeState: ({ weights: values, optimizer: { step, slots, scalars } }) => {
      if (slots.length !== state.slots.length)
        throw new Error(`${state.slots.length} slots were expected. Received: ${slots.length}`)
      replaceWeights(values)
      library.dispose([...state.slots])
      state = { step, slots: slots.map((slot) => library.tensor1d(joined(slot, total))), scalars }
    },
    undoLast: () => {
      library.dispose(weights)
      weights = library.tidy(() => before.clone())
      library.tidy(() => spread(weights))
    },
    dispose: () => {
      library.dispose([weights, before, ...state.slots])
      model.dispose()
    },
  }
}

/** One vector as pieces of these sizes. */
function cut(vector: Float32Array, sizes: readonly number[]): WeightValues {
  let offset = 0
  return sizes.map((size) => vector.slice(offset, (offset += size)))
}

function joined(pieces: WeightValues, total: number): Float32Array {
  const vector = new Float32Array(total)
  let offset = 0
  for (const piece of pieces) {
    vector.set(piece, offset)
    offset += piece.length
  }
  if (offset !== total) throw new Error(`${total} numbers were expected. Received: ${offset}`)
  return vector
}

/** Puts values into a model's weights; the sizes must be those of the model. */
export function writeWeights(backend: Backend, model: CompiledModel, values: readonly Float32Array[]): void {
  model.weights.forEach(({ variable, shape }, index) => {
    backend.tf.tidy(() => {
      variable.assign(backend.tf.tensor(Float32Array.from(values[index] as Float32Array), [...shape]))
    })
  })
}

/** What nodes and the whole model make of one sample [1, …shape]. */
export function lookInto(
  backend: Backend,
  model: CompiledModel,
  readOut: ReadOut,
  input: tf.Tensor,
  nodes: readonly string[],
): { readonly maps: readonly NodeTensor[]; readonly prediction: readonly number[] } {
  const library = backend.tf
  const maps: NodeTensor[] = []
  let prediction: readonly number[] = []
  library.tidy(() => {
    const pass = model.forward(input, { capture: new Set(nodes) })
    for (const node of nodes) {
      const value = pass.captured.get(node)
      if (value === undefined) continue
      maps.push({ node, shape: value.shape.slice(1), data: plainZeros(Float32Array.from(value.dataSync())) })
    }
    prediction = Array.from(readScores(readOut, readOut === 'none' ? pass.output : pass.logits).dataSync())
  })
  return { maps, prediction }
}

/** The kernels of convolutions among the nodes. */
export function kernelsOf(model: CompiledModel, nodes: readonly string[]): readonly NodeTensor[] {
  return nodes.flatMap((node) => {
    const kernel = model.weights[kernelIndex(model, node)]
    if (kernel === undefined) return []
    return [{ node, shape: kernel.shape, data: Float32Array.from(kernel.variable.dataSync()) }]
  })
}

/** All weights of the nodes. */
export function weightsOf(model: CompiledModel, nodes: readonly string[]): readonly NodeWeight[] {
  return model.weights.flatMap(({ node, name, shape, variable }) =>
    nodes.includes(node) ? [{ node, name, shape, data: Float32Array.from(variable.dataSync()) }] : [],
  )
}

/** Which weight is a node's kernel, or −1: separable layers show their depthwise one, a dense matrix is no picture. */
export function kernelIndex(model: CompiledModel, node: string): number {
  const index = model.weights.findIndex((weight) => weight.node === node && /kernel$/i.test(weight.name))
  return (model.weights[index]?.shape.length ?? 0) < 3 ? -1 : index
}
