import { untrack } from 'svelte'

/** Follows a value that changes every frame, but not more often than every `intervalMs`; the newest is never lost. */
export class Throttled<T> {
  #value = $state.raw() as T
  #timer: ReturnType<typeof setTimeout> | null = null
  #waiting: { readonly value: T } | null = null
  #intervalMs: number

  /** Call while a component is set up. */
  constructor(read: () => T, intervalMs: number) {
    this.#intervalMs = intervalMs
    this.#value = untrack(read)
    $effect(() => {
      const value = read()
      untrack(() => this.#offer(value))
    })
    $effect(() => () => {
      if (this.#timer !== null) clearTimeout(this.#timer)
    })
  }

  get value(): T {
    return this.#value
  }

  #offer(value: T) {
    if (this.#timer !== null) {
      this.#waiting = { value }
      return
    }
    this.#value = value
    this.#timer = setTimeout(() => {
      this.#timer = null
      const waiting = this.#waiting
      this.#waiting = null
      if (waiting) this.#offer(waiting.value)
    }, this.#intervalMs)
  }
}
