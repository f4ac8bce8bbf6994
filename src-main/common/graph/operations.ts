import { definitionOf, isLayerType } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import { applyModelEdit } from './apply-edit.ts'
import type { ModelEdit } from './apply-edit.ts'
import type { Edit } from './edit.ts'
import type { Edge, LayerNode, Model, Params } from './graph.ts'
import { NODE_GAP_X, NODE_GAP_Y, NODE_HEIGHT, NODE_WIDTH } from './layout.ts'
import { newNodeId } from './names.ts'

/** Edits that make one or more nodes, and the ids of those nodes. */
export interface Placement {
  readonly edits: readonly Edit[]
  readonly nodes: readonly string[]
}

/** A part of a graph, cut out of its model: what copy takes and paste gives. */
export interface Clipping {
  readonly nodes: readonly LayerNode[]
  readonly edges: readonly Edge[]
}

/** A model being edited: collects the edits and shows what they have led to so far. */
class Draft {
  readonly edits: ModelEdit[] = []
  model: Model

  constructor(model: Model) {
    this.model = model
  }

  apply(edit: ModelEdit): void {
    this.model = applyModelEdit(this.model, edit).model
    this.edits.push(edit)
  }
}

/**
 * Removes nodes and joins what they connected: where a removed node had one predecessor, its successors take that over
 * in the same place of their inputs; where it had one successor that takes many inputs, its predecessors go there.
 */
export function removeNodes(model: Model, ids: readonly string[]): readonly Edit[] {
  const draft = new Draft(model)
  for (const id of new Set(ids)) {
    const { edges } = draft.model
    const before = edges.filter(([from, to]) => to === id && from !== id).map(([from]) => from)
    const after = edges.filter(([from, to]) => from === id && to !== id).map(([, to]) => to)
    const joins: { edge: Edge; at: number }[] = []
    const remaining = edges.filter((edge) => !edge.includes(id))
    edges.forEach((edge, at) => {
      if (edge[0] !== id || edge[1] === id) return
      const to = edge[1]
      const sources = before.length === 1 || (after.length === 1 && takesMany(draft.model, to)) ? before : []
      const position = edges.slice(0, at).filter((other) => !other.includes(id)).length
      for (const from of sources) {
        const joined: Edge = [from, to]
        if (from === to || hasEdge(remaining, joined) || joins.some((join) => hasEdge([join.edge], joined))) continue
        joins.push({ edge: joined, at: position + joins.length })
      }
    })
    draft.apply({ type: 'remove-node', model: model.id, node: id })
    for (const { edge, at } of joins) draft.apply({ type: 'add-edge', model: model.id, edge, at })
  }
  return draft.edits
}

/** Puts a new layer into a wire, between the nodes that it joined, and makes room where they stand too close. */
export function insertOnEdge(
  model: Model,
  edge: Edge,
  layer: LayerType,
  options: { readonly params?: Params; readonly at?: { readonly x: number; readonly y: number } } = {},
): Placement {
  const [from, to] = edge
  const index = model.edges.findIndex((other) => other[0] === from && other[1] === to)
  if (index < 0) throw new Error(`model "${model.id}" has no wire from "${from}" to "${to}"`)
  const source = nodeOf(model, from)
  const target = nodeOf(model, to)
  const step = NODE_WIDTH + NODE_GAP_X
  const shift = options.at || !source || !target ? 0 : Math.max(0, source.x + 2 * step - target.x)
  const place =
    options.at ??
    (source && target
      ? { x: source.x + step, y: Math.round((source.y + target.y) / 2) }
      : { x: (source ?? target)?.x ?? 0, y: (source ?? target)?.y ?? 0 })
  const node = newNode(model, layer, { params: options.params ?? {}, ...place })
  const named = { model: model.id }
  const moves =
    shift > 0 && target
      ? model.nodes
          .filter((other) => other.x >= target.x && other.id !== from)
          .map((other): Edit => ({ type: 'move-node', ...named, node: other.id, x: other.x + shift, y: other.y }))
      : []
  return {
    nodes: [node.id],
    edits: [
      ...moves,
      { type: 'add-node', ...named, node },
      { type: 'remove-edge', ...named, edge, at: index },
      { type: 'add-edge', ...named, edge: [node.id, to], at: index },
      { type: 'add-edge', ...named, edge: [from, node.id], at: index },
    ],
  }
}

