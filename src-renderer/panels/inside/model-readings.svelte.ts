import type { RequestParams } from '../../../src-main/common/contract.ts'
import type { Model } from '../../../src-main/common/graph/graph.ts'
import { isSameMoment } from '../../../src-main/common/training/moment.ts'
import type { Moment } from '../../../src-main/common/training/moment.ts'
import type { Failure } from '../../../src-main/common/result.ts'
import type { Readings } from '../../../src-main/common/training/readings.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'

/** Whoever moves through time quickly waits for no readings. */
const REST_MS = 400

/** The readings of a model at the moment that is shown; of all its moments while `series` is asked for. */
export class ModelReadings {
  #workspace: Workspace
  #model: () => Model | null
  /** A text, for a training changes the view four times a second, and this seldom. */
  readonly #wantedText: string = $derived.by(() => JSON.stringify(this.#findWanted()))
  readonly #wanted = $derived(JSON.parse(this.#wantedText) as readonly RequestParams<'run.readings'>[])

  #isSeries: () => boolean

  #findWanted(): readonly RequestParams<'run.readings'>[] {
    const model = this.#model()
    const { path } = this.#workspace.project
    const { view } = this.#workspace.training
    const shown = model && this.#workspace.momentOf(model)
    if (!model || !view || path === null || !shown) return []
    const moments = view.snapshots[model.id] ?? []
    const others = this.#isSeries() ? moments.filter((moment) => !isSameMoment(moment, shown)) : []
    return [shown, ...others].map((moment) => ({ path, run: view.run, model: model.id, moment }))
  }

  /** Call while a component is set up. */
  constructor(workspace: Workspace, model: () => Model | null, isSeries: () => boolean) {
    this.#workspace = workspace
    this.#model = model
    this.#isSeries = isSeries
    $effect(() => {
      const wanted = this.#wanted
      const timer = setTimeout(() => workspace.readings.want(wanted), REST_MS)
      return () => clearTimeout(timer)
    })
    $effect(() => () => workspace.readings.want([]))
  }

  get current(): Readings | null {
    const answer = this.#wanted[0] ? this.#workspace.readings.of(this.#wanted[0]) : null
    return answer && 'value' in answer ? answer.value : null
  }

  get failure(): Failure | null {
    const answer = this.#wanted[0] ? this.#workspace.readings.of(this.#wanted[0]) : null
    return answer && 'failure' in answer ? answer.failure : null
  }

  /** True where a moment is stored whose readings can be had. */
  get isStored(): boolean {
    return this.#wanted.length > 0
  }

  /** What has come so far, in the order of time. */
  get series(): readonly { readonly moment: Moment; readonly readings: Readings }[] {
    return this.#wanted
      .flatMap((wanted) => {
        const answer = this.#workspace.readings.of(wanted)
        return answer && 'value' in answer ? [{ moment: wanted.moment, readings: answer.value }] : []
      })
      .sort((one, other) => one.readings.step - other.readings.step)
  }
}
