import type { ModelView } from '../../src-main/common/training/probe.ts'

type What = 'maps' | 'kernels' | 'weights'

/** Which maps and kernels are in view somewhere in the window: nothing else is asked of a training. */
export class InView {
  /** How many places show it, by what, model and node. */
  #places = new Map<string, number>()
  #changes = $state(0)

  /** Says that a node's maps, kernels or weights are in view, until the answer is called. */
  see(what: What, model: string, node: string): () => void {
    const key = keyOf(what, model, node)
    this.#change(key, 1)
    return () => this.#change(key, -1)
  }

  /** The same for the maps and the kernels of several nodes. */
  seeAll(model: string, nodes: readonly string[]): () => void {
    const leave = nodes.flatMap((node) => [this.see('maps', model, node), this.see('kernels', model, node)])
    return () => {
      for (const one of leave) one()
    }
  }

  /** What is in view of a model with these nodes. */
  of(model: string, nodes: readonly string[]): ModelView {
    void this.#changes
    const seen = (what: What) => nodes.filter((node) => this.#places.has(keyOf(what, model, node)))
    return { model, maps: seen('maps'), kernels: seen('kernels'), weights: seen('weights') }
  }

  #change(key: string, by: 1 | -1) {
    const before = this.#places.get(key) ?? 0
    if (before + by === 0) this.#places.delete(key)
    else this.#places.set(key, before + by)
    if (before === 0 || before + by === 0) queueMicrotask(() => (this.#changes += 1))
  }
}

function keyOf(what: What, model: string, node: string): string {
  return JSON.stringify([what, model, node])
}
