import type { TrainingEvent } from '../../common/training/events.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { WeightValues } from './step.ts'

export type Best = Extract<TrainingEvent, { type: 'model-finished' }>['best']

/** What is remembered of a model's epochs: its best, and how many have passed since. */
export interface BestMemory {
  readonly best: Best
  /** The lowest value of what is watched: the validation loss, or the training loss where there is none. */
  readonly monitored: number
  readonly epochsWithoutGain: number
  /** Those of the best epoch, where the recipe gives them back. */
  readonly weights: WeightValues | null
}

export const noBestYet: BestMemory = { best: null, monitored: Infinity, epochsWithoutGain: 0, weights: null }

interface JudgedEpoch {
  readonly best: NonNullable<Best>
  readonly monitored: number
  readonly weights: WeightValues
}

/** The memory after one more epoch; without early stopping, only the best is kept. */
export function judgeEpoch(
  memory: BestMemory,
  earlyStopping: Recipe['earlyStopping'],
  { best, monitored, weights }: JudgedEpoch,
): BestMemory {
  if (memory.best !== null && !(monitored < memory.monitored - (earlyStopping?.minDelta ?? 0)))
    return { ...memory, epochsWithoutGain: memory.epochsWithoutGain + 1 }
  return { best, monitored, epochsWithoutGain: 0, weights: earlyStopping?.restoreBest === true ? weights : null }
}

/** Whether as many epochs have passed without gain as the recipe has patience for. */
export function isPatienceOver(memory: BestMemory, earlyStopping: Recipe['earlyStopping']): boolean {
  return earlyStopping !== undefined && memory.epochsWithoutGain >= earlyStopping.patience
}
