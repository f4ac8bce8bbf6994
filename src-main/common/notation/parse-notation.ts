import type { TaskContext } from '../graph/analysis.ts'
import type { Graph, LayerNode, Params, Shape } from '../graph/graph.ts'
import { laidOut } from '../graph/layout.ts'
import { newNodeId } from '../graph/names.ts'
import { outputActivation } from '../graph/task-output.ts'
import { definitionOf } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import { activations } from '../layers/shared-params.ts'
import type { Text } from '../layers/text.ts'

export interface NotationContext {
  /** The shape of the input layer that goes in front. */
  readonly inputShape: Shape
  /** Units of the last dense layer where the notation leaves it out; null adds none. */
  readonly outputUnits: number | null
  /** Null counts as classification. */
  readonly task: TaskContext['task'] | null
}

export type ParsedNotation =
  | { readonly ok: true; readonly graph: Graph }
  | {
      readonly ok: false
      /** Where in the text, from 0. */
      readonly position: number
      readonly expected: Text
      /** The whole sentence: what was expected at which character, and what stands there. */
      readonly text: Text
    }

interface Step {
  readonly layer: LayerType
  readonly params: Params
  /** A dense layer whose units, or whose activation, were left to the notation. */
  readonly bareUnits?: boolean
  readonly bareActivation?: boolean
}

/** LeNet-5's convolutions and first dense layer, for tokens without numbers. */
const lenetConvolutions: readonly Params[] = [
  { filters: 6, kernelSize: 5, padding: 'same' },
  { filters: 16, kernelSize: 5, padding: 'valid' },
  { filters: 120, kernelSize: 5, padding: 'valid' },
]
const lenetUnits = 84

const tokenExpected: Text = {
  en: 'a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN',
  ko: '층 이름: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25, BN 중 하나',
}
const numberExpected: Text = { en: 'a whole number', ko: '정수' }
const separatorExpected: Text = { en: '"-" or the end', ko: '"-" 또는 끝' }

/** Reads notation such as "C6@5s-P-C16@5-P-C120@5-F-FC84-FC1" into a chain with ids and places; tells where it cannot. */
export function parseNotation(text: string, context: NotationContext): ParsedNotation {
  const scanner = new Scanner(text)
  try {
    const steps = readSteps(scanner, context)
    return { ok: true, graph: toGraph(finish(steps, context), context) }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const { position, expected, isFault } = error
    const rest = text.slice(position).trim()
    const found =
      rest === '' ? { en: 'the end', ko: '끝' } : { en: `"${rest.slice(0, 12)}"`, ko: `"${rest.slice(0, 12)}"` }
    return {
      ok: false,
      position,
      expected,
      text: isFault
        ? {
            en: `At character ${position + 1}, ${found.en}: ${expected.en}`,
            ko: `${position + 1}번째 글자 ${found.ko}: ${expected.ko}`,
          }
        : {
            en: `At character ${position + 1}, expected ${expected.en}. Found: ${found.en}`,
            ko: `${position + 1}번째 글자에 올 수 있는 것: ${expected.ko}. 실제: ${found.ko}`,
          },
    }
  }
}

class Unreadable extends Error {
  readonly position: number
  readonly expected: Text
  /** What was expected is a whole sentence on a layer that was read. */
  readonly isFault: boolean

  constructor(position: number, expected: Text, { isFault = false } = {}) {
    super(expected.en)
    this.position = position
    this.expected = expected
    this.isFault = isFault
  }
}

class Scanner {
  position = 0
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  isAtEnd(): boolean {
    return this.position >= this.text.length
  }

  /** What the expression matches here, moving past it; null where it does not match. */
  take(expression: RegExp): string | null {
    const sticky = new RegExp(expression.source, `${expression.flags.replace(/[gy]/g, '')}y`)
    sticky.lastIndex = this.position
    const found = sticky.exec(this.text)?.[0] ?? null
    if (found !== null) this.position += found.length
    return found
  }

