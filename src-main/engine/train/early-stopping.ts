import type { TrainingEvent } from '../../common/training/events.ts'
import type { EpochValues } from '../../common/training/monitor.ts'
import { isBetter, monitoredValue } from '../../common/training/monitor.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { WeightValues } from './step.ts'

export type Best = Extract<TrainingEvent, { type: 'model-finished' }>['best']

/** What is remembered of a model's epochs: its best, and how many have passed since. */
export interface BestMemory {
  readonly best: Best
  /** The best value of what is watched; null before the first. */
  readonly monitored: number | null
  readonly epochsWithoutGain: number
  /** Those of the best epoch, where the recipe gives them back. */
  readonly weights: WeightValues | null
}

export const noBestYet: BestMemory = { best: null, monitored: null, epochsWithoutGain: 0, weights: null }

interface JudgedEpoch {
  readonly best: NonNullable<Best>
  readonly values: EpochValues
  readonly weights: WeightValues
}

/** The memory after one more epoch; without early stopping, only the best is kept. */
export function judgeEpoch(
  memory: BestMemory,
  earlyStopping: Recipe['earlyStopping'],
  { best, values, weights }: JudgedEpoch,
): BestMemory {
  const monitor = earlyStopping?.monitor ?? 'loss'
  const monitored = monitoredValue(monitor, values) ?? Number.NaN
  if (!isBetter(monitor, monitored, memory.monitored, earlyStopping?.minDelta ?? 0))
    return { ...memory, epochsWithoutGain: memory.epochsWithoutGain + 1 }
  return { best, monitored, epochsWithoutGain: 0, weights: earlyStopping?.restoreBest === true ? weights : null }
}

/** Whether as many epochs have passed without gain as the recipe has patience for. */
export function isPatienceOver(memory: BestMemory, earlyStopping: Recipe['earlyStopping']): boolean {
  return earlyStopping !== undefined && memory.epochsWithoutGain >= earlyStopping.patience
}
