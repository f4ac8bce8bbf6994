import { dataTypes } from './binding.ts'
import { encodeSavedModel } from './saved-model.ts'
import type { AttributeValue, GraphNode } from './saved-model.ts'

export interface Placeholder {
  readonly name: string
  readonly dtype: number
  readonly shape: readonly number[]
}

type Attributes = Readonly<Record<string, AttributeValue>>

/** A TensorFlow graph under construction. Values are named as TensorFlow does: `node` or `node:1`. */
export interface Graph {
  readonly placeholders: ReadonlyMap<string, Placeholder>
  /** Adds an op and gives its name; `waitFor` are nodes that have to run before. */
  readonly add: (op: string, inputs: readonly string[], attributes?: Attributes, waitFor?: readonly string[]) => string
  /** Adds an op under a name of our choice, for what is fetched. */
  readonly addNamed: (
    name: string,
    op: string,
    inputs: readonly string[],
    attributes?: Attributes,
    waitFor?: readonly string[],
  ) => string
  readonly placeholder: (name: string, dtype: number, shape: readonly number[]) => string
  /** Equal small constants are one node. */
  readonly constant: (dtype: number, shape: readonly number[], content: Uint8Array) => string
  /** A constant that TensorFlow's optimiser cannot see through: a variable, set once by fetching `initialise`. */
  readonly veiled: (constant: string, shape: readonly number[]) => string
  /** The nodes added so far that take a value, or take it in another shape. */
  readonly readersOf: (value: string) => readonly string[]
  /** `device` as TensorFlow names it; its own choice where left out. */
  readonly encode: (device?: string) => Uint8Array
}

/** Ops whose output is their input's memory. */
const sharesMemory = new Set(['Reshape', 'Identity'])

/** Fetched once, before anything else. */
export const initialise = 'initialise'

export function createGraph(): Graph {
  const nodes: GraphNode[] = []
  const placeholders = new Map<string, Placeholder>()
  const constants = new Map<string, string>()
  const byContent = new Map<Uint8Array, string>()
  const veils = new Map<string, string>()
  const assigned: string[] = []

  const addNamed: Graph['addNamed'] = (name, op, inputs, attributes = {}, waitFor = []) => {
    nodes.push({ name, op, inputs: [...inputs, ...waitFor.map((node) => `^${node}`)], attributes })
    return name
  }
  const readersOf: Graph['readersOf'] = (value) =>
    nodes.flatMap(({ name, op, inputs }) =>
      inputs.includes(value) ? [name, ...(sharesMemory.has(op) ? readersOf(name) : [])] : [],
    )
  const add: Graph['add'] = (op, inputs, attributes, waitFor) =>
    addNamed(`${op}_${nodes.length}`, op, inputs, attributes, waitFor)

  return {
    placeholders,
    add,
    addNamed,
    readersOf,
    placeholder: (name, dtype, shape) => {
      placeholders.set(name, { name, dtype, shape })
      return addNamed(name, 'Placeholder', [], { dtype: typeOf(dtype), shape: { kind: 'shape', value: shape } })
    },
    constant: (dtype, shape, content) => {
      const key = content.length <= 64 ? `${dtype}/${shape.join('×')}/${content.join(',')}` : null
      const known = key === null ? byContent.get(content) : constants.get(key)
      if (known !== undefined) return known
      const name = add('Const', [], { dtype: typeOf(dtype), value: tensorOf(dtype, shape, content) })
      if (key === null) byContent.set(content, name)
      else constants.set(key, name)
      return name
    },
    veiled: (constant, shape) => {
      const known = veils.get(constant)
      if (known !== undefined) return known
      const variable = addNamed(`${constant}_veil`, 'VarHandleOp', [], {
        dtype: floatType,
        shape: { kind: 'shape', value: shape },
        shared_name: { kind: 'string', value: `${constant}_veil` },
      })
      assigned.push(add('AssignVariableOp', [variable, constant], { dtype: floatType }))
      const value = add('ReadVariableOp', [variable], { dtype: floatType })
      veils.set(constant, value)
      return value
    },
    encode: (device) => {
      const one = bytesOf(Float32Array.of(1))
      return encodeSavedModel(
        [
          ...nodes,
          {
            name: 'one',
            op: 'Const',
            inputs: [],
            attributes: { dtype: floatType, value: tensorOf(dataTypes.float, [], one) },
          },
          {
            name: initialise,
            op: 'Identity',
            inputs: ['one', ...assigned.map((node) => `^${node}`)],
            attributes: { T: floatType },
          },
        ],
        device,
      )
    },
  }
}

function tensorOf(dtype: number, shape: readonly number[], content: Uint8Array): AttributeValue {
  if (dtype === dataTypes.float && content.length > 64) {
    const values = new Float32Array(content.buffer, content.byteOffset, content.length / 4)
    const [first = 0] = values
    if (Number.isFinite(first) && values.every((value) => Object.is(value, first)))
      return { kind: 'filled', shape, value: first }
  }
  return { kind: 'tensor', dtype, shape, content }
}

export function typeOf(dtype: number): AttributeValue {
  return { kind: 'type', value: dtype }
}

export const floatType = typeOf(dataTypes.float)

/** A scalar of 32-bit float. */
export function floatConstant(graph: Graph, value: number): string {
  return graph.constant(dataTypes.float, [], bytesOf(Float32Array.of(value)))
}

/** A vector of 32-bit whole numbers. */
export function intsConstant(graph: Graph, values: readonly number[]): string {
  return graph.constant(dataTypes.int32, [values.length], bytesOf(Int32Array.from(values)))
}

export function intConstant(graph: Graph, value: number): string {
  return graph.constant(dataTypes.int32, [], bytesOf(Int32Array.of(value)))
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
