import type { TaskContext } from '../graph/analysis.ts'
import type { LossType } from './recipe.ts'

/** These need one output unit for every class, also where there are two. */
const perClass: readonly LossType[] = ['categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'categoricalHinge']
const ofClasses: readonly LossType[] = ['binaryCrossentropy', 'hinge', ...perClass]

/** Cross-entropies can smooth their targets. */
export function takesLabelSmoothing(loss: LossType): boolean {
  return loss.endsWith('rossentropy')
}

/** Hinge losses want a score with a margin, which a linear or tanh unit gives as well as one before its sigmoid or softmax. */
export function isHinge(loss: LossType): boolean {
  return loss === 'hinge' || loss === 'categoricalHinge'
}

export function needsUnitPerClass(loss: LossType): boolean {
  return perClass.includes(loss)
}

/** Whether a loss compares values at all, or only classes. */
export function isOfClasses(loss: LossType): boolean {
  return ofClasses.includes(loss)
}

/** The losses that fit what the data ask for, the usual one first. */
export function fittingLosses(task: Pick<TaskContext, 'task' | 'outputUnits'>): readonly LossType[] {
  if (task.task === 'regression') return ['meanSquaredError', 'meanAbsoluteError', 'huber']
  if (task.outputUnits === 1) return ['binaryCrossentropy', 'hinge', 'meanSquaredError']
  return ['categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'categoricalHinge', 'meanSquaredError']
}

/** The loss to change to; null where the chosen one fits or the data are not known. */
export function betterLoss(loss: LossType, task: TaskContext | null): LossType | null {
  if (!task || task.outputUnits === 0) return null
  const fitting = fittingLosses(task)
  return fitting.includes(loss) ? null : (fitting[0] ?? null)
}
