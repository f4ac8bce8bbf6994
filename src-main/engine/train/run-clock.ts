/** Time spent on training, pauses left out. */
export interface RunClock {
  /** Milliseconds so far. */
  readonly now: () => number
  readonly stop: () => void
  readonly start: () => void
}

/** A clock that stands still until it is started. */
export function createRunClock(): RunClock {
  let spentMs = 0
  let sinceMs: number | null = null
  const now = () => spentMs + (sinceMs === null ? 0 : performance.now() - sinceMs)
  return {
    now,
    stop: () => {
      spentMs = now()
      sinceMs = null
    },
    start: () => {
      sinceMs ??= performance.now()
    },
  }
}
