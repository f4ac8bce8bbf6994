import type { Backend } from '../../backends/backend.ts'
import { replaceGradient } from '../../backends/gradients.ts'
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

const done = new WeakSet()

/** Replaces gradients of tfjs that take many ops by ones that take one or two; on native TensorFlow only. */
export function useFastGradients(backend: Backend): void {
  const library = backend.tf
  if (backend.native === null || done.has(library)) return
  done.add(library)
  replaceGradient(library, {
    kernelName: 'Relu',
    inputsToSave: ['x'],
    // To the bit what tfjs's seven full-size ops give.
    gradFunc: (dy, saved) => ({
      x: () => {
        const native = library.backend() as unknown as ExecutingBackend
        const type = { name: 'T', type: native.binding.TF_ATTR_TYPE, value: dataTypes.float }
        return native.executeSingleOutput('ReluGrad', [type], [dy as tf.Tensor, saved[0] as tf.Tensor])
      },
    }),
  })
}
