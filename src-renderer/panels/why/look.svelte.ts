import type { Events, JobProgress } from '../../../src-main/common/contract.ts'
import type { Failure, Result } from '../../../src-main/common/result.ts'
import type { Bridge } from '../../bridge/bridge.ts'

/** One question to the engine at a time: its answer, how far it is, and why there is none. A new one ends the one before. */
export class Look<T> {
  #bridge: Bridge
  #value = $state.raw<T | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #progress = $state.raw<JobProgress | null>(null)
  #busy = $state(false)
  #job = ''

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** The last answer; it stays until the next one is there. */
  get value() {
    return this.#value
  }
  get failure() {
    return this.#failure
  }
  get progress() {
    return this.#progress
  }
  get busy() {
    return this.#busy
  }

  /** Hears of progress until the answer is called, which ends what is under way. */
  listen(): () => void {
    const leave = this.#bridge.onEvent((name, payload) => {
      if (name !== 'progress') return
      const progress = payload as Events['progress']
      if (progress.job === this.#job) this.#progress = progress.state === 'running' ? progress : null
    })
    return () => {
      leave()
      this.cancel()
    }
  }

  async ask(request: (job: string) => Promise<Result<T>>) {
    this.cancel()
    const job = `look-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
    this.#job = job
    this.#busy = true
    const result = await request(job)
    if (job !== this.#job) return
    this.#job = ''
    this.#busy = false
    this.#progress = null
    this.#failure = result.ok ? null : result.error
    this.#value = result.ok ? result.value : null
  }

  /** Ends what is under way and forgets what came of the last question. */
  clear() {
    this.cancel()
    this.#value = null
    this.#failure = null
  }

  /** Ends what is under way; the last answer stays. */
  cancel() {
    if (this.#job !== '') void this.#bridge.request('job.cancel', { job: this.#job })
    this.#job = ''
    this.#busy = false
    this.#progress = null
  }
}
