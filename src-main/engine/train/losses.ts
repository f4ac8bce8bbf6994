import { takesLabelSmoothing } from '../../common/training/loss-fit.ts'
import type { LossType, Recipe } from '../../common/training/recipe.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'

/** What of a recipe decides a loss. */
export type LossRecipe = Pick<Recipe, 'loss' | 'labelSmoothing' | 'huberDelta'>

/**
 * Turns scores into what people are shown: probabilities, the value itself, or for a hinge loss where the score lies
 * between its two margins, −1 and 1.
 */
export type ReadOut = 'sigmoid' | 'softmax' | 'margin' | 'none'

/** What a loss takes and how its outputs are read. */
export interface Loss {
  /** True where it works on what comes before a final sigmoid or softmax. */
  readonly fromLogits: boolean
  readonly readOut: ReadOut
  /** Above it a single score means the second class. */
  readonly threshold: number
  /** The mean over samples. `scores` and `targets` are [batch, units], targets of classes one-hot or 0 and 1. */
  readonly mean: (scores: tf.Tensor2D, targets: tf.Tensor2D) => tf.Scalar
  /**
   * The same while training, where each sample counts as its class weighs (`weights` by label): the mean over samples of
   * weight · loss, as Keras has it, not divided by the sum of weights.
   */
  readonly weightedMean: (scores: tf.Tensor2D, targets: tf.Tensor2D, weights: readonly number[] | null) => tf.Scalar
}

interface Kind {
  readonly fromLogits: boolean
  readonly readOut: ReadOut
  /** One number a sample [batch], or one for each unit [batch, units] to be averaged. */
  readonly terms: (scores: tf.Tensor2D, targets: tf.Tensor2D) => tf.Tensor
}

/** The loss of a recipe, on a library; the formulas are those of Keras 3. */
export function createLoss(library: TensorLibrary, recipe: LossRecipe): Loss {
  const { fromLogits, readOut, terms } = kindOf(library, recipe.loss, recipe.huberDelta ?? 1)
  const smoothing = takesLabelSmoothing(recipe.loss) ? (recipe.labelSmoothing ?? 0) : 0
  const smoothed = (targets: tf.Tensor2D): tf.Tensor2D => {
    if (smoothing === 0) return targets
    const parts = recipe.loss === 'binaryCrossentropy' ? 2 : (targets.shape[1] ?? 1)
    return targets.mul(1 - smoothing).add(smoothing / parts)
  }
  const mean: Loss['mean'] = (scores, targets) => terms(scores, smoothed(targets)).mean()
  return {
    fromLogits,
    readOut,
    threshold: fromLogits ? 0 : 0.5,
    mean,
    weightedMean: (scores, targets, weights) => {
      if (weights === null) return mean(scores, targets)
      const all = terms(scores, smoothed(targets))
      const each = all.rank === 1 ? all : all.mean(-1)
      return each.mul(weightOf(library, targets, weights)).mean()
    },
  }
}

/** The weight of each sample [batch] by its unsmoothed target; exact, for all factors but one are zero. */
function weightOf(library: TensorLibrary, targets: tf.Tensor2D, weights: readonly number[]): tf.Tensor1D {
  if (targets.shape[1] === 1) {
    const [first = 1, second = 1] = weights
    const isSecond = targets.reshape<tf.Tensor1D>([-1])
    return isSecond.mul(second).add(library.sub(1, isSecond).mul(first))
  }
  return targets.mul(library.tensor1d([...weights])).sum(-1)
}

function kindOf(library: TensorLibrary, type: LossType, delta: number): Kind {
  switch (type) {
    case 'binaryCrossentropy':
      return {
        fromLogits: true,
        readOut: 'sigmoid',
        // max(x, 0) − x·y + log(1 + e^−|x|): no overflow at either end.
        terms: (scores, targets) => scores.relu().sub(scores.mul(targets)).add(library.log1p(scores.abs().neg().exp())),
      }
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return {
        fromLogits: true,
        readOut: 'softmax',
        terms: (scores, targets) => library.logSoftmax(scores).mul(targets).sum(-1).neg(),
      }
    case 'hinge':
      return {
        fromLogits: true,
        readOut: 'margin',
        // max(0, 1 − x·t) with t = ±1.
        terms: (scores, targets) => library.sub(1, scores.mul(targets.mul(2).sub(1))).relu(),
      }
    case 'categoricalHinge':
      return {
        fromLogits: true,
        readOut: 'softmax',
        // max(0, 1 + the best wrong score − the right one).
        terms: (scores, targets) => {
          const right = scores.mul(targets).sum(-1)
          const wrong = library.sub(1, targets).mul(scores).max(-1)
          return wrong.sub(right).add(1).relu()
        },
      }
    case 'meanSquaredError':
      return { fromLogits: false, readOut: 'none', terms: (scores, targets) => scores.sub(targets).square() }
    case 'meanAbsoluteError':
      return { fromLogits: false, readOut: 'none', terms: (scores, targets) => scores.sub(targets).abs() }
    case 'huber':
      return {
        fromLogits: false,
        readOut: 'none',
        terms: (scores, targets) => {
          const error = scores.sub(targets).abs()
          const near = error.minimum(delta)
          return near.square().mul(0.5).add(error.sub(near).mul(delta))
        },
      }
  }
}

/** Scores [batch, units] as people are shown them. */
export function readScores(readOut: ReadOut, scores: tf.Tensor): tf.Tensor {
  switch (readOut) {
    case 'sigmoid':
      return scores.sigmoid()
    case 'softmax':
      return scores.softmax()
    case 'margin':
      return scores.add(1).mul(0.5).clipByValue(0, 1)
    case 'none':
      return scores
  }
}
