import type { tf } from '../../backends/tensor-library.ts'
import { dataTypes, handleOf } from './binding.ts'
import type { OpAttribute, TensorflowBackend, TensorflowBinding } from './binding.ts'
import { bytesOf } from './graph.ts'
import type { AttributeValue } from './saved-model.ts'

/** Where a value of a recording comes from: something given from outside, or an output of an earlier instruction. */
export type Source =
  | { readonly from: 'given'; readonly key: string }
  | { readonly from: 'instruction'; readonly index: number; readonly output: number }

export type Instruction =
  | {
      readonly type: 'op'
      readonly op: string
      readonly inputs: readonly Source[]
      readonly attributes: Readonly<Record<string, AttributeValue>>
      /** Of the first output. */
      readonly shape: readonly number[]
    }
  | {
      readonly type: 'constant'
      readonly dtype: number
      readonly shape: readonly number[]
      readonly content: Uint8Array
    }
  /** The two seeds of a random op, of which the second is the step. */
  | { readonly type: 'step-seed'; readonly seed: number }

/** What TensorFlow was asked to do, in order, without the values that went through it. */
export interface Recording {
  readonly instructions: readonly Instruction[]
  /** One for each tensor that the recorded function returned. */
  readonly outputs: readonly Source[]
  /** Numbers in all results together: how much work it is, roughly. */
  readonly volume: number
}

/** Why something cannot be replayed; a sentence for the run's log. */
export class NotReplayable extends Error {}

interface Recorder {
  readonly native: TensorflowBackend
  readonly library: typeof tf
  /** Tensors that stand for values from outside, by a key of the caller's choice. */
  readonly given: readonly { readonly key: string; readonly tensor: tf.Tensor }[]
  /** The number that the noise clock shows meanwhile: found in a seed, it is what changes from step to step. */
  readonly clockStep: number
  /** Its tensors are freed after the recording; `handle` answers what TensorFlow calls a tensor. */
  readonly run: (handle: (tensor: tf.Tensor) => number) => readonly number[]
}

/** Runs a function and writes down every op it executes. Throws NotReplayable where values had to be read on the way. */
export function record({ native, library, given, clockStep, run }: Recorder): Recording {
  const { binding } = native
  const instructions: Instruction[] = []
  const sources = new Map<number, Source>()
  for (const { key, tensor } of given) sources.set(handleOf(native, tensor), { from: 'given', key })
  let fault: string | null = null
  let volume = 0

  const executeOp: TensorflowBinding['executeOp'] = (name, attributes, inputs, outputs) => {
    const index = instructions.length
    const inputSources = inputs.map((id) => {
      const source = sources.get(id)
      if (source === undefined) fault ??= `${name} uses a value that was made before the step`
      return source ?? ({ from: 'given', key: '' } as const)
    })
    const results = binding.executeOp(name, attributes, inputs, outputs)
    instructions.push({
      type: 'op',
      op: name,
      inputs: inputSources,
      attributes: Object.fromEntries(attributes.map((one) => [one.name, attributeOf(binding, one)])),
      shape: results[0]?.shape ?? [],
    })
    results.forEach(({ id, shape }, output) => {
      sources.set(id, { from: 'instruction', index, output })
      volume += shape.reduce((product, length) => product * length, 1)
    })
    return results
  }
  const createTensor: TensorflowBinding['createTensor'] = (shape, dtype, values) => {
    const id = binding.createTensor(shape, dtype, values)
    if (dtype === dataTypes.string) fault ??= 'it uses text'
    else {
      sources.set(id, { from: 'instruction', index: instructions.length, output: 0 })
      instructions.push(constantOf(shape, dtype, values as ArrayLike<number>, clockStep))
    }
    return id
  }
  const tensorDataSync: TensorflowBinding['tensorDataSync'] = (id) => {
    fault ??= 'it looks at values while it computes'
    return binding.tensorDataSync(id)
  }
  const wrapped = new Proxy(Object.create(binding) as TensorflowBinding, {
    get: (_, property) => {
      if (property === 'executeOp') return executeOp
      if (property === 'createTensor') return createTensor
      if (property === 'tensorDataSync') return tensorDataSync
      return binding[property as keyof TensorflowBinding]
    },
  })

  native.binding = wrapped
  try {
    library.engine().startScope()
    const outputs = run((tensor) => handleOf(native, tensor)).map((id) => {
      const source = sources.get(id)
      if (source === undefined) fault ??= 'it answers a value that was made before the step'
      return source ?? ({ from: 'given', key: '' } as const)
    })
    if (fault !== null) throw new NotReplayable(fault)
    return { instructions, outputs, volume }
  } finally {
    library.engine().endScope()
    native.binding = binding
  }
}

function constantOf(
  shape: readonly number[],
  dtype: number,
  values: ArrayLike<number>,
  clockStep: number,
): Instruction {
  if (dtype === dataTypes.int32 && shape.length === 1 && values.length === 2 && values[1] === clockStep)
    return { type: 'step-seed', seed: values[0] as number }
  const typed =
    dtype === dataTypes.float
      ? Float32Array.from(values)
      : dtype === dataTypes.bool
        ? Uint8Array.from(values)
        : // tfjs-node writes an int64 as two int32, the lower half first.
          Int32Array.from(values)
  return { type: 'constant', dtype, shape: [...shape], content: bytesOf(typed) }
}

function attributeOf(binding: TensorflowBinding, { name, type, value }: OpAttribute): AttributeValue {
  switch (type) {
    case binding.TF_ATTR_STRING:
      return Array.isArray(value)
        ? { kind: 'strings', value: value as string[] }
        : { kind: 'string', value: String(value) }
    case binding.TF_ATTR_INT:
      return Array.isArray(value) ? { kind: 'ints', value: value as number[] } : { kind: 'int', value: Number(value) }
    case binding.TF_ATTR_FLOAT:
      return Array.isArray(value)
        ? { kind: 'floats', value: value as number[] }
        : { kind: 'float', value: Number(value) }
    case binding.TF_ATTR_BOOL:
      return { kind: 'bool', value: value === true }
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: Number(value) }
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] }
    default:
      throw new NotReplayable(`the attribute "${name}" is of an unknown type`)
  }
}

/** Whether two recordings ask for the same; constants included, so that anything drawn by JavaScript shows. */
export function isSameRecording(one: Recording, other: Recording): boolean {
  return (
    one.instructions.length === other.instructions.length &&
    JSON.stringify(one.outputs) === JSON.stringify(other.outputs) &&
    one.instructions.every((instruction, index) => isSameInstruction(instruction, other.instructions[index]))
  )
}

function isSameInstruction(one: Instruction, other: Instruction | undefined): boolean {
  if (one.type !== 'constant' || other?.type !== 'constant') return JSON.stringify(one) === JSON.stringify(other)
  return (
    one.dtype === other.dtype &&
    one.shape.join() === other.shape.join() &&
    Buffer.compare(one.content, other.content) === 0
  )
}
