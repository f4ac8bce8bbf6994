import type { TrainingEvent } from './events.ts'
import { isBetter, monitoredValue } from './monitor.ts'
import type { Recipe } from './recipe.ts'

type EventOf<T extends TrainingEvent['type']> = Extract<TrainingEvent, { type: T }>
type Recipes = Pick<Recipe, 'earlyStopping'>

/** What a model of a run came to. Validation and test are figures of one and the same weights: those that are the result. */
export interface Outcome {
  /** The epoch whose weights are the result: the best where the recipe restores it, else the last; 0 is before the first step. */
  readonly epoch: number
  /** True where they are of a step within that epoch, because the model was stopped or diverged: no validation is of them. */
  readonly isWithin: boolean
  /** That epoch's own figures; null where it did not come to its end. */
  readonly judged: EventOf<'epoch'> | null
  readonly test: EventOf<'model-finished'>['test']
  /** The best epoch by what the recipe watches, so far while it trains; null before the first. */
  readonly best: EventOf<'epoch'> | null
  readonly reason: EventOf<'model-finished'>['reason'] | null
}

/** Of a model's own events; `finished` is its newest end, null while it trains. */
export function outcomeOf(
  epochs: readonly EventOf<'epoch'>[],
  finished: EventOf<'model-finished'> | null,
  recipe: Recipes,
): Outcome {
  const last = epochs.at(-1)?.epoch ?? 0
  const epoch = finished === null ? last : resultEpochOf(last, finished, recipe)
  const bestEpoch = finished?.best?.epoch
  return {
    epoch,
    isWithin: epoch > last,
    judged: epochOf(epochs, epoch),
    test: finished?.test ?? null,
    best: epochOf(epochs, bestEpoch) ?? bestOf(epochs, recipe),
    reason: finished?.reason ?? null,
  }
}

/** The same out of all that a run told. */
export function outcomeIn(events: readonly TrainingEvent[], model: string, recipe: Recipes): Outcome {
  const epochs = events.filter((event) => event.type === 'epoch').filter((event) => event.model === model)
  // A run that went on ended more than once.
  const ends = events.filter((event) => event.type === 'model-finished').filter((event) => event.model === model)
  return outcomeOf(epochs, ends.at(-1) ?? null, recipe)
}

/** What was told of it last. */
function epochOf(epochs: readonly EventOf<'epoch'>[], epoch: number | undefined): EventOf<'epoch'> | null {
  return epochs.filter((one) => one.epoch === epoch).at(-1) ?? null
}

/** Runs of earlier versions do not tell it; one that was stopped was so within an epoch, but by chance. */
function resultEpochOf(last: number, finished: EventOf<'model-finished'>, { earlyStopping }: Recipes): number {
  if (finished.epoch !== undefined) return finished.epoch
  if (earlyStopping?.restoreBest === true && finished.best !== null) return finished.best.epoch
  return finished.reason === 'stopped' ? last + 1 : last
}

function bestOf(epochs: readonly EventOf<'epoch'>[], { earlyStopping }: Recipes): EventOf<'epoch'> | null {
  const monitor = earlyStopping?.monitor ?? 'loss'
  let best: { readonly event: EventOf<'epoch'>; readonly value: number } | null = null
  for (const event of epochs) {
    const { loss, accuracy, valLoss, valAccuracy, valMetrics } = event
    const metrics = valMetrics ?? (valAccuracy === null ? {} : { accuracy: valAccuracy })
    const validation = valLoss === null ? null : { loss: valLoss, metrics }
    const value = monitoredValue(monitor, { loss, accuracy, validation })
    if (value !== null && isBetter(monitor, value, best?.value ?? null, earlyStopping?.minDelta ?? 0))
      best = { event, value }
  }
  return best?.event ?? null
}
