import { filterGradient, inputGradient } from './convolution-gradients.ts'
import type { ConvolutionAttributes } from './convolution-gradients.ts'
import type { TensorLibrary, tf } from './tensor-library.ts'

const done = new WeakSet()

/** Gives tfjs, on any backend, the gradients that it lacks or that it takes far too many ops for. Once a library is enough. */
export function completeGradients(library: TensorLibrary): void {
  if (done.has(library)) return
  done.add(library)
  addDilatedConvolution(library)
  replaceGradient(library, {
    kernelName: 'Tile',
    inputsToSave: ['x'],
    // tfjs adds slice after slice: thousands of ops for a layer normalisation.
    gradFunc: (dy, saved, attributes) => ({
      x: () => {
        const { reps } = attributes as unknown as { readonly reps: readonly number[] }
        const { shape } = saved[0] as tf.Tensor
        const split: number[] = []
        const repeated: number[] = []
        shape.forEach((length, axis) => {
          const times = reps[axis] ?? 1
          if (times > 1) {
            repeated.push(split.length)
            split.push(times)
          }
          split.push(length)
        })
        return repeated.length === 0 ? (dy as tf.Tensor).clone() : (dy as tf.Tensor).reshape(split).sum(repeated)
      },
    }),
  })
}

/** tfjs refuses to differentiate a convolution with dilation; its gradients are convolutions too. */
function addDilatedConvolution(library: TensorLibrary): void {
  const plain = library.getGradient('Conv2D')
  replaceGradient(library, {
    ...plain,
    gradFunc: (dy, saved, attributes) => {
      const convolution = attributes as unknown as ConvolutionAttributes
      if ([convolution.dilations ?? 1].flat().every((rate) => rate === 1)) return plain.gradFunc(dy, saved, attributes)
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
      return {
        x: () => inputGradient(library, dy as tf.Tensor4D, filter, { ...convolution, inputShape: x.shape }),
        filter: () => filterGradient(library, x, dy as tf.Tensor4D, { ...convolution, filterShape: filter.shape }),
      }
    },
  })
}

/** Puts a gradient in the place of tfjs's own. */
export function replaceGradient(library: TensorLibrary, config: tf.GradConfig): void {
  if ((library.getGradient(config.kernelName) as tf.GradConfig | undefined) !== undefined)
    library.unregisterGradient(config.kernelName)
  library.registerGradient(config)
}
