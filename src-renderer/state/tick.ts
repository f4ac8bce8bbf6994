/**
 * How often what comes from a training is shown: four times a second, which an eye reads well, and less often where
 * drawing would take more from the training than its share of the machine, which is 1 % of each core.
 */
const SHORTEST_MS = 250
const LONGEST_MS = 1_000
const SHARE_OF_A_CORE = 0.01

const waiting = new Set<() => void>()
let intervalMs = SHORTEST_MS
let shortestMs = SHORTEST_MS

/** The time between two moments now, in milliseconds. */
export function tickMs(): number {
  return intervalMs
}

/** Whether no more than a training's progress is in view, for which one moment a second is enough. */
export function setOnlyProgressInView(isOnly: boolean) {
  shortestMs = isOnly ? LONGEST_MS : SHORTEST_MS
  intervalMs = intervalFor(meanMs)
}

/**
 * Runs at the next of the moments that all share, so that what changes together is drawn once. All that wait are called
 * from one timer: a frame between two of them would be drawn for nothing.
 */
export function atNextTick(run: () => void) {
  if (waiting.size === 0) setTimeout(runAll, intervalMs - (performance.now() % intervalMs))
  waiting.add(run)
}

function runAll() {
  const due = [...waiting]
  waiting.clear()
  const startMs = performance.now()
  for (const run of due) run()
  // The components answer in a microtask, which comes before this one's continuation.
  void Promise.resolve().then(() => measureFrame(performance.now() - startMs))
}

/** Adds what the frame costs that draws a tick, and sets the interval by a mean that forgets. */
function measureFrame(runMs: number) {
  requestAnimationFrame(() => {
    const startMs = performance.now()
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      intervalMs = intervalFor(runMs + performance.now() - startMs)
    }
    port2.postMessage(null)
  })
}

let meanMs = 0

/** The interval at which a cost of `costMs` keeps to its share, after the costs before it. */
function intervalFor(costMs: number): number {
  meanMs = meanMs === 0 ? costMs : meanMs * 0.8 + costMs * 0.2
  const share = SHARE_OF_A_CORE * navigator.hardwareConcurrency
  return Math.min(LONGEST_MS, Math.max(shortestMs, Math.round(meanMs / share / SHORTEST_MS) * SHORTEST_MS))
}
