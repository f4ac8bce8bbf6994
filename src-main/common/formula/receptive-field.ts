import type { Model, Shape } from '../graph/graph.ts'
import type { Box, Place } from '../layers/cells/cell.ts'
import { definitionOf } from '../layers/registry.ts'
import { sourcesOf } from './explain-cell.ts'

/**
 * For every node that a cell depends on, the smallest box that holds all it depends on there, cut at the edges. `order`
 * has each node after its sources; `shapeOf` gives outputs without the batch axis.
 */
export function fieldsOf(
  model: Model,
  order: readonly string[],
  shapeOf: (node: string) => Shape | null,
  cell: { readonly node: string; readonly at: Place },
): ReadonlyMap<string, Box> {
  const fields = new Map<string, Box>([[cell.node, { from: cell.at, to: cell.at }]])
  const byId = new Map(model.nodes.map((node) => [node.id, node]))
  for (const id of [...order].reverse()) {
    const [box, node, shape] = [fields.get(id), byId.get(id), shapeOf(id)]
    const cellRule = node && definitionOf(node.layer).cell
    if (!box || !shape || !cellRule) continue
    const sources = sourcesOf(model, id)
    const shapes = sources.map(shapeOf)
    if (shapes.includes(null)) continue
    const boxes = cellRule(node.params).reach(box, shapes as Shape[], shape)
    for (const [index, source] of sources.entries()) {
      const reached = cut(boxes[index] ?? null, shapes[index] as Shape)
      const before = fields.get(source)
      if (reached) fields.set(source, before ? around(before, reached) : reached)
    }
  }
  return fields
}

/** Null where nothing is left, as of a window that lies in the padding altogether. */
function cut(box: Box | null, shape: Shape): Box | null {
  if (!box) return null
  const from = box.from.map((index) => Math.max(0, index))
  const to = box.to.map((index, axis) => Math.min((shape[axis] ?? 1) - 1, index))
  return from.every((index, axis) => index <= (to[axis] ?? 0)) ? { from, to } : null
}

function around(one: Box, other: Box): Box {
  return {
    from: one.from.map((index, axis) => Math.min(index, other.from[axis] ?? index)),
    to: one.to.map((index, axis) => Math.max(index, other.to[axis] ?? index)),
  }
}
