import type { TensorLibrary, tf } from './tensor-library.ts'

const kernelName = 'Conv2DBackpropFilter'
const backendName = 'tensorflow'
const done = new WeakSet()

/**
 * Native TensorFlow's filter gradient of a convolution of 1 × 1 with a stride: what the stride leaves out is cut away first, and the
 * rest is done without one. With the stride, oneDNN's kernel for processors without AVX-512 reads memory that nobody has written
 * where the input has fewer than eight channels, and its gradient is wrong by as much as itself.
 */
export function cutBeforeStridedFilterGradient(library: TensorLibrary): void {
  if (done.has(library)) return
  done.add(library)
  const plain = library.getKernel(kernelName, backendName)
  library.unregisterKernel(kernelName, backendName)
  library.registerKernel({
    ...plain,
    kernelFunc: (given) => {
      const { x, dy } = given.inputs as { readonly x: tf.Tensor4D; readonly dy: tf.Tensor4D }
      const { strides, filterShape } = given.attrs as unknown as {
        readonly strides: number | readonly [number, number]
        readonly filterShape: readonly number[]
      }
      const [down, along] = typeof strides === 'number' ? [strides, strides] : strides
      const isPoint = filterShape[0] === 1 && filterShape[1] === 1
      if (!isPoint || (down === 1 && along === 1)) return plain.kernelFunc(given)
      const cut = library.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, down, along, 1])
      const attrs = { ...given.attrs, strides: [1, 1] }
      const gradient = plain.kernelFunc({ ...given, inputs: { x: cut, dy }, attrs })
      cut.dispose()
      return gradient
    },
  })
}
