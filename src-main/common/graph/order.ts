import type { Edge } from './graph.ts'

export interface GraphOrder {
  /** From inputs to outputs, as they are listed where the wires leave a choice; what hangs on a cycle comes last. */
  readonly order: readonly string[]
  /** How many nodes at the front of `order` depend on no cycle. */
  readonly acyclic: number
  /** The wires that close a cycle: without them there is none. */
  readonly closing: readonly Edge[]
}

/** Orders nodes so that every wire points forward. Wires must join listed nodes. Takes time linear in nodes and wires. */
export function orderNodes(ids: readonly string[], edges: readonly Edge[]): GraphOrder {
  const waiting = new Map(ids.map((id) => [id, 0]))
  const following = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const [from, to] of edges) {
    waiting.set(to, (waiting.get(to) ?? 0) + 1)
    following.get(from)?.push(to)
  }
  const order = ids.filter((id) => waiting.get(id) === 0)
  for (let position = 0; position < order.length; position++) {
    for (const to of following.get(order[position]!)!) {
      const left = waiting.get(to)! - 1
      waiting.set(to, left)
      if (left === 0) order.push(to)
    }
  }
  const acyclic = order.length
  if (acyclic === ids.length) return { order, acyclic, closing: [] }
  const closing = closingEdges([...order, ...ids], following)
  const placed = new Set(order)
  return { order: [...order, ...ids.filter((id) => !placed.has(id))], acyclic, closing }
}

/** Depth first without recursion: a wire to a node that is still on the path closes a cycle. */
function closingEdges(starts: readonly string[], following: ReadonlyMap<string, readonly string[]>): readonly Edge[] {
  const state = new Map<string, 'open' | 'done'>()
  const closing: Edge[] = []
  for (const start of starts) {
    if (state.has(start)) continue
    state.set(start, 'open')
    const path = [{ id: start, next: 0 }]
    while (path.length > 0) {
      const top = path.at(-1)!
      const to = following.get(top.id)?.[top.next++]
      if (to === undefined) {
        state.set(top.id, 'done')
        path.pop()
      } else if (state.get(to) === 'open') {
        if (!closing.some((edge) => edge[0] === top.id && edge[1] === to)) closing.push([top.id, to])
      } else if (!state.has(to)) {
        state.set(to, 'open')
        path.push({ id: to, next: 0 })
      }
    }
  }
  return closing
}
