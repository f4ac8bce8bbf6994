import type { Dataset } from '../datasets/reader.ts'

/** The predicted class of one sample: the largest score, or for a single score whether it is above `threshold`. */
export function predictedClass(scores: ArrayLike<number>, start: number, units: number, threshold: number): number {
  if (units === 1) return (scores[start] as number) > threshold ? 1 : 0
  let best = 0
  for (let unit = 1; unit < units; unit++) {
    if ((scores[start + unit] as number) > (scores[start + best] as number)) best = unit
  }
  return best
}

/** Sums over samples, of which means are told. */
export interface Tally {
  loss: number
  correct: number
  samples: number
}

export function emptyTally(): Tally {
  return { loss: 0, correct: 0, samples: 0 }
}

export function meanLoss(tally: Tally): number {
  return tally.loss / Math.max(1, tally.samples)
}

/** 0…1; null where the task has no classes. */
export function accuracyOf(tally: Tally, { descriptor }: Pick<Dataset, 'descriptor'>): number | null {
  return descriptor.task === 'classification' ? tally.correct / Math.max(1, tally.samples) : null
}
