import { dataTypes } from './binding.ts'
import type { Graph } from './graph.ts'
import { floatType, intConstant, typeOf } from './graph.ts'
import type { Instruction, Recording, Source } from './recording.ts'

/** What stands in a graph for the values that a recording was given, and for the step's number (a whole-number scalar). */
export interface Stage {
  readonly given: ReadonlyMap<string, string>
  readonly step: string | null
}

/** Writes a recording into a graph and gives the names of its outputs. The same recording may be written many times. */
export function transcribe(graph: Graph, recording: Recording, stage: Stage): readonly string[] {
  const names: string[] = []
  const nameOf = (source: Source): string => {
    if (source.from === 'given') {
      const name = stage.given.get(source.key)
      if (name === undefined) throw new Error(`Nothing stands for "${source.key}".`)
      return name
    }
    const node = names[source.index] as string
    return source.output === 0 ? node : `${node}:${source.output}`
  }
  const barriers = new Map<string, string>()
  const barrier = (name: string, shape: readonly number[]): string => {
    const known = barriers.get(name)
    if (known !== undefined) return known
    const node = graph.add('EnsureShape', [name], { T: floatType, shape: { kind: 'shape', value: shape } })
    barriers.set(name, node)
    return node
  }
  const inputsOf = ({ op, inputs }: Extract<Instruction, { type: 'op' }>) =>
    inputs.map((source, position) => {
      const name = nameOf(source)
      const origin = source.from === 'instruction' ? recording.instructions[source.index] : undefined
      // TensorFlow would multiply by the reciprocal, which rounds differently.
      if (op === 'RealDiv' && position === 1 && origin?.type === 'constant') return graph.veiled(name, origin.shape)
      return origin?.type === 'op' && isRegrouped(op, origin) ? barrier(name, origin.shape) : name
    })
  const needed = neededInstructions(recording)
  recording.instructions.forEach((instruction, index) => {
    if (!needed.has(index)) {
      names.push('')
      return
    }
    switch (instruction.type) {
      case 'constant':
        names.push(graph.constant(instruction.dtype, instruction.shape, instruction.content))
        return
      case 'step-seed':
        if (stage.step === null) throw new Error('Random numbers were recorded where no step is counted.')
        names.push(
          graph.add('Pack', [intConstant(graph, instruction.seed), stage.step], {
            N: { kind: 'int', value: 2 },
            T: typeOf(dataTypes.int32),
            axis: { kind: 'int', value: 0 },
          }),
        )
        return
      case 'op':
        names.push(graph.add(instruction.op, inputsOf(instruction), instruction.attributes))
    }
  })
  return recording.outputs.map(nameOf)
}

/**
 * Whether TensorFlow would take an op and the one it reads from apart: it multiplies a chain of factors the smaller tensors
 * first, and makes one sum of several, both of which round differently.
 */
function isRegrouped(op: string, origin: Extract<Instruction, { type: 'op' }>): boolean {
  const { T: type } = origin.attributes
  if (type?.kind !== 'type' || type.value !== dataTypes.float) return false
  const isSum = (name: string) => name === 'Add' || name === 'AddV2' || name === 'Sub'
  return (op === 'Mul' && origin.op === 'Mul') || (isSum(op) && isSum(origin.op))
}

function neededInstructions({ instructions, outputs }: Recording): ReadonlySet<number> {
  const needed = new Set<number>()
  const visit = (source: Source) => {
    if (source.from === 'instruction') needed.add(source.index)
  }
  outputs.forEach(visit)
  for (let index = instructions.length - 1; index >= 0; index--) {
    const instruction = instructions[index]
    if (needed.has(index) && instruction?.type === 'op') instruction.inputs.forEach(visit)
  }
  return needed
}
