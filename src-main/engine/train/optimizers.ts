import type { OptimizerSettings } from '../../common/training/optimizer-settings.ts'
import { optimizerSettings } from '../../common/training/optimizer-settings.ts'
import type { OptimizerType, Recipe } from '../../common/training/recipe.ts'
import type { tf } from '../backends/tensor-library.ts'

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

/** The optimiser of a recipe. Decoupled weight decay (rate · decay · weights) comes before the step, as in Keras. */
export function createOptimizer(recipe: Recipe['optimizer']): Optimizer {
  const settings = optimizerSettings(recipe)
  const rule = rules[recipe.type](settings)
  const { weightDecay } = settings
  if (weightDecay === 0) return rule
  return {
    ...rule,
    update: (weights, gradients, state, learningRate) =>
      rule.update(weights.mul(1 - learningRate * weightDecay), gradients, state, learningRate),
  }
}

type Rule = (settings: OptimizerSettings) => Optimizer

const momentumRule =
  (isNesterov: boolean): Rule =>
  ({ momentum }) => ({
    slotCount: 1,
    initialSlot: 0,
    initialScalars: [],
    update: (weights, gradients, state, learningRate) => {
      const pull = gradients.mul(learningRate)
      const velocity = (state.slots[0] as tf.Tensor1D).mul(momentum).sub<tf.Tensor1D>(pull)
      const change = isNesterov ? velocity.mul(momentum).sub(pull) : velocity
      return { weights: weights.add(change), state: next(state, [velocity]) }
    },
  })

/** Adam as Keras has it: epsilon outside the root, the bias correction in the rate. */
const adamRule: Rule = ({ beta1, beta2, epsilon, amsgrad }) => ({
  slotCount: amsgrad ? 3 : 2,
  initialSlot: 0,
  initialScalars: [],
  update: (weights, gradients, state, learningRate) => {
    const step = state.step + 1
    const [mean, spread] = moments(gradients, state, beta1, beta2)
    const largest = amsgrad ? (state.slots[2] as tf.Tensor1D).maximum<tf.Tensor1D>(spread) : spread
    const rate = (learningRate * Math.sqrt(1 - Math.pow(beta2, step))) / (1 - Math.pow(beta1, step))
    return {
      weights: weights.sub(mean.mul(rate).div(largest.sqrt().add(epsilon))),
      state: { step, slots: amsgrad ? [mean, spread, largest] : [mean, spread], scalars: [] },
    }
  },
})

const rules: Readonly<Record<OptimizerType, Rule>> = {
  sgd: (settings) =>
    settings.momentum > 0
      ? momentumRule(false)(settings)
      : {
          slotCount: 0,
          initialSlot: 0,
          initialScalars: [],
          update: (weights, gradients, state, learningRate) => ({
            weights: weights.sub(gradients.mul(learningRate)),
            state: { ...state, step: state.step + 1 },
          }),
        },
  momentum: momentumRule(false),
  nesterov: momentumRule(true),
  // Slots: the mean of squares, then the velocity where there is momentum, then the mean where it is centred.
  rmsprop: ({ rho, momentum, epsilon, centered }) => ({
    slotCount: 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0),
    initialSlot: 0,
    initialScalars: [],
    update: (weights, gradients, state, learningRate) => {
      const [before, ...others] = state.slots as [tf.Tensor1D, ...tf.Tensor1D[]]
      const moving = momentum > 0 ? others.shift() : undefined
      const [meanBefore] = others
      const squares = before.mul(rho).add<tf.Tensor1D>(gradients.square().mul(1 - rho))
      const mean = meanBefore?.mul(rho).add<tf.Tensor1D>(gradients.mul(1 - rho))
      const variance = mean === undefined ? squares : squares.sub(mean.square())
      const scaled = gradients.mul(learningRate).div<tf.Tensor1D>(variance.add(epsilon).sqrt())
      const velocity = moving?.mul(momentum).add<tf.Tensor1D>(scaled)
      const slots = [squares, velocity, mean].filter((slot) => slot !== undefined)
      return { weights: weights.sub(velocity ?? scaled), state: next(state, slots) }
    },
  }),
  adagrad: ({ initialAccumulator, epsilon }) => ({
    slotCount: 1,
    initialSlot: initialAccumulator,
    initialScalars: [],
    update: (weights, gradients, state, learningRate) => {
      const sum = (state.slots[0] as tf.Tensor1D).add<tf.Tensor1D>(gradients.square())
      return {
        weights: weights.sub(gradients.mul(learningRate).div(sum.add(epsilon).sqrt())),
        state: next(state, [sum]),
      }
    },
  }),
  adam: adamRule,
  adamw: adamRule,
  nadam: ({ beta1, beta2, epsilon }) => ({
    slotCount: 2,
    initialSlot: 0,
    initialScalars: [1],
    update: (weights, gradients, state, learningRate) => {
      const step = state.step + 1
      const [mean, spread] = moments(gradients, state, beta1, beta2)
      const schedule = nadamMomentum(beta1, step)
      const nextSchedule = nadamMomentum(beta1, step + 1)
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

/** Nadam's momentum at a step (from 1). */
export function nadamMomentum(beta1: number, step: number): number {
  return beta1 * (1 - 0.5 * Math.pow(0.96, step))
}

function next(state: OptimizerState, slots: readonly tf.Tensor1D[]): OptimizerState {
  return { ...state, step: state.step + 1, slots }
}

/** m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂). */
function moments(
  gradients: tf.Tensor1D,
  state: OptimizerState,
  beta1: number,
  beta2: number,
): readonly [tf.Tensor1D, tf.Tensor1D] {
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