  need(expression: RegExp, expected: Text): string {
    const found = this.take(expression)
    if (found === null) throw new Unreadable(this.position, expected)
    return found
  }

  wholeNumber(): number {
    return Number(this.need(/\d+/, numberExpected))
  }

  /** "5" or "5x3". */
  size(axes: 1 | 2): number | readonly number[] {
    const first = this.wholeNumber()
    if (axes === 1 || this.take(/[x×]/i) === null) return first
    return [first, this.wholeNumber()]
  }
}

function readSteps(scanner: Scanner, context: NotationContext): readonly Step[] {
  const steps: Step[] = []
  let rank = context.inputShape.length
  scanner.take(/\s*/)
  while (!scanner.isAtEnd() || steps.length === 0) {
    const start = scanner.position
    const step = readStep(scanner, steps, rank)
    const params = definitionOf(step.layer).readParams(step.params)
    if (!params.ok) {
      const fault = params.faults[0]!
      throw new Unreadable(start, fault.text, { isFault: true })
    }
    steps.push(step)
    rank = rankAfter(step.layer, rank)
    if (scanner.isAtEnd()) break
    scanner.need(/\s*(?:->|→|[-–—,])\s*|\s+|$/, separatorExpected)
    if (scanner.isAtEnd() && /(?:->|→|[-–—,])\s*$/.test(scanner.text))
      throw new Unreadable(scanner.position, tokenExpected)
  }
  return steps
}

function rankAfter(layer: LayerType, rank: number): number {
  const { kind } = definitionOf(layer)
  if (layer === 'flatten' || layer.startsWith('global')) return 1
  if (kind === 'convolution') return layer === 'conv1d' ? 2 : 3
  return rank
}

function readStep(scanner: Scanner, before: readonly Step[], rank: number): Step {
  if (scanner.take(/C1D/i) !== null) return readConvolution(scanner, 'conv1d')
  if (scanner.take(/FC/i) !== null) return readDense(scanner)
  if (scanner.take(/GAP/i) !== null)
    return { layer: rank === 2 ? 'globalAveragePooling1d' : 'globalAveragePooling2d', params: {} }
  if (scanner.take(/GMP/i) !== null)
    return { layer: rank === 2 ? 'globalMaxPooling1d' : 'globalMaxPooling2d', params: {} }
  if (scanner.take(/AP/i) !== null) return readPool(scanner, rank === 2 ? 'averagePooling1d' : 'averagePooling2d')
  if (scanner.take(/BN/i) !== null) return { layer: 'batchNormalization', params: {} }
  if (scanner.take(/C(?![\d@])/i) !== null) {
    const index = before.filter((step) => step.layer === 'conv2d').length
    const params = lenetConvolutions[Math.min(index, lenetConvolutions.length - 1)]!
    return { layer: 'conv2d', params: { ...params, activation: readActivation(scanner) ?? 'relu' } }
  }
  if (scanner.take(/C/i) !== null) return readConvolution(scanner, 'conv2d')
  if (scanner.take(/P/i) !== null) return readPool(scanner, rank === 2 ? 'maxPooling1d' : 'maxPooling2d')
  if (scanner.take(/F/i) !== null) return { layer: 'flatten', params: {} }
  if (scanner.take(/D/i) !== null) {
    const rate = scanner.need(/0?\.\d+|0(?!\d)/, { en: 'a rate such as .25', ko: '.25와 같은 비율' })
    return { layer: 'dropout', params: { rate: Number(rate) } }
  }
  throw new Unreadable(scanner.position, tokenExpected)
}

