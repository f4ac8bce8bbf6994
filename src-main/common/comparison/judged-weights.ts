import type { Outcome } from '../training/outcome.ts'

/** Which weights of a model are judged: those of its best epoch by what the recipe watches, or those that are its run's result. */
export const judgedWeights = ['best', 'result'] as const
export type JudgedWeights = (typeof judgedWeights)[number]

/** The epoch of a model's best weights; null where its training has not ended, or no epoch was the best. */
export function bestEpochOf({ reason, best }: Outcome): number | null {
  return reason === null ? null : (best?.epoch ?? null)
}
