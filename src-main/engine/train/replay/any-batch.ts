import { dataTypes } from './binding.ts'
import { bytesOf } from './graph.ts'
import { isSameRecording, NotReplayable } from './recording.ts'
import type { Instruction, Recording } from './recording.ts'
import type { AttributeValue } from './saved-model.ts'

/** What a recording is made under: two moments must give the same, else something is drawn outside TensorFlow. */
export type Moment = 0 | 1

/** Batch sizes that recordings are made with; the third tells whether the first two have told all. */
const [small, larger, proof] = [2, 3, 5] as const

/**
 * Recordings for any batch size out of three of tiny batches, where every size in them grows evenly with the batch: to run a
 * full batch op by op takes as long as many steps, and far more memory. Where that is not so, a full one is recorded.
 */
export function forAnyBatch(recordAt: (batch: number, moment: Moment) => Recording): (batch: number) => Recording {
  const recordings = new Map<number, Recording>()
  let line: readonly [Recording, Recording] | null | undefined
  const prepare = (): readonly [Recording, Recording] | null => {
    const [one, other] = [recordAt(small, 0), recordAt(larger, 0)]
    const foretold = extrapolate(one, other, proof)
    if (foretold !== null && isSameRecording(foretold, recordAt(proof, 1))) return [one, other]
    if (!isSameRecording(one, recordAt(small, 1)))
      throw new NotReplayable('a layer draws numbers outside TensorFlow, or does other things at another step')
    return null
  }
  return (batch) => {
    const known = recordings.get(batch)
    if (known !== undefined) return known
    if (line === undefined) line = prepare()
    // A single sample is a case of its own: axes of length one are broadcast.
    const recording = (batch > 1 && line !== null ? extrapolate(...line, batch) : null) ?? recordAt(batch, 0)
    recordings.set(batch, recording)
    return recording
  }
}

/** The recording of another batch size, given those of `small` and `larger`; null where they do not tell it. */
function extrapolate(one: Recording, other: Recording, batch: number): Recording | null {
  if (one.instructions.length !== other.instructions.length) return null
  const instructions: Instruction[] = []
  for (const [index, instruction] of one.instructions.entries()) {
    const next = extrapolateInstruction(instruction, other.instructions[index] as Instruction, batch)
    if (next === null) return null
    instructions.push(next)
  }
  return { instructions, outputs: one.outputs, volume: along(one.volume, other.volume, batch) }
}

/** The number at `batch` on the straight line through those at `small` and `larger`. */
function along(one: number, other: number, batch: number): number {
  return one + (other - one) * ((batch - small) / (larger - small))
}

function alongEach(one: readonly number[], other: readonly number[], batch: number): readonly number[] | null {
  if (one.length !== other.length) return null
  return one.map((value, index) => along(value, other[index] as number, batch))
}

function extrapolateInstruction(one: Instruction, other: Instruction, batch: number): Instruction | null {
  if (one.type === 'step-seed') return one
  if (one.type === 'constant') return other.type === 'constant' ? extrapolateConstant(one, other, batch) : null
  if (other.type !== 'op' || one.op !== other.op) return null
  const shape = alongEach(one.shape, other.shape, batch)
  const attributes: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(one.attributes)) {
    const next = extrapolateAttribute(value, other.attributes[name], batch)
    if (next === null) return null
    attributes[name] = next
  }
  return shape === null ? null : { ...one, attributes, shape }
}

function extrapolateAttribute(
  one: AttributeValue,
  other: AttributeValue | undefined,
  batch: number,
): AttributeValue | null {
  if (one.kind === 'int' && other?.kind === 'int') return { kind: 'int', value: along(one.value, other.value, batch) }
  if ((one.kind === 'ints' || one.kind === 'shape') && other?.kind === one.kind) {
    const value = alongEach(one.value, other.value, batch)
    return value === null ? null : { kind: one.kind, value }
  }
  return JSON.stringify(one) === JSON.stringify(other) ? one : null
}

type Constant = Extract<Instruction, { type: 'constant' }>

/** Of the same length: number by number; of another: only where all numbers are the same one. */
function extrapolateConstant(one: Constant, other: Constant, batch: number): Constant | null {
  const shape = alongEach(one.shape, other.shape, batch)
  if (shape === null || one.dtype !== other.dtype) return null
  if (Buffer.compare(one.content, other.content) === 0 && shape.join() === one.shape.join()) return one
  const [values, others] = [numbersOf(one), numbersOf(other)]
  const of = (length: number, value: (index: number) => number): Constant => ({
    ...one,
    shape,
    content: bytesOf(typedAs(one.dtype, length, value)),
  })
  if (values.length === others.length)
    return of(values.length, (index) => along(values[index] as number, others[index] as number, batch))
  const [first] = values
  if (first === undefined || ![...values, ...others].every((value) => value === first)) return null
  return of(along(values.length, others.length, batch), () => first)
}

function numbersOf({ dtype, content }: Constant): ArrayLike<number> & Iterable<number> {
  const { buffer, byteOffset, length } = content
  if (dtype === dataTypes.float) return new Float32Array(buffer, byteOffset, length / 4)
  return dtype === dataTypes.bool ? content : new Int32Array(buffer, byteOffset, length / 4)
}

function typedAs(dtype: number, length: number, value: (index: number) => number): ArrayBufferView {
  const values = { length }
  if (dtype === dataTypes.float) return Float32Array.from(values, (_, index) => value(index))
  return dtype === dataTypes.bool
    ? Uint8Array.from(values, (_, index) => value(index))
    : Int32Array.from(values, (_, index) => value(index))
}
