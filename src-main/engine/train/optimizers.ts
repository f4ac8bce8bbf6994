import type { OptimizerType, Recipe } from '../../common/training/recipe.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'

/** What an optimiser remembers between steps: vectors as long as all weights together, and plain numbers. */
export interface OptimizerState<V = tf.Tensor1D> {
  /** Steps taken. */
  readonly step: number
  readonly slots: readonly V[]
  /** Such as powers of beta, which rounding forbids to compute anew. */
  readonly scalars: readonly number[]
}

export interface OptimizerUpdate {
  readonly weights: tf.Tensor1D
  readonly state: OptimizerState
}

/** One optimiser as a pure function of weights, gradients and state; formulas and defaults are those of Keras 3. */
export interface Optimizer {
  readonly slotCount: number
  readonly initialSlot: number
  readonly initialScalars: readonly number[]
  readonly update: (
    weights: tf.Tensor1D,
    gradients: tf.Tensor1D,
    state: OptimizerState,
    learningRate: number,
  ) => OptimizerUpdate
}

const epsilon = 1e-7
const beta1 = 0.9
const beta2 = 0.999
const momentumDefault = 0.9
const adamwDecay = 0.004

/** The optimiser of a recipe. Decoupled weight decay (rate · decay · weights) comes before the step, as in Keras. */
export function createOptimizer(library: TensorLibrary, recipe: Recipe['optimizer']): Optimizer {
  const rule = rules[recipe.type](library, recipe.momentum)
  const decay = recipe.weightDecay ?? (recipe.type === 'adamw' ? adamwDecay : 0)
  if (decay === 0) return rule
  return {
    ...rule,
    update: (weights, gradients, state, learningRate) =>
      rule.update(weights.mul(1 - learningRate * decay), gradients, state, learningRate),
  }
}

type Rule = (library: TensorLibrary, momentum: number | undefined) => Optimizer

const rules: Readonly<Record<OptimizerType, Rule>> = {
  sgd: (_, momentum = 0) =>
    momentum > 0
      ? momentumRule(momentum, false)
      : {
          slotCount: 0,
          initialSlot: 0,
          initialScalars: [],
          update: (weights, gradients, state, learningRate) => ({
            weights: weights.sub(gradients.mul(learningRate)),
            state: { ...state, step: state.step + 1 },
          }),
        },
  momentum: (_, momentum = momentumDefault) => momentumRule(momentum, false),
  nesterov: (_, momentum = momentumDefault) => momentumRule(momentum, true),
  rmsprop: (_, momentum = 0) => ({
    slotCount: momentum > 0 ? 2 : 1,
    initialSlot: 0,
    initialScalars: [],
    update: (weights, gradients, state, learningRate) => {
      const [before, moving] = state.slots as [tf.Tensor1D, tf.Tensor1D | undefined]
      const mean = before.mul(0.9).add<tf.Tensor1D>(gradients.square().mul(0.1))
      const scaled = gradients.mul(learningRate).div<tf.Tensor1D>(mean.add(epsilon).sqrt())
      if (moving === undefined) return { weights: weights.sub(scaled), state: next(state, [mean]) }
      const velocity = moving.mul(momentum).add<tf.Tensor1D>(scaled)
      return { weights: weights.sub(velocity), state: next(state, [mean, velocity]) }
    },
  }),
  adagrad: () => ({
    slotCount: 1,
    initialSlot: 0.1,
    initialScalars: [],
    update: (weights, gradients, state, learningRate) => {
      const sum = (state.slots[0] as tf.Tensor1D).add<tf.Tensor1D>(gradients.square())
      return {
        weights: weights.sub(gradients.mul(learningRate).div(sum.add(epsilon).sqrt())),
        state: next(state, [sum]),
      }
    },
  }),
  adam: () => adamRule,
  adamw: () => adamRule,
  nadam: () => ({
    slotCount: 2,
    initialSlot: 0,
    initialScalars: [1],
    update: (weights, gradients, state, learningRate) => {
      const step = state.step + 1
      const [mean, spread] = moments(gradients, state)
      const schedule = beta1 * (1 - 0.5 * Math.pow(0.96, step))
      const nextSchedule = beta1 * (1 - 0.5 * Math.pow(0.96, step + 1))
      const product = (state.scalars[0] as number) * schedule
      const corrected = mean
        .mul(nextSchedule / (1 - product * nextSchedule))
        .add(gradients.mul((1 - schedule) / (1 - product)))
      const deviation = spread.div(1 - Math.pow(beta2, step)).sqrt()
      return {
        weights: weights.sub(corrected.mul(learningRate).div(deviation.add(epsilon))),
        state: { step, slots: [mean, spread], scalars: [product] },
      }
    },
  }),
}

function next(state: OptimizerState, slots: readonly tf.Tensor1D[]): OptimizerState {
  return { ...state, step: state.step + 1, slots }
}

function momentumRule(momentum: number, nesterov: boolean): Optimizer {
  return {
    slotCount: 1,
    initialSlot: 0,
    initialScalars: [],
    update: (weights, gradients, state, learningRate) => {
      const pull = gradients.mul(learningRate)
      const velocity = (state.slots[0] as tf.Tensor1D).mul(momentum).sub<tf.Tensor1D>(pull)
      const change = nesterov ? velocity.mul(momentum).sub(pull) : velocity
      return { weights: weights.add(change), state: next(state, [velocity]) }
    },
  }
}

/** m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂). */
function moments(gradients: tf.Tensor1D, state: OptimizerState): readonly [tf.Tensor1D, tf.Tensor1D] {
  const [mean, spread] = state.slots as [tf.Tensor1D, tf.Tensor1D]
  return [
    mean.add(gradients.sub(mean).mul(1 - beta1)),
    spread.add(
      gradients
        .square()
        .sub(spread)
        .mul(1 - beta2),
    ),
  ]
}

/** Adam as Keras has it: epsilon outside the root, the bias correction in the rate. */
const adamRule: Optimizer = {
  slotCount: 2,
  initialSlot: 0,
  initialScalars: [],
  update: (weights, gradients, state, learningRate) => {
    const step = state.step + 1
    const [mean, spread] = moments(gradients, state)
    const rate = (learningRate * Math.sqrt(1 - Math.pow(beta2, step))) / (1 - Math.pow(beta1, step))
    return {
      weights: weights.sub(mean.mul(rate).div(spread.sqrt().add(epsilon))),
      state: { step, slots: [mean, spread], scalars: [] },
    }
  },
}