/**
 * Adds a layer after a node: into its only wire onwards where it has one, else wired to it on its right. With
 * `after` null, or for a layer without inputs, it stands by itself at `at`, or below all other nodes.
 */
export function addNode(
  model: Model,
  layer: LayerType,
  options: {
    readonly after?: string | null
    readonly params?: Params
    readonly at?: { readonly x: number; readonly y: number }
  } = {},
): Placement {
  const { after = null, params = {}, at } = options
  const previous = after === null ? undefined : nodeOf(model, after)
  const joins = previous !== undefined && definitionOf(layer).inputs !== 0
  if (joins) {
    const onwards = model.edges.filter(([from]) => from === previous.id)
    const only = onwards.length === 1 ? onwards[0] : undefined
    if (only) return insertOnEdge(model, only, layer, { params, ...(at ? { at } : {}) })
  }
  const place =
    at ?? (previous ? { x: previous.x + NODE_WIDTH + NODE_GAP_X, y: previous.y } : { x: 0, y: bottomOf(model) })
  const node = newNode(model, layer, { params, ...place })
  const edits: Edit[] = [{ type: 'add-node', model: model.id, node }]
  if (joins) edits.push({ type: 'add-edge', model: model.id, edge: [previous.id, node.id] })
  return { edits, nodes: [node.id] }
}

/** Wires one node to another. A layer with one input lets go of its present one. Refuses what can never be right, in words. */
export function connectNodes(
  model: Model,
  from: string,
  to: string,
): { readonly ok: true; readonly edits: readonly Edit[] } | { readonly ok: false; readonly text: Text } {
  const target = nodeOf(model, to)
  if (!target || !nodeOf(model, from)) {
    return refusal(
      'Both ends of a wire must be layers of the same model.',
      '연결의 양 끝은 같은 모델의 층이어야 합니다.',
    )
  }
  if (from === to) return refusal('A layer cannot be its own input.', '층은 자기 자신을 입력으로 받을 수 없습니다.')
  const { inputs, label } = definitionOf(target.layer)
  if (inputs === 0) return refusal(`${label} takes no input.`, `${label} 층은 입력을 받지 않습니다.`)
  if (hasEdge(model.edges, [from, to])) {
    return refusal('These two layers are connected already.', '두 층은 이미 연결되어 있습니다.')
  }
  const present = inputs === 1 ? model.edges.filter((edge) => edge[1] === to) : []
  return {
    ok: true,
    edits: [
      ...present.map((edge): Edit => ({ type: 'remove-edge', model: model.id, edge })),
      { type: 'add-edge', model: model.id, edge: [from, to] },
    ],
  }
}

/** Puts several layers one after another into a wire. */
export function insertChainOnEdge(
  model: Model,
  edge: Edge,
  steps: readonly { readonly layer: LayerType; readonly params: Params }[],
): Placement {
  const draft = new Draft(model)
  const nodes: string[] = []
  let current = edge
  for (const { layer, params } of steps) {
    const placement = insertOnEdge(draft.model, current, layer, { params })
    for (const edit of placement.edits) draft.apply(edit as ModelEdit)
    const id = placement.nodes[0]!
    nodes.push(id)
    current = [id, edge[1]]
  }
  return { edits: draft.edits, nodes }
}

/** Puts several layers one after another behind a node that nothing follows. */
export function appendChain(
  model: Model,
  after: string,
  steps: readonly { readonly layer: LayerType; readonly params: Params }[],
): Placement {
  const draft = new Draft(model)
  const nodes: string[] = []
  for (const { layer, params } of steps) {
    const placement = addNode(draft.model, layer, { after: nodes.at(-1) ?? after, params })
    for (const edit of placement.edits) draft.apply(edit as ModelEdit)
    nodes.push(...placement.nodes)
  }
  return { edits: draft.edits, nodes }
}

/** The given nodes with the wires between them. */
export function copyNodes(model: Model, ids: readonly string[]): Clipping {
  const chosen = new Set(ids)
  return {
    nodes: model.nodes.filter((node) => chosen.has(node.id)),
    edges: model.edges.filter(([from, to]) => chosen.has(from) && chosen.has(to)),
  }
}

