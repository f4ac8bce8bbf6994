import type { Backend, BatchNormalizationOps } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'

interface LayerVariable {
  readonly read: () => tf.Tensor1D
  readonly write: (value: tf.Tensor) => void
}

/** tfjs's layer, with the fields that its types keep to themselves. */
interface BatchNormalizationLayer {
  readonly gamma: LayerVariable
  readonly beta: LayerVariable
  readonly movingMean: LayerVariable
  readonly movingVariance: LayerVariable
  readonly momentum: number
  readonly epsilon: number
  call: (inputs: tf.Tensor | tf.Tensor[], kwargs: { readonly training?: boolean }) => tf.Tensor | tf.Tensor[]
}

/**
 * On native TensorFlow a batch normalisation trains by one kernel forward and one back; tfjs takes some thirty ops over
 * the whole batch. Statistics are as in Keras: the moving variance follows the biased one.
 */
export function fuseBatchNormalization({ tf: library, native }: Backend, layer: tf.layers.Layer): void {
  if (native === null || layer.getClassName() !== 'BatchNormalization') return
  const ops = native.batchNormalization
  const fused = layer as unknown as BatchNormalizationLayer
  const plainCall = fused.call.bind(fused)
  fused.call = (inputs, kwargs) => {
    const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor
    // Over a few samples without places the kernel's gradient rounds worse, and little is to be gained.
    if (kwargs.training !== true || input.rank < 3 || input.rank > 4) return plainCall(inputs, kwargs)
    return library.tidy(() => {
      const channels = input.shape.at(-1) as number
      const [batch, ...inner] = input.shape.slice(0, -1) as [number, ...number[]]
      const spread = [batch, ...new Array<number>(2 - inner.length).fill(1), ...inner, channels] as never
      const x = library.reshape<tf.Rank.R4>(input, spread)
      const count = input.size / channels
      const { y, mean, variance } = normalize(library, ops, fused, x, count)
      const follow = (variable: LayerVariable, value: tf.Tensor1D) => {
        const before = variable.read()
        variable.write(before.sub(before.sub(value).mul(1 - fused.momentum)))
      }
      follow(fused.movingMean, mean)
      follow(fused.movingVariance, variance)
      return library.reshape(y, input.shape)
    })
  }
}

/** x [batch, height, width, channels]; the statistics [channels] are of the batch and have no gradient. */
function normalize(
  library: Backend['tf'],
  ops: BatchNormalizationOps,
  { gamma, beta, epsilon }: BatchNormalizationLayer,
  x: tf.Tensor4D,
  count: number,
) {
  const kept: tf.Tensor[] = []
  const normalized = library.customGrad((...inputs) => {
    const [value, scale, offset, save] = inputs as unknown as [
      tf.Tensor4D,
      tf.Tensor1D,
      tf.Tensor1D,
      (tensors: tf.Tensor[]) => void,
    ]
    const { y, mean, unbiasedVariance, reserve } = ops.forward(value, scale, offset, epsilon)
    kept.push(library.keep(mean), library.keep(unbiasedVariance))
    save([value, scale, ...reserve])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [before, factor, ...rest] = saved as [tf.Tensor4D, tf.Tensor1D, ...tf.Tensor[]]
        const gradients = ops.gradient(dy as tf.Tensor4D, before, factor, rest, epsilon)
        return [gradients.x, gradients.scale, gradients.offset]
      },
    }
  })
  const y = normalized(x, gamma.read(), beta.read())
  const [mean, unbiased] = kept as [tf.Tensor1D, tf.Tensor1D]
  // Two numbers that grow with the batch, not their quotient: so a step of one batch size tells that of any other.
  const variance = count > 1 ? unbiased.mul(count - 1).div<tf.Tensor1D>(count) : unbiased.clone()
  const statistics = { mean: mean.clone(), variance }
  library.dispose(kept)
  return { y, ...statistics }
}
