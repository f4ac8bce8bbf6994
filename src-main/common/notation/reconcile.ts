import { applyModelEdit } from '../graph/apply-edit.ts'
import type { ModelEdit } from '../graph/apply-edit.ts'
import type { Edit } from '../graph/edit.ts'
import type { Edge, Graph, LayerNode, Model, ParamValue } from '../graph/graph.ts'
import { asChain, automaticLayout } from '../graph/layout.ts'
import { newNodeId } from '../graph/names.ts'
import { orderNodes } from '../graph/order.ts'
import { definitionOf, isLayerType } from '../layers/registry.ts'

/**
 * The fewest edits that make a model say what a parsed notation says. Layers that stay keep their ids, names and all
 * that the notation does not speak of, such as how their weights start; the model is laid out anew only where layers
 * came or went.
 */
export function reconcile(model: Model, parsed: Graph): readonly Edit[] {
  const wanted = asChain(parsed) ?? parsed.nodes
  const present = asChain(model) ?? inOrder(model)
  const partners = align(present, wanted)
  const draft = { model, edits: [] as ModelEdit[] }
  const apply = (edit: ModelEdit): void => {
    draft.model = applyModelEdit(draft.model, edit).model
    draft.edits.push(edit)
  }
  const kept = new Set(partners.filter((node) => node !== null).map((node) => node.id))
  const named = { model: model.id }
  for (const node of present) if (!kept.has(node.id)) apply({ type: 'remove-node', ...named, node: node.id })
  const ids = wanted.map((node, index) => {
    const partner = partners[index]
    if (!partner) {
      const id = newNodeId(draft.model, node.layer)
      apply({ type: 'add-node', ...named, node: { ...node, id } })
      return id
    }
    for (const [param, value] of changedParams(partner, node))
      apply({ type: 'set-param', ...named, node: partner.id, param, value })
    return partner.id
  })
  const edges = ids.slice(1).map((id, index): Edge => [ids[index]!, id])
  const same = (a: Edge) => (b: Edge) => a[0] === b[0] && a[1] === b[1]
  for (const edge of draft.model.edges) if (!edges.some(same(edge))) apply({ type: 'remove-edge', ...named, edge })
  for (const edge of edges) if (!draft.model.edges.some(same(edge))) apply({ type: 'add-edge', ...named, edge })
  const restructured = draft.edits.some((edit) => edit.type === 'add-node' || edit.type === 'remove-node')
  return restructured ? [...draft.edits, ...automaticLayout(draft.model)] : draft.edits
}

/** Parameters that the notation states and that differ in meaning, not only in writing (5 and [5, 5]). */
function changedParams(present: LayerNode, wanted: LayerNode): readonly (readonly [string, ParamValue | undefined])[] {
  const definition = definitionOf(wanted.layer)
  // A notation leaves out usual strides and padding, so their absence states the default.
  const stated = new Set([...Object.keys(wanted.params), ...['strides', 'padding', 'dilationRate', 'useBias']])
  return [...stated].flatMap((param) => {
    const kind = definition.params[param]
    if (!kind) return []
    const before = present.params[param] ?? kind.default
    const after = wanted.params[param] ?? kind.default
    if (plain(before) === plain(after)) return []
    if (param === 'strides' && after === null && plain(before) === plain(present.params['poolSize'] ?? 2)) return []
    return [[param, wanted.params[param]] as const]
  })
}

/** A value's text with equal axes written once. */
function plain(value: ParamValue): string {
  if (Array.isArray(value) && value.length > 0 && value.length <= 2 && value.every((length) => length === value[0]))
    return JSON.stringify(value[0])
  return JSON.stringify(value)
}

function inOrder(model: Model): readonly LayerNode[] {
  const byId = new Map(model.nodes.map((node) => [node.id, node]))
  const edges = model.edges.filter(([from, to]) => byId.has(from) && byId.has(to))
  return orderNodes([...byId.keys()], edges).order.map((id) => byId.get(id)!)
}

/** For every wanted node the present one that becomes it, or null: the alignment with the least change. */
function align(present: readonly LayerNode[], wanted: readonly LayerNode[]): readonly (LayerNode | null)[] {
  const gap = 2
  const costs = Array.from({ length: present.length + 1 }, (_, row) =>
    Array.from({ length: wanted.length + 1 }, (_, column) => (row === 0 ? column : column === 0 ? row : 0) * gap),
  )
  const cost = (row: number, column: number): number => costs[row]?.[column] ?? Infinity
  for (let row = 1; row <= present.length; row++) {
    for (let column = 1; column <= wanted.length; column++) {
      costs[row]![column] = Math.min(
        cost(row - 1, column) + gap,
        cost(row, column - 1) + gap,
        cost(row - 1, column - 1) + difference(present[row - 1]!, wanted[column - 1]!),
      )
    }
  }
  const partners: (LayerNode | null)[] = wanted.map(() => null)
  let row = present.length
  let column = wanted.length
  while (row > 0 && column > 0) {
    const before = present[row - 1]!
    const after = wanted[column - 1]!
    if (cost(row, column) === cost(row - 1, column - 1) + difference(before, after)) {
      partners[column - 1] = before
      row--
      column--
    } else if (cost(row, column) === cost(row - 1, column) + gap) row--
    else column--
  }
  return partners
}

/** What turning one layer into another costs: nothing, a change of parameters, or more than leaving one and adding the other. */
function difference(present: LayerNode, wanted: LayerNode): number {
  if (present.layer !== wanted.layer || !isLayerType(present.layer)) return 100
  return changedParams(present, wanted).length === 0 ? 0 : 1
}
