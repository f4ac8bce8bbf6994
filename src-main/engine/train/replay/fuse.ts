import { dataTypes } from './binding.ts'
import { floatType } from './graph.ts'
import type { Instruction, Recording, Source } from './recording.ts'

type Shape = readonly number[]
type Op = Extract<Instruction, { type: 'op' }>

/**
 * Says the same with ops that TensorFlow is faster at: biases and their gradients by name, plain matrix products instead of a batch of one, and
 * gradients of ReLU from its output, after which a convolution, its bias and its ReLU become one kernel.
 */
export function fuse(recording: Recording, shapeOfGiven: (key: string) => Shape): Recording {
  const { instructions } = recording
  const opAt = (source: Source | undefined): Op | null => {
    const found = source?.from === 'instruction' ? instructions[source.index] : undefined
    return found?.type === 'op' ? found : null
  }
  const shapeOf = (source: Source): Shape => {
    if (source.from === 'given') return shapeOfGiven(source.key)
    const found = instructions[source.index]
    return found === undefined || found.type === 'step-seed' ? [] : found.shape
  }
  /** The vector behind a value that is a vector of weights, or such a one reshaped to […, 1, n]. */
  const vectorBehind = (source: Source): Source | null => {
    if (source.from === 'given') return shapeOf(source).length === 1 ? source : null
    const op = opAt(source)
    const origin = op?.op === 'Reshape' ? op.inputs[0] : undefined
    if (op === null || origin?.from !== 'given') return null
    const [size] = shapeOf(origin)
    return shapeOf(origin).length === 1 && op.shape.at(-1) === size ? origin : null
  }
  const relus = new Map<string, number>()
  instructions.forEach((instruction, index) => {
    if (instruction.type === 'op' && instruction.op === 'Relu') relus.set(JSON.stringify(instruction.inputs[0]), index)
  })

  const fused = instructions.map((instruction, index): Instruction => {
    if (instruction.type !== 'op') return instruction
    const { op, inputs, attributes, shape } = instruction
    const [first, second] = inputs
    if (first === undefined) return instruction
    if ((op === 'Add' || op === 'AddV2') && second !== undefined && shape.length >= 2) {
      for (const [value, other] of [
        [first, second],
        [second, first],
      ] as const) {
        const bias = vectorBehind(other)
        if (bias === null || vectorBehind(value) !== null) continue
        if (shapeOf(bias)[0] !== shape.at(-1) || shapeOf(value).join() !== shape.join()) continue
        return { ...instruction, op: 'BiasAdd', inputs: [value, bias], attributes: channelsLast }
      }
    }
    if (op === 'Sum' && second !== undefined && shape.length === 1 && addsAllButLast(first, second))
      return { ...instruction, op: 'BiasAddGrad', inputs: [first], attributes: channelsLast }
    if (op === 'BatchMatMulV2' && second !== undefined) {
      const { adj_x: transposeFirst, adj_y: transposeSecond } = attributes
      const plain = shape.length === 2 ? [first, second] : matricesBehind(index, first, second)
      if (plain !== null) {
        return {
          ...instruction,
          op: 'MatMul',
          inputs: plain,
          shape: shape.slice(-2),
          attributes: {
            T: floatType,
            transpose_a: transposeFirst ?? { kind: 'bool', value: false },
            transpose_b: transposeSecond ?? { kind: 'bool', value: false },
          },
        }
      }
    }
    if (op === 'ReluGrad') {
      const relu = relus.get(JSON.stringify(second))
      if (relu !== undefined && relu < index)
        return { ...instruction, inputs: [first, { from: 'instruction', index: relu, output: 0 }] }
    }
    return instruction
  })
  return { ...recording, instructions: poolBeforeRelu(fused, recording.outputs) }

  /** What a product of a batch of one multiplies, where its factors are matrices reshaped and its result is reshaped again. */
  function matricesBehind(index: number, first: Source, second: Source): readonly [Source, Source] | null {
    const matrixBehind = (source: Source): Source | null => {
      const shape = shapeOf(source)
      const reshaped = opAt(source)
      const origin = reshaped?.op === 'Reshape' ? reshaped.inputs[0] : undefined
      const isMatrix = origin !== undefined && shape[0] === 1 && shapeOf(origin).join() === shape.slice(1).join()
      return isMatrix ? origin : null
    }
    const [one, other] = [matrixBehind(first), matrixBehind(second)]
    const isTaken = (source: Source | undefined) => source?.from === 'instruction' && source.index === index
    const isReshapedOnly =
      !recording.outputs.some(isTaken) &&
      instructions.every(
        (user) =>
          user.type !== 'op' || !user.inputs.some(isTaken) || (user.op === 'Reshape' && isTaken(user.inputs[0])),
      )
    return one !== null && other !== null && isReshapedOnly ? [one, other] : null
  }

  function addsAllButLast(value: Source, axes: Source): boolean {
    const listed = axes.from === 'instruction' ? instructions[axes.index] : undefined
    const rank = shapeOf(value).length
    if (rank < 2 || listed?.type !== 'constant' || listed.dtype !== dataTypes.int32) return false
    const { content } = listed
    const numbers = new Int32Array(content.buffer, content.byteOffset, content.length / 4)
    return numbers.length === rank - 1 && numbers.every((axis, position) => axis === position)
  }
}

