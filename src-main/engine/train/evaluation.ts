import type { Part } from '../../common/data/dataset.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import { defaultEvaluationBatch } from '../../common/training/recipe.ts'
import { makeBatch } from './batches.ts'
import type { Contestant } from './contestant.ts'
import { createLoss } from './losses.ts'
import type { Measured } from './metrics.ts'
import { createMeasurement } from './metrics.ts'
import type { TrainingRun } from './training-run.ts'

/** How many samples are evaluated at a time. */
export function evaluationBatchOf(recipe: Pick<Recipe, 'evaluationBatchSize'>): number {
  return recipe.evaluationBatchSize ?? defaultEvaluationBatch
}

/** Loss, metrics and confusion over samples of a part; null when the run was stopped meanwhile and `mayStop`. */
export async function evaluate(
  { options, control }: TrainingRun,
  contestant: Contestant,
  { part, positions, mayStop }: { readonly part: Part; readonly positions: Int32Array; readonly mayStop: boolean },
): Promise<Measured | null> {
  const { backend, dataset, project } = options
  const { recipe } = project
  const measurement = createMeasurement({
    descriptor: dataset.descriptor,
    units: contestant.compiled.outputShape[0] ?? 1,
    loss: createLoss(backend.tf, recipe),
    topK: recipe.topK,
    samples: positions.length,
  })
  const size = evaluationBatchOf(recipe)
  for (let start = 0; start < positions.length; start += size) {
    const isGoingOn = await control.breathe()
    if (!isGoingOn && mayStop) return null
    const batch = makeBatch(backend.tf, dataset, part, positions.subarray(start, start + size))
    measurement.add({ ...contestant.step.evaluate(batch), labels: batch.labels })
    batch.dispose()
  }
  return measurement.result()
}
