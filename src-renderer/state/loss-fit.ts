import type { TaskContext } from '../../src-main/common/graph/analysis.ts'
import type { LossType } from '../../src-main/common/training/recipe.ts'

/** The losses that fit what the data ask for, the usual one first. */
export function fittingLosses(task: TaskContext): readonly LossType[] {
  if (task.task === 'regression') return ['meanSquaredError', 'meanAbsoluteError', 'huber']
  if (task.outputUnits === 1) return ['binaryCrossentropy', 'meanSquaredError']
  return ['categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'meanSquaredError']
}

/** The loss to change to; null where the chosen one fits or the data are not known. */
export function betterLoss(loss: LossType, task: TaskContext | null): LossType | null {
  if (!task) return null
  const fitting = fittingLosses(task)
  return fitting.includes(loss) ? null : (fitting[0] ?? null)
}
