import type { Backend } from '../../backends/backend.ts'
import type { tf } from '../../backends/tensor-library.ts'
import { dataTypes } from './binding.ts'

interface ExecutingBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number }
  readonly executeSingleOutput: (
    name: string,
    attributes: readonly { readonly name: string; readonly type: number; readonly value: unknown }[],
    inputs: readonly tf.Tensor[],
  ) => tf.Tensor
}

const done = new WeakSet<object>()

/** Lets the gradient of ReLU be one op of TensorFlow instead of tfjs's seven full-size ones; to the bit the same. */
export function useFusedReluGradient(backend: Backend): void {
  const library = backend.tf
  if (backend.native === null || done.has(library)) return
  done.add(library)
  const gradient = library.getGradient('Relu')
  if (gradient !== undefined) library.unregisterGradient('Relu')
  library.registerGradient({
    kernelName: 'Relu',
    inputsToSave: ['x'],
    gradFunc: (dy, saved) => ({
      x: () => {
        const native = library.backend() as unknown as ExecutingBackend
        const type = { name: 'T', type: native.binding.TF_ATTR_TYPE, value: dataTypes.float }
        return native.executeSingleOutput('ReluGrad', [type], [dy as tf.Tensor, saved[0] as tf.Tensor])
      },
    }),
  })
}
