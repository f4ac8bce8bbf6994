import { untrack } from 'svelte'
import type { Forecast } from '../../../src-main/common/data/forecast.ts'
import type { Failure } from '../../../src-main/common/result.ts'
import type { Bridge } from '../../bridge/bridge.ts'

/** What is to be foretold: models of a run with the epoch of their weights; null is the run's result, or its newest. */
export interface ForecastWish {
  readonly path: string
  readonly run: string
  readonly models: readonly { readonly id: string; readonly epoch: number | null }[]
  readonly points: number
  readonly ahead: number
  /** Changes where the same wish would have another answer. */
  readonly version: string
}

/** The forecasts of a run's models; they follow the wish, one request at a time, and the newest wish is never lost. */
export class ForecastState {
  #bridge: Bridge
  #forecasts = $state.raw<readonly Forecast[]>([])
  #failure = $state.raw<Failure | null>(null)
  #busy = $state(false)
  #wish: ForecastWish | null = null
  #shownRun = ''

  /** Call while a component is set up. */
  constructor(bridge: Bridge, wish: () => ForecastWish | null) {
    this.#bridge = bridge
    $effect(() => {
      const wanted = wish()
      untrack(() => this.#follow(wanted))
    })
    $effect(() => () => {
      this.#wish = null
    })
  }

  get forecasts() {
    return this.#forecasts
  }
  get failure() {
    return this.#failure
  }
  get busy() {
    return this.#busy
  }

  #follow(wish: ForecastWish | null) {
    this.#wish = wish
    if (wish?.run !== this.#shownRun) {
      this.#forecasts = []
      this.#failure = null
      this.#shownRun = wish?.run ?? ''
    }
    if (wish && !this.#busy) void this.#work()
  }

  async #work() {
    this.#busy = true
    for (let wish = this.#wish; wish !== null; wish = this.#wish === wish ? null : this.#wish) {
      const found: Forecast[] = []
      let failure: Failure | null = null
      const { path, run, models, points, ahead } = wish
      for (const { id, epoch } of models) {
        const result = await this.#bridge.request('run.forecast', { path, run, model: id, epoch, points, ahead })
        if (result.ok) found.push(result.value)
        else failure = result.error
      }
      if (this.#wish?.run !== run) continue
      this.#forecasts = found
      this.#failure = failure
    }
    this.#busy = false
  }
}
