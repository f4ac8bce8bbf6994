import type { Model } from '../../src-main/common/graph/graph.ts'
import { NODE_WIDTH } from '../../src-main/common/graph/layout.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'

/** A node of the project: ids are unique within a model only. */
export interface NodeRef {
  readonly model: string
  readonly node: string
}

/**
 * Where an arrow key leads: right and left along the wires, else to the nearest node that way; up and down to the
 * nearest node of the lane, else into the next lane. Null at the edge.
 */
export function walk(models: readonly Model[], from: NodeRef, direction: Direction): NodeRef | null {
  const index = models.findIndex((model) => model.id === from.model)
  const model = models[index]
  const node = model?.nodes.find((candidate) => candidate.id === from.node)
  if (!model || !node) return firstNode(models)
  const byId = new Map(model.nodes.map((candidate) => [candidate.id, candidate]))
  if (direction === 'left' || direction === 'right') {
    const wired = model.edges
      .flatMap(([source, target]) =>
        direction === 'right' ? (source === node.id ? [target] : []) : target === node.id ? [source] : [],
      )
      .flatMap((id) => byId.get(id) ?? [])
    const next = best(wired, (candidate) => Math.abs(candidate.y - node.y))
    if (next) return { model: model.id, node: next.id }
    const sign = direction === 'right' ? 1 : -1
    const beside = model.nodes.filter((candidate) => (candidate.x - node.x) * sign > 0)
    const nearest = best(beside, (candidate) => Math.abs(candidate.x - node.x) + 3 * Math.abs(candidate.y - node.y))
    return nearest ? { model: model.id, node: nearest.id } : null
  }
  const sign = direction === 'down' ? 1 : -1
  const beyond = model.nodes.filter(
    (candidate) => (candidate.y - node.y) * sign > 0 && Math.abs(candidate.x - node.x) <= 2 * NODE_WIDTH,
  )
  const sibling = best(beyond, (candidate) => Math.abs(candidate.y - node.y) + 2 * Math.abs(candidate.x - node.x))
  if (sibling) return { model: model.id, node: sibling.id }
  for (let other = index + sign; models[other]; other += sign) {
    const lane = models[other]
    const nearest = best(lane?.nodes ?? [], (candidate) => Math.abs(candidate.x - node.x))
    if (lane && nearest) return { model: lane.id, node: nearest.id }
  }
  return null
}

/** The first node of the first model that has one. */
export function firstNode(models: readonly Model[]): NodeRef | null {
  for (const model of models) {
    const node = best(model.nodes, (candidate) => candidate.x + candidate.y / 1_000)
    if (node) return { model: model.id, node: node.id }
  }
  return null
}

function best<T>(items: readonly T[], cost: (item: T) => number): T | null {
  let winner: T | null = null
  let lowest = Infinity
  for (const item of items) {
    const itemCost = cost(item)
    if (itemCost < lowest) {
      lowest = itemCost
      winner = item
    }
  }
  return winner
}
