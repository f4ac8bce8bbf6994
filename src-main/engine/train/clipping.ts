import type { Recipe } from '../../common/training/recipe.ts'
import type { tf } from '../backends/tensor-library.ts'

/** Gradients, one for each trained weight, held to a limit as Keras 3 does (clipvalue, clipnorm, global_clipnorm). */
export function clipGradients(
  clipping: Recipe['clipping'] | undefined,
  gradients: readonly tf.Tensor[],
): readonly tf.Tensor[] {
  if (clipping === undefined) return gradients
  const { limit } = clipping
  const heldTo = (gradient: tf.Tensor, norm: tf.Tensor) => gradient.mul(limit).div(norm.maximum(limit))
  switch (clipping.type) {
    case 'value':
      return gradients.map((gradient) => gradient.clipByValue(-limit, limit))
    case 'norm':
      return gradients.map((gradient) => heldTo(gradient, gradient.square().sum().sqrt()))
    case 'globalNorm': {
      const norm = gradients
        .map((gradient) => gradient.square().sum())
        .reduce((sum, square) => sum.add(square))
        .sqrt()
      return gradients.map((gradient) => heldTo(gradient, norm))
    }
  }
}
