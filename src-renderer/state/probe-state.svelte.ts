import type { Events } from '../../src-main/common/contract.ts'
import type { DataSource, PictureRef } from '../../src-main/common/data/dataset.ts'
import type { Model } from '../../src-main/common/graph/graph.ts'
import type { GivenPicture, OpenedPicture } from '../../src-main/common/training/explanation.ts'
import type { Failure } from '../../src-main/common/result.ts'
import type { Moment } from '../../src-main/common/training/moment.ts'
import type { Probe } from '../../src-main/common/training/probe.ts'
import type { Recipe } from '../../src-main/common/training/recipe.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { atNextTick } from './tick.ts'

/** What makes the same numbers: while it does not change, no new probe is asked for. */
interface Wanted {
  readonly key: string
  readonly ask: () => Promise<Probe | Failure>
}

/** The kernels and maps in view, one probe a model: untrained, live or of a stored epoch. */
export class ProbeState {
  #bridge: Bridge
  #probes = $state.raw<Readonly<Record<string, Probe>>>({})
  /** As they came, without what older ones told: all numbers are of one moment. */
  #latest = $state.raw<Readonly<Record<string, Probe>>>({})
  #failures = $state.raw<Readonly<Record<string, Failure>>>({})
  #asked = new Map<string, string>()
  #live = false
  #underWay = new Set<Promise<unknown>>()
  /** Probes of a training that wait for the next tick, by model. */
  #arrived = new Map<string, Probe>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onEvent((name, payload) => {
      if (name !== 'probe' || !this.#live) return
      const { probe } = payload as Events['probe']
      this.#asked.delete(probe.model)
      if (this.#arrived.size === 0) atNextTick(() => this.#showArrived())
      this.#arrived.set(probe.model, probe)
    })
  }

  /** The probe of a model in view, or null where there is none yet. */
  of(model: string): Probe | null {
    return this.#probes[model] ?? null
  }

  /** The newest probe alone: what is computed from several of its numbers comes out right. */
  latest(model: string): Probe | null {
    return this.#latest[model] ?? null
  }

  failureOf(model: string): Failure | null {
    return this.#failures[model] ?? null
  }

  /** While live, probes come as training events; requests stop. */
  set live(live: boolean) {
    this.#live = live
    if (live) this.#asked.clear()
  }

  #showArrived() {
    if (this.#live) {
      this.#latest = { ...this.#latest, ...Object.fromEntries(this.#arrived) }
      const arrived = [...this.#arrived].map(([model, probe]) => [model, withOlder(probe, this.#probes[model])])
      this.#probes = { ...this.#probes, ...(Object.fromEntries(arrived) as Record<string, Probe>) }
    }
    this.#arrived.clear()
  }

  /** `weights` are the nodes of which all weights are wanted. */
  async showUntrained(options: {
    model: Model
    recipe: Recipe
    source: DataSource
    picture: PictureRef
    visitor: Visitor | null
    weights: readonly string[]
  }) {
    const { model, recipe, source, picture, visitor, weights } = options
    const graph = { edges: model.edges, nodes: model.nodes.map(({ id, layer, params }) => ({ id, layer, params })) }
    await this.#show(model.id, {
      key: JSON.stringify(['untrained', graph, recipe.seed, recipe.loss, source, picture, visitor?.id, weights]),
      ask: async () => {
        const nodes = model.nodes.map((node) => node.id)
        const result = await this.#bridge.request('inspect.untrained', {
          model,
          recipe,
          source,
          picture,
          ...givenOf(visitor),
          nodes,
          weights,
        } as never)
        return result.ok ? result.value : result.error
      },
    })
  }

  async showStored(options: {
    path: string
    run: string
    model: Model
    moment: Moment
    picture: PictureRef
    visitor: Visitor | null
    weights: readonly string[]
  }) {
    const { path, run, model, moment, picture, visitor, weights } = options
    await this.#show(model.id, {
      key: JSON.stringify(['stored', path, run, moment, picture, visitor?.id, weights]),
      ask: async () => {
        const nodes = model.nodes.map((node) => node.id)
        const wanted = { path, run, model: model.id, moment, picture, ...givenOf(visitor), nodes, weights }
        const result = await this.#bridge.request('run.probe', wanted)
        return result.ok ? result.value : result.error
      },
    })
  }

  /** When all that was asked for so far is answered. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#underWay])
  }

  forget(model: string) {
    this.#asked.delete(model)
    const { [model]: _, ...rest } = this.#probes
    this.#probes = rest
    const { [model]: __, ...others } = this.#latest
    this.#latest = others
  }

  async #show(model: string, wanted: Wanted) {
    if (this.#asked.get(model) === wanted.key) return
    this.#asked.set(model, wanted.key)
    const asking = wanted.ask()
    this.#underWay.add(asking)
    const answer = await asking.finally(() => this.#underWay.delete(asking))
    if (this.#asked.get(model) !== wanted.key) return
    if ('maps' in answer) {
      this.#probes = { ...this.#probes, [model]: answer }
      this.#latest = { ...this.#latest, [model]: answer }
      const { [model]: _, ...rest } = this.#failures
      this.#failures = rest
    } else {
      // What was shown before is of another moment, or another picture.
      this.forget(model)
      this.#failures = { ...this.#failures, [model]: answer }
    }
  }
}

/** A picture that is looked at in place of the pinned one, until another is pinned. */
export interface Visitor extends OpenedPicture {
  readonly id: string
}

/** What an engine is told of it. */
export function givenOf(visitor: Visitor | null): { readonly given?: GivenPicture } {
  return visitor ? { given: { shape: visitor.shape, pixels: visitor.pixels } } : {}
}

/** A training tells only what is in view: the rest stays as it was, so that what comes into view is not empty at first. */
function withOlder(probe: Probe, older: Probe | undefined): Probe {
  if (older === undefined) return probe
  const rest = (what: 'maps' | 'kernels') => {
    const told = new Set(probe[what].map(({ node }) => node))
    return older[what].filter(({ node }) => !told.has(node))
  }
  return { ...probe, maps: [...probe.maps, ...rest('maps')], kernels: [...probe.kernels, ...rest('kernels')] }
}