function readConvolution(scanner: Scanner, layer: 'conv1d' | 'conv2d'): Step {
  const axes = layer === 'conv1d' ? 1 : 2
  const filters = scanner.wholeNumber()
  scanner.need(/@/, { en: '"@" and the kernel size', ko: '"@"와 커널 크기' })
  const kernelSize = scanner.size(axes)
  const strides = scanner.take(/\//) === null ? 1 : scanner.size(axes)
  const padding = readPadding(scanner)
  const activation = readActivation(scanner) ?? 'relu'
  return { layer, params: { filters, kernelSize, ...(strides === 1 ? {} : { strides }), padding, activation } }
}

function readPool(scanner: Scanner, layer: LayerType): Step {
  const axes = layer.endsWith('1d') ? 1 : 2
  const poolSize = /\d/.test(scanner.text[scanner.position] ?? '') ? scanner.size(axes) : 2
  const strides = scanner.take(/\//) === null ? null : scanner.size(axes)
  const padding = readPadding(scanner)
  return {
    layer,
    params: { poolSize, ...(strides === null ? {} : { strides }), ...(padding === 'same' ? { padding } : {}) },
  }
}

function readDense(scanner: Scanner): Step {
  const digits = scanner.take(/\d+/)
  const activation = readActivation(scanner)
  return {
    layer: 'dense',
    params: { units: digits === null ? lenetUnits : Number(digits), activation: activation ?? 'relu' },
    bareUnits: digits === null,
    bareActivation: activation === null,
  }
}

function readPadding(scanner: Scanner): 'same' | 'valid' {
  const letter = scanner.take(/[sv](?![a-z])/i)?.toLowerCase()
  return letter === 's' ? 'same' : 'valid'
}

function readActivation(scanner: Scanner): string | null {
  if (scanner.take(/:/) === null) return null
  const start = scanner.position
  const word = scanner.take(/[a-z][a-z0-9]*/i)?.toLowerCase()
  const found = activations.find((name) => name.toLowerCase() === word)
  if (found === undefined)
    throw new Unreadable(start, {
      en: `an activation: ${activations.join(', ')}`,
      ko: `활성화 함수: ${activations.join(', ')} 중 하나`,
    })
  return found
}

/** Gives the last dense layer what the task needs, and adds it where the notation stops before it. */
function finish(steps: readonly Step[], { outputUnits, task }: NotationContext): readonly Step[] {
  const kind = task ?? 'classification'
  const result = [...steps]
  const isDense = (step: Step) => step.layer === 'dense'
  const last = result.map(isDense).lastIndexOf(true)
  const final = result[last]
  if (outputUnits !== null) {
    const output: Step = {
      layer: 'dense',
      params: { units: outputUnits, activation: outputActivation(kind, outputUnits) },
    }
    const several = result.filter(isDense).length > 1
    if (final?.bareUnits && several) {
      result[last] = final.bareActivation ? output : { ...final, params: { ...final.params, units: outputUnits } }
      return result
    }
    if (final ? final.bareUnits === true || isHidden(final, outputUnits) : endsFlat(result)) return [...result, output]
  }
  if (final?.bareActivation) {
    const units = Number(final.params['units'])
    result[last] = { ...final, params: { ...final.params, activation: outputActivation(kind, units) } }
  }
  return result
}

/** A last dense layer with more units than the answer, that does not say by its activation that it ends the model. */
function isHidden(step: Step, outputUnits: number): boolean {
  return Number(step.params['units']) > outputUnits && step.bareActivation === true
}

function endsFlat(steps: readonly Step[]): boolean {
  return steps.some((step) => step.layer === 'flatten' || step.layer.startsWith('global'))
}

function toGraph(steps: readonly Step[], { inputShape }: NotationContext): Graph {
  const nodes: LayerNode[] = [{ id: 'in', layer: 'input', params: { shape: [...inputShape] }, x: 0, y: 0 }]
  for (const { layer, params } of steps)
    nodes.push({ id: newNodeId({ nodes, edges: [] }, layer), layer, params, x: 0, y: 0 })
  return laidOut({ nodes, edges: nodes.slice(1).map((node, index) => [nodes[index]!.id, node.id] as const) })
}
