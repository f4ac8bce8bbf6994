/** Time spent on training, pauses left out. */
export interface RunClock {
  /** Milliseconds so far. */
  readonly now: () => number
  readonly stop: () => void
  readonly start: () => void
}

/** A clock that stands still until it is started, at what was spent before. */
export function createRunClock(beforeMs = 0): RunClock {
  let spentMs = beforeMs
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
