import type { Edge } from '../../src-main/common/graph/graph.ts'

/** What is selected on the canvas: nodes of one model, or one of its wires. Never part of undo. */
export class SelectionState {
  #model = $state<string | null>(null)
  #nodes = $state.raw<ReadonlySet<string>>(new Set())
  #edge = $state.raw<Edge | null>(null)

  /** The lane that keyboard commands act on; stays when nothing in it is selected. */
  get model() {
    return this.#model
  }
  get nodes() {
    return this.#nodes
  }
  get edge() {
    return this.#edge
  }

  /** The only selected node; null when there is none or several. */
  readonly node: string | null = $derived(this.#nodes.size === 1 ? ([...this.#nodes][0] ?? null) : null)

  select(model: string, nodes: Iterable<string>) {
    this.#model = model
    this.#nodes = new Set(nodes)
    this.#edge = null
  }

  toggle(model: string, node: string) {
    if (this.#model !== model) return this.select(model, [node])
    const nodes = new Set(this.#nodes)
    if (!nodes.delete(node)) nodes.add(node)
    this.select(model, nodes)
  }

  selectEdge(model: string, edge: Edge) {
    this.#model = model
    this.#nodes = new Set()
    this.#edge = edge
  }

  focusModel(model: string | null) {
    if (this.#model === model) return
    this.#model = model
    this.#nodes = new Set()
    this.#edge = null
  }

  clear() {
    this.#nodes = new Set()
    this.#edge = null
  }
}
