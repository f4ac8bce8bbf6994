import type { TensorLibrary, tf } from './tensor-library.ts'

/** TensorFlow's numbers for types of tensors; part of its file formats, so they never change. */
const types = { float: 1, int32: 3, uint8: 4, bool: 10, uint16: 17 } as const

interface RawTensor {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: number
}

/** tfjs-node's backend, as far as ops on types are concerned that tfjs does not know. */
export interface RawBackend {
  readonly binding: {
    readonly TF_ATTR_TYPE: number
    readonly executeOp: (
      name: string,
      attributes: readonly { readonly name: string; readonly type: number; readonly value: unknown }[],
      inputs: readonly number[],
      outputs: number,
    ) => RawTensor[]
    readonly deleteTensor: (id: number) => void
  }
  readonly getInputTensorIds: (tensors: readonly tf.Tensor[]) => number[]
  readonly createOutputTensor: (tensor: RawTensor) => tf.Tensor
}

/**
 * 1 with the probability 1 − rate, else 0; follows from the seeds alone. 8 random bits a value where the rate is a multiple
 * of 1/256, else 16, which is exact to 2⁻¹⁷. The caller tidies.
 */
export function drawMask(
  library: TensorLibrary,
  backend: RawBackend,
  shape: readonly number[],
  rate: number,
  [first, second]: readonly [number, number],
): tf.Tensor {
  const isExact = Number.isInteger(rate * 256)
  const { type, levels, inEach } = isExact
    ? { type: types.uint8, levels: 256, inEach: 4 }
    : { type: types.uint16, levels: 65_536, inEach: 2 }
  const size = shape.reduce((product, length) => product * length, 1)
  const rows = Math.ceil(size / inEach)
  const [rowCount, seeds, level] = backend.getInputTensorIds([
    library.tensor1d([rows], 'int32'),
    library.tensor1d([first | 0, second | 0], 'int32'),
    library.scalar(Math.min(levels - 1, Math.round(rate * levels)), 'int32'),
  ]) as [number, number, number]

  const held: number[] = []
  const run = (op: string, attributes: Readonly<Record<string, number>>, inputs: readonly number[]): RawTensor => {
    const typed = Object.entries(attributes).map(([name, value]) => ({
      name,
      type: backend.binding.TF_ATTR_TYPE,
      value,
    }))
    return backend.binding.executeOp(op, typed, inputs, 1)[0] as RawTensor
  }
  const hold = (tensor: RawTensor): number => {
    held.push(tensor.id)
    return tensor.id
  }
  const int32 = types.int32
  const drawn = hold(run('StatelessRandomUniformFullInt', { dtype: int32, T: int32, Tseed: int32 }, [rowCount, seeds]))
  const bits = hold(run('Bitcast', { T: int32, type }, [drawn]))
  const limit = hold(run('Cast', { SrcT: int32, DstT: type }, [level]))
  const kept = hold(run('GreaterEqual', { T: type }, [bits, limit]))
  const mask = backend.createOutputTensor(run('Cast', { SrcT: types.bool, DstT: types.float }, [kept]))
  for (const id of held) backend.binding.deleteTensor(id)
  const flat = library.reshape(mask, [rows * inEach])
  return library.reshape(rows * inEach === size ? flat : library.slice(flat, [0], [size]), [...shape])
}