/** Adds a clipping under new ids, moved by the offset. Given names are kept. */
export function pasteNodes(
  model: Model,
  clipping: Clipping,
  offset: { readonly x: number; readonly y: number } = { x: NODE_GAP_Y, y: NODE_GAP_Y },
): Placement {
  const ids = new Map<string, string>()
  const taken = new Set<string>()
  for (const node of clipping.nodes) {
    const id = newNodeId(model, node.layer, taken)
    taken.add(id)
    ids.set(node.id, id)
  }
  return {
    nodes: [...ids.values()],
    edits: [
      ...clipping.nodes.map((node): Edit => ({
        type: 'add-node',
        model: model.id,
        node: { ...node, id: ids.get(node.id)!, x: node.x + offset.x, y: node.y + offset.y },
      })),
      ...clipping.edges.map(([from, to]): Edit => ({
        type: 'add-edge',
        model: model.id,
        edge: [ids.get(from)!, ids.get(to)!],
      })),
    ],
  }
}

/** Copies nodes and the wires between them right below the originals. */
export function duplicateNodes(model: Model, ids: readonly string[]): Placement {
  const clipping = copyNodes(model, ids)
  const top = Math.min(...clipping.nodes.map((node) => node.y))
  const bottom = Math.max(...clipping.nodes.map((node) => node.y))
  return pasteNodes(model, clipping, { x: 0, y: bottom - top + NODE_HEIGHT + NODE_GAP_Y })
}

export type Alignment = 'left' | 'right' | 'top' | 'bottom' | 'row' | 'column'

/** Lines nodes up: an edge in common, or evenly spaced as a row or a column in their present order. */
export function alignNodes(model: Model, ids: readonly string[], alignment: Alignment): readonly Edit[] {
  const { nodes } = copyNodes(model, ids)
  if (nodes.length < 2) return []
  const left = Math.min(...nodes.map((node) => node.x))
  const top = Math.min(...nodes.map((node) => node.y))
  const right = Math.max(...nodes.map((node) => node.x))
  const bottom = Math.max(...nodes.map((node) => node.y))
  const along = (axis: 'x' | 'y') => [...nodes].sort((a, b) => a[axis] - b[axis])
  const places = new Map<string, { readonly x: number; readonly y: number }>()
  if (alignment === 'row')
    along('x').forEach((node, index) => places.set(node.id, { x: left + index * (NODE_WIDTH + NODE_GAP_X), y: top }))
  else if (alignment === 'column')
    along('y').forEach((node, index) => places.set(node.id, { x: left, y: top + index * (NODE_HEIGHT + NODE_GAP_Y) }))
  else {
    for (const node of nodes) {
      places.set(node.id, {
        x: alignment === 'left' ? left : alignment === 'right' ? right : node.x,
        y: alignment === 'top' ? top : alignment === 'bottom' ? bottom : node.y,
      })
    }
  }
  return moves(model, nodes, (node) => places.get(node.id) ?? node)
}

/** Moves nodes by the same distance. */
export function moveNodes(
  model: Model,
  ids: readonly string[],
  by: { readonly x: number; readonly y: number },
): readonly Edit[] {
  return moves(model, copyNodes(model, ids).nodes, (node) => ({ x: node.x + by.x, y: node.y + by.y }))
}

function moves(
  model: Model,
  nodes: readonly LayerNode[],
  place: (node: LayerNode) => { readonly x: number; readonly y: number },
): readonly Edit[] {
  return nodes.flatMap((node) => {
    const { x, y } = place(node)
    return x === node.x && y === node.y ? [] : [{ type: 'move-node', model: model.id, node: node.id, x, y } as const]
  })
}

function newNode(
  model: Model,
  layer: LayerType,
  content: { readonly params: Params; readonly x: number; readonly y: number },
): LayerNode {
  return { id: newNodeId(model, layer), layer, ...content }
}

function nodeOf(model: Model, id: string): LayerNode | undefined {
  return model.nodes.find((node) => node.id === id)
}

function takesMany(model: Model, id: string): boolean {
  const node = nodeOf(model, id)
  return node !== undefined && isLayerType(node.layer) && definitionOf(node.layer).inputs === 'many'
}

function hasEdge(edges: readonly Edge[], edge: Edge): boolean {
  return edges.some((other) => other[0] === edge[0] && other[1] === edge[1])
}

function bottomOf(model: Model): number {
  return model.nodes.length === 0 ? 0 : Math.max(...model.nodes.map((node) => node.y)) + NODE_HEIGHT + NODE_GAP_Y
}

function refusal(en: string, ko: string): { readonly ok: false; readonly text: Text } {
  return { ok: false, text: { en, ko } }
}
