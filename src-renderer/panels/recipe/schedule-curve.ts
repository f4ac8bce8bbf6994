import { freshPlateau, plateauAfter } from '../../../src-main/common/training/monitor.ts'
import type { Recipe } from '../../../src-main/common/training/recipe.ts'
import { learningRateAt } from '../../../src-main/common/training/schedule.ts'

/**
 * The learning rate at about `points` moments of a whole run, from the first step to the last; a plateau schedule as if
 * nothing ever improved. Empty where the rate goes by steps and those of an epoch are not known.
 */
export function ratesOver(recipe: Recipe, stepsPerEpoch: number | null, points: number): readonly number[] {
  const { schedule, optimizer, epochs } = recipe
  const goesBySteps = schedule?.type === 'exponential' || schedule?.type === 'cosine'
  if (stepsPerEpoch === null && goesBySteps) return []
  // Where steps do not matter, an epoch needs only enough of them to look like a step.
  const perEpoch = stepsPerEpoch ?? 100
  const totalSteps = perEpoch * epochs
  const factors = plateauFactors(recipe)
  const count = Math.min(totalSteps, Math.max(2, Math.round(points)))
  return Array.from({ length: count }, (_, index) => {
    const step = 1 + Math.round((index / Math.max(1, count - 1)) * (totalSteps - 1))
    const epoch = Math.ceil(step / perEpoch)
    return (
      (factors[epoch - 1] ?? 1) *
      learningRateAt({ optimizer, ...(schedule && { schedule }) }, { step, epoch, totalSteps })
    )
  })
}

/** By epoch: what a plateau has made of the rate when every epoch measured the same. */
function plateauFactors({ schedule, optimizer, epochs }: Recipe): readonly number[] {
  if (schedule?.type !== 'plateau') return []
  let memory = freshPlateau
  return Array.from({ length: epochs }, () => {
    const { factor } = memory
    memory = plateauAfter(schedule, memory, 1, optimizer.learningRate)
    return factor
  })
}
