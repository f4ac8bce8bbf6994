import { untrack } from 'svelte'
import type { RequestName, RequestParams, RequestResult } from '../../src-main/common/contract.ts'
import type { Failure } from '../../src-main/common/result.ts'
import type { Bridge } from '../bridge/bridge.ts'

const KEPT = 400
/** Of the time, while a training is under way: it needs the same cores. */
const SHARE_WHILE_TRAINING = 0.03
/** A first answer may take long, and the training may end meanwhile. */
const LONGEST_PAUSE_MS = 5_000

type Answer<N extends RequestName> = { readonly value: RequestResult<N> } | { readonly failure: Failure }

interface Options<N extends RequestName> {
  readonly bridge: Bridge
  readonly name: N
  readonly isTraining: () => boolean
  /** The same text for the same question; by default all that is asked. */
  readonly keyOf?: (wanted: RequestParams<N>) => string
}

/**
 * Answers to requests that take a while and are always the same for the same parameters: kept, asked for one at a time,
 * and only while they are still wanted.
 */
export class PatientAnswers<N extends RequestName> {
  #options: Options<N>
  #answers = $state.raw<ReadonlyMap<string, Answer<N>>>(new Map())
  #wanted: readonly RequestParams<N>[] = []
  #busy = false

  constructor(options: Options<N>) {
    this.#options = options
  }

  /** Null while it is on its way. */
  of(wanted: RequestParams<N>): Answer<N> | null {
    return this.#answers.get(this.#keyOf(wanted)) ?? null
  }

  /** In the order in which they shall come; replaces what was wanted before. */
  want(wanted: readonly RequestParams<N>[]) {
    this.#wanted = wanted
    untrack(() => {
      // What failed is tried again: an epoch is told a moment before its weights are stored.
      const answered = [...this.#answers].filter(([, answer]) => 'value' in answer)
      if (answered.length < this.#answers.size) this.#answers = new Map(answered)
      if (!this.#busy) void this.#work()
    })
  }

  #keyOf(wanted: RequestParams<N>): string {
    return this.#options.keyOf?.(wanted) ?? JSON.stringify(wanted)
  }

  async #work() {
    const { bridge, name, isTraining } = this.#options
    this.#busy = true
    const next = () => this.#wanted.find((one) => !this.#answers.has(this.#keyOf(one)))
    for (let wanted = next(); wanted; wanted = next()) {
      const startMs = performance.now()
      const answer = await bridge.request(name, wanted)
      // It gave way to something else that is looked at; then its turn comes again.
      if (!answer.ok && answer.error.code === 'cancelled') continue
      const kept = [...this.#answers].slice(-KEPT)
      const told = answer.ok ? { value: answer.value } : { failure: answer.error }
      this.#answers = new Map([...kept, [this.#keyOf(wanted), told]])
      if (!isTraining()) continue
      const pauseMs = (performance.now() - startMs) * (1 / SHARE_WHILE_TRAINING - 1)
      await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, LONGEST_PAUSE_MS)))
    }
    this.#busy = false
  }
}
