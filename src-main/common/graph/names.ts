import { definitionOf, isLayerType } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import type { Graph, LayerNode } from './graph.ts'

/** An id that no node of the graph has, nor one of `taken`: the layer's prefix and a number, such as "c3". */
export function newNodeId(graph: Graph, layer: LayerType, taken: ReadonlySet<string> = new Set()): string {
  const used = new Set(graph.nodes.map((node) => node.id))
  const prefix = definitionOf(layer).prefix.toLowerCase()
  if (layer === 'input' && !used.has(prefix) && !taken.has(prefix)) return prefix
  let number = 1
  while (used.has(`${prefix}${number}`) || taken.has(`${prefix}${number}`)) number++
  return `${prefix}${number}`
}

/** A model id that is not among `taken`: "model1", "model2", … */
export function newModelId(taken: readonly string[]): string {
  let number = 1
  while (taken.includes(`model${number}`)) number++
  return `model${number}`
}

/**
 * The name of every node: its own, or the layer's prefix with a number. Dense layers carry their units (FC84), others
 * count along `order`; what there is once and has nothing to set goes without a number (F, GAP, in).
 */
export function displayNames(nodes: readonly LayerNode[]): ReadonlyMap<string, string> {
  const totals = new Map<string, number>()
  for (const node of nodes) {
    const prefix = prefixOf(node)
    totals.set(prefix, (totals.get(prefix) ?? 0) + 1)
  }
  const counts = new Map<string, number>()
  const names = new Map<string, string>()
  for (const node of nodes) {
    const prefix = prefixOf(node)
    const count = (counts.get(prefix) ?? 0) + 1
    counts.set(prefix, count)
    if (node.name !== undefined && node.name !== '') {
      names.set(node.id, node.name)
      continue
    }
    const definition = isLayerType(node.layer) ? definitionOf(node.layer) : null
    const ownNumber = definition?.nameNumber(node.params) ?? null
    if (ownNumber !== null) {
      const key = `${prefix}${ownNumber}`
      const same = (counts.get(key) ?? 0) + 1
      counts.set(key, same)
      names.set(node.id, same === 1 ? key : `${key} (${same})`)
    } else {
      const single = totals.get(prefix) === 1 && (node.layer === 'input' || isPlain(node))
      names.set(node.id, single || (node.layer === 'input' && count === 1) ? prefix : `${prefix}${count}`)
    }
  }
  return names
}

function prefixOf(node: LayerNode): string {
  return isLayerType(node.layer) ? definitionOf(node.layer).prefix : String(node.layer)
}

function isPlain(node: LayerNode): boolean {
  return isLayerType(node.layer) && Object.keys(definitionOf(node.layer).params).length === 0
}
