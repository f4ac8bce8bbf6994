import type { MetricValues } from './metrics.ts'
import { metricDefinitions } from './metrics.ts'
import type { Monitored, Schedule } from './recipe.ts'

/** Whether a value is better than another by more than `minDelta`; anything finite is better than nothing. */
export function isBetter(monitor: Monitored, value: number, best: number | null, minDelta: number): boolean {
  if (Number.isNaN(value)) return false
  if (best === null) return true
  const isHigherBetter = monitor !== 'loss' && metricDefinitions[monitor].better === 'higher'
  return isHigherBetter ? value > best + minDelta : value < best - minDelta
}

/** What an epoch has measured. */
export interface EpochValues {
  readonly loss: number
  readonly accuracy: number | null
  /** Null where nothing is held back to validate on. */
  readonly validation: { readonly loss: number; readonly metrics: MetricValues } | null
}

/** The watched value: on the validation part, else on the training part where it is known of it; null where it is not. */
export function monitoredValue(monitor: Monitored, { loss, accuracy, validation }: EpochValues): number | null {
  if (monitor === 'loss') return validation?.loss ?? loss
  if (validation !== null) return validation.metrics[monitor] ?? null
  return monitor === 'accuracy' ? accuracy : null
}

/** What a plateau schedule remembers of one model between epochs. */
export interface PlateauMemory {
  readonly best: number | null
  /** Epochs without improvement. */
  readonly waited: number
  /** Epochs left in which nothing is counted. */
  readonly cooling: number
  /** What the learning rate is multiplied by. */
  readonly factor: number
}

export const freshPlateau: PlateauMemory = { best: null, waited: 0, cooling: 0, factor: 1 }

type Plateau = Extract<Schedule, { type: 'plateau' }>

/** The memory after an epoch with a value, as Keras's ReduceLROnPlateau keeps it; `learningRate` is the optimiser's own. */
export function plateauAfter(
  plateau: Plateau,
  before: PlateauMemory,
  value: number,
  learningRate: number,
): PlateauMemory {
  const cooling = Math.max(0, before.cooling - 1)
  const waited = before.cooling > 0 ? 0 : before.waited
  if (isBetter(plateau.monitor, value, before.best, plateau.minDelta))
    return { ...before, best: value, waited: 0, cooling }
  if (cooling > 0) return { ...before, waited, cooling }
  if (waited + 1 < plateau.patience) return { ...before, waited: waited + 1, cooling }
  const lowest = plateau.minimum / learningRate
  if (before.factor <= lowest) return { ...before, waited: waited + 1, cooling }
  return {
    best: before.best,
    waited: 0,
    cooling: plateau.cooldown,
    factor: Math.max(before.factor * plateau.factor, lowest),
  }
}
