import type { Recipe } from '../../common/training/recipe.ts'

/** The learning rate of an epoch (from 1). */
export function learningRateAt(recipe: Pick<Recipe, 'optimizer' | 'schedule'>, epoch: number): number {
  const { schedule, optimizer } = recipe
  if (schedule === undefined || schedule.type === 'constant') return optimizer.learningRate
  return optimizer.learningRate * Math.pow(schedule.gamma, Math.floor((epoch - 1) / schedule.stepSize))
}
