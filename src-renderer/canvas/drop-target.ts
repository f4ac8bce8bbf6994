import type { Edge, LayerNode, Model } from '../../src-main/common/graph/graph.ts'
import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import { definitionOf } from '../../src-main/common/layers/registry.ts'
import type { LayerType } from '../../src-main/common/layers/registry.ts'
import type { Lane, Point, View } from './lanes.ts'
import { laneAt, lanesEndPx, toLane } from './lanes.ts'
import { onGrid } from './snap.ts'
import { curveBetween, distanceTo, inPort, outPort } from './wires.ts'

/** Where a dragged layer would go. Places are the new node's top left corner in its lane. */
export type DropTarget =
  | { readonly type: 'wire'; readonly model: string; readonly edge: Edge }
  | { readonly type: 'port'; readonly model: string; readonly node: string; readonly side: 'in' | 'out' }
  | { readonly type: 'lane'; readonly model: string; readonly at: Point }
  | { readonly type: 'new-lane' }

const WIRE_REACH_PX = 22
const PORT_REACH_X_PX = 128
const PORT_REACH_Y_PX = 56

/** What lies under a point of the screen for a layer that is dragged there: a free port, a wire, a lane or the space below. */
export function dropTargetAt(
  models: readonly Model[],
  lanes: readonly Lane[],
  view: View,
  at: Point,
  layer: LayerType,
): DropTarget {
  if (lanes.length === 0 || at.y >= lanesEndPx(lanes, view)) return { type: 'new-lane' }
  const lane = laneAt(lanes, view, at.y) ?? lanes[0]
  const model = models.find((candidate) => candidate.id === lane?.model)
  if (!lane || !model) return { type: 'new-lane' }
  const point = toLane(lane, view, at)
  const hasInputs = definitionOf(layer).inputs !== 0
  const port = freePortNear(model, point, hasInputs, Math.min(1, view.zoom))
  if (port) return { type: 'port', model: model.id, ...port }
  const edge = hasInputs ? edgeNear(model, point, WIRE_REACH_PX / Math.min(1, view.zoom)) : null
  if (edge) return { type: 'wire', model: model.id, edge }
  return {
    type: 'lane',
    model: model.id,
    at: { x: onGrid(point.x - NODE_WIDTH / 2), y: onGrid(point.y - NODE_HEIGHT / 2) },
  }
}

/** The wire nearest to a point within reach; null where there is none. */
export function edgeNear(model: Model, point: Point, reach: number): Edge | null {
  const byId = new Map(model.nodes.map((node) => [node.id, node]))
  let nearest: Edge | null = null
  let distance = reach
  for (const edge of model.edges) {
    const [from, to] = [byId.get(edge[0]), byId.get(edge[1])]
    if (!from || !to) continue
    const away = distanceTo(curveBetween(outPort(from), inPort(to)), point)
    if (away < distance) {
      distance = away
      nearest = edge
    }
  }
  return nearest
}

/** The nearest port without a wire whose outer side the point lies on; many-input layers always have room. */
function freePortNear(model: Model, point: Point, hasInputs: boolean, zoom: number) {
  const sources = new Set(model.edges.map(([from]) => from))
  const targets = new Set(model.edges.map(([, to]) => to))
  let best: { readonly node: string; readonly side: 'in' | 'out' } | null = null
  let nearest = Infinity
  const consider = (node: string, side: 'in' | 'out', port: Point) => {
    const across = (point.x - port.x) * (side === 'out' ? 1 : -1) * zoom
    const along = Math.abs(point.y - port.y) * zoom
    if (across < -24 || across > PORT_REACH_X_PX || along > PORT_REACH_Y_PX) return
    const distance = Math.hypot(across, along)
    if (distance >= nearest) return
    nearest = distance
    best = { node, side }
  }
  for (const node of model.nodes) {
    const { inputs } = definitionOf(node.layer)
    if (hasInputs && !sources.has(node.id)) consider(node.id, 'out', outPort(node))
    if (inputs === 'many' || (inputs === 1 && !targets.has(node.id))) consider(node.id, 'in', inPort(node))
  }
  return best as { readonly node: string; readonly side: 'in' | 'out' } | null
}

/** The node whose box holds a point, the topmost one first. */
export function nodeAt(model: Model, point: Point, marginX = 0): LayerNode | null {
  for (let index = model.nodes.length - 1; index >= 0; index--) {
    const node = model.nodes[index]
    if (
      node &&
      point.x >= node.x - marginX &&
      point.x <= node.x + NODE_WIDTH + marginX &&
      point.y >= node.y &&
      point.y <= node.y + NODE_HEIGHT
    ) {
      return node
    }
  }
  return null
}
