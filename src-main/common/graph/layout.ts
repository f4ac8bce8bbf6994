import { graphlib, layout as layOut } from '@dagrejs/dagre'
import type { Edit } from './edit.ts'
import type { Graph, LayerNode, Model } from './graph.ts'

/** A node's box on the canvas, and the room between boxes, in canvas units. */
export const NODE_WIDTH = 168
export const NODE_HEIGHT = 148
export const NODE_GAP_X = 72
export const NODE_GAP_Y = 32

/** Nodes placed in layers from left to right, inputs at x 0; the box around them starts at (0, 0). */
export function placeNodes(graph: Graph): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const chain = asChain(graph)
  if (chain) return new Map(chain.map((node, position) => [node.id, { x: position * (NODE_WIDTH + NODE_GAP_X), y: 0 }]))
  const drawing = new graphlib.Graph({ multigraph: false })
  drawing.setGraph({ rankdir: 'LR', nodesep: NODE_GAP_Y, ranksep: NODE_GAP_X, edgesep: 16 })
  drawing.setDefaultEdgeLabel(() => ({}))
  const known = new Set<string>()
  for (const node of graph.nodes) {
    known.add(node.id)
    drawing.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT })
  }
  for (const [from, to] of graph.edges) {
    if (from !== to && known.has(from) && known.has(to)) drawing.setEdge(from, to, {})
  }
  layOut(drawing)
  const corners = [...known].map((id) => {
    const { x = 0, y = 0 } = drawing.node(id) as { x?: number; y?: number }
    return { id, x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }
  })
  const left = Math.min(...corners.map(({ x }) => x))
  const top = Math.min(...corners.map(({ y }) => y))
  return new Map(corners.map(({ id, x, y }) => [id, { x: Math.round(x - left), y: Math.round(y - top) }]))
}

/** Moves the nodes that automatic layout would place elsewhere. */
export function automaticLayout(model: Model): readonly Edit[] {
  const places = placeNodes(model)
  return model.nodes.flatMap((node) => {
    const place = places.get(node.id)
    if (!place || (place.x === node.x && place.y === node.y)) return []
    return [{ type: 'move-node', model: model.id, node: node.id, x: place.x, y: place.y } as const]
  })
}

/** The graph's nodes with the places of automatic layout. */
export function laidOut<G extends Graph>(graph: G): G {
  const places = placeNodes(graph)
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ...places.get(node.id) })) }
}

/** The nodes from first to last where they form one plain chain; null otherwise, and for an empty graph. */
export function asChain(graph: Graph): readonly LayerNode[] | null {
  if (graph.nodes.length === 0 || graph.edges.length !== graph.nodes.length - 1) return null
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const next = new Map<string, string>(graph.edges)
  const targets = new Set(graph.edges.map(([, to]) => to))
  if (byId.size !== graph.nodes.length || next.size !== graph.edges.length || targets.size !== graph.edges.length)
    return null
  const chain: LayerNode[] = []
  let current = graph.nodes.find((node) => !targets.has(node.id))
  while (current) {
    chain.push(current)
    const following: string | undefined = next.get(current.id)
    if (following === undefined) break
    current = byId.get(following)
    if (!current || chain.length > graph.nodes.length) return null
  }
  return chain.length === graph.nodes.length ? chain : null
}
