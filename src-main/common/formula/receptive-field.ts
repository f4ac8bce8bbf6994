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
  for (const id of [...order].reverse()) {
    const box = fields.get(id)
    if (!box) continue
    const boxes = windowsOf(model, shapeOf, id, box)
    for (const [index, source] of sourcesOf(model, id).entries()) {
      const reached = boxes[index]
      const before = fields.get(source)
      if (reached) fields.set(source, before ? around(before, reached) : reached)
    }
  }
  return fields
}

/** For each source of a node, in the order of the wires, what a box of its output is computed from; cut at the edges. */
export function windowsOf(
  model: Model,
  shapeOf: (node: string) => Shape | null,
  id: string,
  box: Box,
): readonly (Box | null)[] {
  const node = model.nodes.find((one) => one.id === id)
  const [shapes, output] = [sourcesOf(model, id).map(shapeOf), shapeOf(id)]
  const cell = node && definitionOf(node.layer).cell
  if (!cell || output === null || shapes.includes(null)) return shapes.map(() => null)
  const boxes = cell(node.params).reach(box, shapes as Shape[], output)
  return shapes.map((shape, index) => cut(boxes[index] ?? null, shape as Shape))
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
