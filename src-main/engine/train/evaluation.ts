import type { Part } from '../../common/data/dataset.ts'
import { makeBatch } from './batches.ts'
import type { Contestant } from './contestant.ts'
import { createLoss } from './losses.ts'
import type { Tally } from './metrics.ts'
import { emptyTally, predictedClass } from './metrics.ts'
import type { TrainingRun } from './training-run.ts'

/** How many samples are evaluated at a time. */
export const evaluationBatch = 256

export interface EvaluatedPart {
  readonly tally: Tally
  /** Rows are true classes, columns predicted ones; row-major. Zeros where the task has no classes. */
  readonly counts: readonly number[]
}

/** Loss, accuracy and confusion over samples of a part; null when the run was stopped meanwhile and `mayStop`. */
export async function evaluate(
  { options, control }: TrainingRun,
  contestant: Contestant,
  { part, positions, mayStop }: { readonly part: Part; readonly positions: Int32Array; readonly mayStop: boolean },
): Promise<EvaluatedPart | null> {
  const { backend, dataset, project } = options
  const { task, classes } = dataset.descriptor
  const threshold = createLoss(backend.tf, project.recipe.loss).fromLogits ? 0 : 0.5
  const tally = emptyTally()
  const counts = new Array<number>(classes.length * classes.length).fill(0)
  const units = contestant.compiled.outputShape[0] ?? 1
  for (let start = 0; start < positions.length; start += evaluationBatch) {
    const isGoingOn = await control.breathe()
    if (!isGoingOn && mayStop) return null
    const batch = makeBatch(backend.tf, dataset, part, positions.subarray(start, start + evaluationBatch))
    const { loss, scores } = contestant.step.evaluate(batch)
    batch.dispose()
    tally.loss += loss * batch.labels.length
    tally.samples += batch.labels.length
    if (task !== 'classification') continue
    batch.labels.forEach((label, row) => {
      const predicted = predictedClass(scores, row * units, units, threshold)
      if (predicted === label) tally.correct++
      const cell = label * classes.length + predicted
      counts[cell] = (counts[cell] ?? 0) + 1
    })
  }
  return { tally, counts }
}
