import type { TrainingEvent } from '../training/events.ts'
import type { Monitored, Recipe } from '../training/recipe.ts'
import type { CellMeasures } from './plan.ts'

/**
 * What the models of a run came to: at the epoch whose weights are the result, which is the best where the recipe restores it and
 * else the last. So figures of the validation and of the test part are of the same weights.
 */
export function measuresOf(
  events: readonly TrainingEvent[],
  { earlyStopping }: Pick<Recipe, 'earlyStopping'>,
): readonly CellMeasures[] {
  const started = events.find((event) => event.type === 'run-started')
  return (started?.models ?? []).map(({ id, name, parameters }) => {
    const epochs = events.filter((event) => event.type === 'epoch').filter((event) => event.model === id)
    // A run that went on ended more than once.
    const finished = events.filter((event) => event.type === 'model-finished').filter((event) => event.model === id)
    const { best = null, test = null } = finished.at(-1) ?? {}
    const last = epochs.at(-1) ?? null
    const judged = earlyStopping?.restoreBest === true ? (best ?? last) : last
    return {
      model: id,
      name,
      parameters,
      epoch: judged?.epoch ?? 0,
      validation:
        judged === null || judged.valLoss === null
          ? null
          : { loss: judged.valLoss, ...withAccuracy(judged.valAccuracy), ...judged.valMetrics },
      test: test === null ? null : { loss: test.loss, ...withAccuracy(test.accuracy), ...test.metrics },
    }
  })
}

function withAccuracy(accuracy: number | null): { readonly accuracy?: number } {
  return accuracy === null ? {} : { accuracy }
}

/** The watched value of an epoch: of the validation part, or of the training part where nothing was held back. */
export function valueOfEpoch(event: Extract<TrainingEvent, { type: 'epoch' }>, metric: Monitored): number | null {
  if (metric === 'loss') return event.valLoss ?? event.loss
  if (metric === 'accuracy') return event.valAccuracy ?? event.accuracy
  return event.valMetrics?.[metric] ?? null
}
