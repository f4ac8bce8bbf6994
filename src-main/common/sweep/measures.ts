import type { TrainingEvent } from '../training/events.ts'
import { outcomeIn } from '../training/outcome.ts'
import type { Monitored, Recipe } from '../training/recipe.ts'
import type { CellMeasures } from './plan.ts'

/** What the models of a run came to: all figures of a model are of the weights that are its result. */
export function measuresOf(
  events: readonly TrainingEvent[],
  recipe: Pick<Recipe, 'earlyStopping'>,
): readonly CellMeasures[] {
  const started = events.find((event) => event.type === 'run-started')
  return (started?.models ?? []).map(({ id, name, parameters }) => {
    const { epoch, judged, test } = outcomeIn(events, id, recipe)
    return {
      model: id,
      name,
      parameters,
      epoch,
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
