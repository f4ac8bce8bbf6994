import type { LossType } from '../../common/training/recipe.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'

/** What a loss takes and how its outputs are read. */
export interface Loss {
  /** True where it works on what comes before a final sigmoid or softmax. */
  readonly fromLogits: boolean
  /** Turns logits into what people are shown: probabilities, or the value itself. */
  readonly readOut: 'sigmoid' | 'softmax' | 'none'
  /** The mean over samples. `scores` and `targets` are [batch, units]. */
  readonly mean: (scores: tf.Tensor2D, targets: tf.Tensor2D) => tf.Scalar
}

/** The loss of a recipe, on a library; the formulas are those of Keras 3. */
export function createLoss(library: TensorLibrary, type: LossType): Loss {
  switch (type) {
    case 'binaryCrossentropy':
      return {
        fromLogits: true,
        readOut: 'sigmoid',
        // max(x, 0) − x·y + log(1 + e^−|x|): no overflow at either end.
        mean: (scores, targets) =>
          scores.relu().sub(scores.mul(targets)).add(library.log1p(scores.abs().neg().exp())).mean(),
      }
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return {
        fromLogits: true,
        readOut: 'softmax',
        mean: (scores, targets) => library.logSoftmax(scores).mul(targets).sum(-1).neg().mean(),
      }
    case 'meanSquaredError':
      return {
        fromLogits: false,
        readOut: 'none',
        mean: (scores, targets) => scores.sub(targets).square().mean(),
      }
    case 'meanAbsoluteError':
      return { fromLogits: false, readOut: 'none', mean: (scores, targets) => scores.sub(targets).abs().mean() }
    case 'huber':
      return {
        fromLogits: false,
        readOut: 'none',
        mean: (scores, targets) => {
          const error = scores.sub(targets).abs()
          const near = error.minimum(1)
          return near.square().mul(0.5).add(error.sub(near)).mean()
        },
      }
  }
}
