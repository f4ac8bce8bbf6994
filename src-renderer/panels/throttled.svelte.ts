import { untrack } from 'svelte'
import { atNextTick, tickMs } from '../state/tick.ts'

/**
 * Follows a value that changes at ticks, but shows it at those only that are about `everyMs` apart; the newest is never
 * lost. What it shows changes within a tick, together with all else, so that one frame draws both.
 */
export class Throttled<T> {
  #value = $state.raw() as T
  #shownMs = -Infinity
  #waiting: { readonly value: T } | null = null
  #everyMs: number
  #alive = true

  /** Call while a component is set up. */
  constructor(read: () => T, everyMs: number) {
    this.#everyMs = everyMs
    this.#value = untrack(read)
    $effect.pre(() => {
      const value = read()
      untrack(() => this.#offer(value))
    })
    $effect(() => () => {
      this.#alive = false
    })
  }

  get value(): T {
    return this.#value
  }

  #offer(value: T) {
    if (value === this.#value) return
    if (this.#isDue()) {
      this.#shownMs = performance.now()
      this.#waiting = null
      this.#value = value
      return
    }
    const asked = this.#waiting !== null
    this.#waiting = { value }
    if (!asked) this.#wait()
  }

  /** Half a tick early is due: timers are late now and then, and a tick must not be missed for it. */
  #isDue() {
    return performance.now() - this.#shownMs >= this.#everyMs - tickMs() / 2
  }

  #wait() {
    atNextTick(() => {
      if (!this.#alive || this.#waiting === null) return
      if (this.#isDue()) this.#offer(this.#waiting.value)
      else this.#wait()
    })
  }
}
