import type { Backend } from '../../backends/backend.ts'
import type { tf } from '../../backends/tensor-library.ts'

/** TensorFlow's numbers for the types of tensors; part of its file formats, so they never change. */
export const dataTypes = { float: 1, int32: 3, uint8: 4, string: 7, int64: 9, bool: 10 } as const

/** A tensor that TensorFlow holds. */
export interface TensorHandle {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: number
}

export interface OpAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** What of tfjs-node's C++ binding we use. Every id it gives has to be deleted by whoever got it. */
export interface TensorflowBinding {
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
  readonly executeOp: (
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ) => TensorHandle[]
  readonly createTensor: (shape: readonly number[], dtype: number, values: unknown) => number
  readonly deleteTensor: (id: number) => void
  readonly tensorDataSync: (id: number) => Float32Array | Int32Array | Uint8Array
  readonly loadSavedModel: (folder: string, tags: string) => number
  readonly deleteSavedModel: (id: number) => void
  readonly runSavedModel: (
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ) => TensorHandle[]
  readonly getNumOfTensors: () => number
  readonly getNumOfSavedModels: () => number
}

interface TensorData {
  readonly shape: readonly number[]
  readonly dtype: number
  id: number
  /** Values that have not reached TensorFlow yet. */
  values: unknown
}

/** tfjs-node's backend, as far as recording needs it. */
export interface TensorflowBackend {
  binding: TensorflowBinding
  readonly tensorMap: { readonly get: (dataId: object) => TensorData }
}

/** The backend behind the library; only where it is native. */
export function tensorflowOf(backend: Backend): TensorflowBackend {
  return backend.tf.backend() as unknown as TensorflowBackend
}

/** TensorFlow's id of a tensor; the values are handed over first where that has not happened yet. */
export function handleOf(native: TensorflowBackend, tensor: tf.Tensor): number {
  const data = native.tensorMap.get(tensor.dataId)
  if (data.values !== null && data.values !== undefined) {
    data.id = native.binding.createTensor(data.shape, data.dtype, data.values)
    data.values = null
  }
  return data.id
}