const channelsLast = { T: floatType, data_format: { kind: 'string', value: 'NHWC' } } as const

/**
 * Max pooling and ReLU change places, in the forward pass and in the gradient: the same to the bit, because ReLU never
 * turns an order around and the gradient is zero where the largest value is, and ReLU then has a quarter of the work.
 * The bias's gradient is summed before pooling spreads it among zeros: the same numbers, a quarter of the memory, and
 * TensorFlow does not draw it into the filter's gradient, which takes up to 1.7 times as long with it.
 */
function poolBeforeRelu(instructions: readonly Instruction[], outputs: readonly Source[]): readonly Instruction[] {
  const consumers = new Map<number, number[]>()
  instructions.forEach((instruction, index) => {
    if (instruction.type !== 'op') return
    for (const source of instruction.inputs) {
      if (source.from === 'instruction') consumers.set(source.index, [...(consumers.get(source.index) ?? []), index])
    }
  })
  for (const source of outputs) if (source.from === 'instruction') consumers.set(source.index, [])
  const changed = [...instructions]
  const at = (index: number | undefined, op: string): Op | null => {
    const found = index === undefined ? undefined : changed[index]
    return found?.type === 'op' && found.op === op ? found : null
  }
  const comesFrom = (source: Source | undefined, index: number) =>
    source?.from === 'instruction' && source.index === index

  instructions.forEach((_, reluIndex) => {
    const relu = at(reluIndex, 'Relu')
    if (relu === null) return
    const users = [...new Set(consumers.get(reluIndex) ?? [])]
    const find = (op: string) => users.find((index) => at(index, op) !== null)
    const [poolIndex, poolGradientIndex, reluGradientIndex] = [find('MaxPool'), find('MaxPoolGrad'), find('ReluGrad')]
    const pool = at(poolIndex, 'MaxPool')
    const poolGradient = at(poolGradientIndex, 'MaxPoolGrad')
    const reluGradient = at(reluGradientIndex, 'ReluGrad')
    if (users.length !== 3 || pool === null || poolGradient === null || reluGradient === null) return
    if (poolIndex === undefined || poolGradientIndex === undefined || reluGradientIndex === undefined) return
    const [before] = relu.inputs
    const [original, pooled, gradient] = poolGradient.inputs
    const isPlain =
      before !== undefined &&
      gradient !== undefined &&
      comesFrom(original, reluIndex) &&
      comesFrom(pooled, poolIndex) &&
      comesFrom(reluGradient.inputs[0], poolGradientIndex) &&
      comesFrom(reluGradient.inputs[1], reluIndex) &&
      (consumers.get(poolGradientIndex) ?? []).length === 1
    if (!isPlain) return
    const place = (index: number): Source => ({ from: 'instruction', index, output: 0 })
    changed[reluIndex] = { ...pool, inputs: [before] }
    changed[poolIndex] = { ...relu, inputs: [place(reluIndex)], shape: pool.shape }
    changed[poolGradientIndex] = { ...reluGradient, inputs: [gradient, place(poolIndex)], shape: pool.shape }
    changed[reluGradientIndex] = {
      ...poolGradient,
      inputs: [before, place(reluIndex), place(poolGradientIndex)],
    }
    for (const index of consumers.get(reluGradientIndex) ?? []) {
      const biasGradient = at(index, 'BiasAddGrad')
      if (biasGradient !== null) changed[index] = { ...biasGradient, inputs: [place(poolGradientIndex)] }
    }
  })
  return changed
}
