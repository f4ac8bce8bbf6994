import type { LossType } from '../../common/training/recipe.ts'
import type { Dataset } from '../datasets/reader.ts'

/** What is remembered of a model's losses to tell whether it diverges. */
export interface DivergenceMemory {
  /** The first losses. */
  readonly first: readonly number[]
  /** The last losses, the newest at the end. */
  readonly recent: readonly number[]
}

export const noLossYet: DivergenceMemory = { first: [], recent: [] }

const firstCount = 5
const recentCount = 10
/** So many times what the model began with is out of bounds where the losses do not come down, */
const growing = 100
/** and so many times even where they do: from there none comes back to anything good. */
const lost = 1_000

export function rememberLoss({ first, recent }: DivergenceMemory, loss: number): DivergenceMemory {
  return {
    first: first.length < firstCount ? [...first, loss] : first,
    recent: [...recent.slice(1 - recentCount), loss],
  }
}

/**
 * Whether a model diverges although its losses are still numbers: the last ten are all more than a hundred times what it began
 * with and do not come down, or more than a thousand times. It began with the lowest of its first losses, or with what a
 * model gets that knows nothing of a sample, whichever is larger. So neither a few bad batches count nor a rough start.
 */
export function isDiverging({ first, recent }: DivergenceMemory, ignorantLoss: number): boolean {
  if (recent.length < recentCount) return false
  const times = Math.min(...recent) / Math.max(ignorantLoss, Math.min(...first), Number.MIN_VALUE)
  if (times <= growing) return false
  const half = recentCount / 2
  return times > lost || meanLogarithm(recent.slice(half)) >= meanLogarithm(recent.slice(0, half))
}

/** About the loss of a model that gives the same answer to every sample. */
export function ignorantLossOf({ descriptor, parts }: Dataset, loss: LossType): number {
  if (descriptor.task === 'classification') return Math.max(1, Math.log(descriptor.classes.length))
  const { targets } = parts.train
  const mean = targets.reduce((sum, value) => sum + value, 0) / Math.max(1, targets.length)
  const variance = targets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, targets.length)
  return loss === 'meanSquaredError' ? variance : Math.sqrt(variance)
}

function meanLogarithm(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.log(value), 0) / values.length
}
