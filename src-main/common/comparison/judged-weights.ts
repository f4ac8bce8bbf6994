import type { TrainingEvent } from '../training/events.ts'
import { outcomeIn } from '../training/outcome.ts'
import type { Recipe } from '../training/recipe.ts'

/** Which weights of a model are judged: those of its best epoch by what the recipe watches, or those that are its run's result. */
export const judgedWeights = ['best', 'result'] as const
export type JudgedWeights = (typeof judgedWeights)[number]

interface RunOfModel {
  readonly events: readonly TrainingEvent[]
  readonly recipe: Recipe
}

/** The epoch of a model's best weights; null where its training has not ended, or no epoch was the best. */
export function bestEpochOf({ events, recipe }: RunOfModel, model: string): number | null {
  const { reason, best } = outcomeIn(events, model, recipe)
  return reason === null ? null : (best?.epoch ?? null)
}
