import type { TrainingEvent } from '../common/training/events.ts'

const HELD_MS = 200

/**
 * Gathers what comes many times a second, because each message costs the training its share of a core. All else goes
 * out at once, with what waits before it; of the progress only the newest is kept.
 */
export function createEventBatch(send: (events: readonly TrainingEvent[]) => void): (event: TrainingEvent) => void {
  let waiting: TrainingEvent[] = []
  let sentMs = -Infinity
  return (event) => {
    if (event.type === 'progress') waiting = waiting.filter(({ type }) => type !== 'progress')
    waiting.push(event)
    const mayWait = event.type === 'progress' || event.type === 'step'
    if (mayWait && performance.now() - sentMs < HELD_MS) return
    sentMs = performance.now()
    const events = waiting
    waiting = []
    send(events)
  }
}
