import type { RunState, TrainingEvent } from './events.ts'

/** How a run can go on: as it was planned, where it was stopped or cut off; for more epochs, where it came to its end. */
export type WayOn = 'as-planned' | 'more-epochs'

type Finish = Extract<TrainingEvent, { type: 'model-finished' }>['reason']

/** The way on for a run that has a checkpoint; null where it is under way or has nothing left that could learn. */
export function wayOnOf(state: RunState, reasons: readonly Finish[]): WayOn | null {
  if (state === 'stopped' || state === 'interrupted' || state === 'failed') return 'as-planned'
  if (state !== 'finished' || reasons.every((reason) => reason === 'diverged')) return null
  return 'more-epochs'
}

/** What a run is that has ended by itself or was stopped, by what became of its models. */
export function stateAtEnd(reasons: readonly Finish[]): 'finished' | 'stopped' {
  return reasons.includes('stopped') ? 'stopped' : 'finished'
}

/** What a failure makes of a run: one that was cut off from outside can go on. */
export function stateAfter({ code }: { readonly code: string }): 'interrupted' | 'failed' {
  return code === 'engine-crashed' || code === 'out-of-memory' ? 'interrupted' : 'failed'
}

/** What became of each model; the newest counts, for a run that went on ended more than once. */
export function reasonsOf(events: readonly TrainingEvent[]): readonly Finish[] {
  const ends = events.flatMap((event) =>
    event.type === 'model-finished' ? [[event.model, event.reason] as const] : [],
  )
  return [...new Map(ends).values()]
}
