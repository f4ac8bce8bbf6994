import { ShapeMismatch } from '../layers/define.ts'
import { definitionOf } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import { formatShape, sizeOf } from '../layers/window-shapes.ts'
import type { Edge, LayerNode, Model, Params, Shape } from './graph.ts'
import { insertChainOnEdge, removeNodes } from './operations.ts'
import type { Fix } from './problem.ts'

export interface Step {
  readonly layer: LayerType
  readonly params: Params
}

/** The shape after some layers, null where they do not take it. */
export function shapeAfter(input: Shape, steps: readonly Step[]): Shape | null {
  try {
    return steps.reduce<Shape>((shape, { layer, params }) => definitionOf(layer).outputShape([shape], params), input)
  } catch (error) {
    if (error instanceof ShapeMismatch) return null
    throw error
  }
}

/** Layers that could be put into a wire to turn `input` into something of another rank or shape, the likeliest first. */
export function adapters(
  input: Shape,
  wanted: { readonly rank: number } | { readonly shape: Shape },
): readonly (readonly Step[])[] {
  return 'rank' in wanted ? rankAdapters(input, wanted.rank) : shapeAdapters(input, wanted.shape)
}

function rankAdapters(input: Shape, rank: number): readonly (readonly Step[])[] {
  const count = sizeOf(input)
  const [first = 1, ...rest] = input
  if (rank === 1) {
    const pool: Step | null =
      input.length === 3
        ? { layer: 'globalAveragePooling2d', params: {} }
        : input.length === 2
          ? { layer: 'globalAveragePooling1d', params: {} }
          : null
    return [[{ layer: 'flatten', params: {} }], ...(pool ? [[pool]] : [])]
  }
  if (rank === 2) return [[reshapeTo(input.length === 1 ? [count, 1] : [first, sizeOf(rest)])]]
  if (input.length === 2) return [[reshapeTo([...input, 1])]]
  if (input.length > 3) return [[reshapeTo([first, input[1] ?? 1, sizeOf(input.slice(2))])]]
  const square = [1, 3].map((channels) => [Math.sqrt(count / channels), channels] as const)
  const fitting = square.find(([side]) => Number.isInteger(side))
  return [[reshapeTo(fitting ? [fitting[0], fitting[0], fitting[1]] : [count, 1, 1])]]
}

function shapeAdapters(input: Shape, wanted: Shape): readonly (readonly Step[])[] {
  const result: (readonly Step[])[] = []
  const channels = wanted.at(-1) ?? 1
  const mix: Step | null =
    wanted.length === 3
      ? { layer: 'conv2d', params: { filters: channels, kernelSize: 1, activation: 'linear' } }
      : wanted.length === 2
        ? { layer: 'conv1d', params: { filters: channels, kernelSize: 1, activation: 'linear' } }
        : wanted.length === 1
          ? { layer: 'dense', params: { units: channels, activation: 'linear' } }
          : null
  if (sizeOf(input) === sizeOf(wanted)) result.push([reshapeTo(wanted)])
  if (mix) result.push([mix])
  if (mix && wanted.length === 1) result.push([{ layer: 'flatten', params: {} }, mix])
  if (input.length === 3 && wanted.length === 3) {
    const shrink = [0, 1].map((axis) => Math.floor(input[axis]! / wanted[axis]!))
    const grow = [0, 1].map((axis) => Math.ceil(wanted[axis]! / input[axis]!))
    const pool: Step = { layer: 'maxPooling2d', params: { poolSize: shrink } }
    const enlarge: Step = { layer: 'upSampling2d', params: { size: grow } }
    for (const step of [...(shrink.every((factor) => factor >= 1) ? [pool] : []), enlarge]) {
      result.push([step])
      if (mix) result.push([step, mix])
    }
  }
  if (input.length === 2 && wanted.length === 2) {
    const shrink = Math.floor(input[0]! / wanted[0]!)
    if (shrink >= 1) {
      const pool: Step = { layer: 'maxPooling1d', params: { poolSize: shrink } }
      result.push([pool], ...(mix ? [[pool, mix]] : []))
    }
  }
  return result
}

function reshapeTo(targetShape: Shape): Step {
  return { layer: 'reshape', params: { targetShape } }
}

/** A button that puts layers into a wire. */
export function insertFix(model: Model, edge: Edge, steps: readonly Step[]): Fix {
  return { title: insertTitle(steps), edits: insertChainOnEdge(model, edge, steps).edits }
}

export function insertTitle(steps: readonly Step[]): Text {
  const names = steps
    .map(({ layer, params }) => {
      const { label, brief } = definitionOf(layer)
      const target = params['targetShape']
      if (Array.isArray(target)) return `${label} ${formatShape(target as Shape)}`
      return layer === 'flatten' || brief(params) === '' ? label : `${label} (${brief(params)})`
    })
    .join(' + ')
  return { en: `Insert ${names}`, ko: `${names} 삽입` }
}

/** A button that takes a node out and joins what it connected. */
export function removeFix(model: Model, node: LayerNode, name: string): Fix {
  return { title: { en: `Remove ${name}`, ko: `${name} 제거` }, edits: removeNodes(model, [node.id]) }
}

export function removeEdgeFix(model: Model, edge: Edge): Fix {
  return {
    title: { en: 'Remove this wire', ko: '이 연결 제거' },
    edits: [{ type: 'remove-edge', model: model.id, edge }],
  }
}

/** Buttons for inputs that do not fit: layers put in between, other parameters, a superfluous Flatten or the layer itself taken out. */
export function mismatchFixes(options: {
  readonly model: Model
  readonly node: LayerNode
  readonly name: string
  readonly params: Params
  readonly inputs: readonly Shape[]
  readonly mismatch: ShapeMismatch
  readonly edge: Edge | null
  /** The layer before, where it takes one input: it may be the one to remove. */
  readonly before: { readonly node: LayerNode; readonly name: string; readonly input: Shape } | null
}): readonly Fix[] {
  const { model, node, name, params, inputs, mismatch, edge, before } = options
  const definition = definitionOf(node.layer)
  const position = mismatch.input ?? 0
  const fits = (input: Shape | null, changed: Params = params): boolean => {
    if (input === null) return false
    try {
      definition.outputShape(
        inputs.map((other, index) => (index === position ? input : other)),
        changed,
      )
      return true
    } catch (error) {
      if (error instanceof ShapeMismatch) return false
      throw error
    }
  }
  const fixes: Fix[] = []
  const { mend } = mismatch
  const input = inputs[position]
  if (mend?.type === 'params') {
    for (const { title, params: changed } of mend.choices) {
      if (!fits(input ?? null, { ...params, ...changed })) continue
      const edits = Object.entries(changed).map(
        ([param, value]) => ({ type: 'set-param', model: model.id, node: node.id, param, value }) as const,
      )
      fixes.push({ title, edits })
    }
  } else if (mend && edge && input) {
    if (before?.node.layer === 'flatten' && fits(before.input)) fixes.push(removeFix(model, before.node, before.name))
    const working = adapters(input, mend).filter((steps) => fits(shapeAfter(input, steps)))
    for (const steps of working.slice(0, 2)) fixes.push(insertFix(model, edge, steps))
  }
  if (edge && definition.inputs === 'many') fixes.push(removeEdgeFix(model, edge))
  else fixes.push(removeFix(model, node, name))
  return fixes
}
