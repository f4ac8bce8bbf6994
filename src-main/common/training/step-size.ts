import { analyzeModel } from '../graph/analyze.ts'
import type { Project } from '../project/project.ts'

/** How much one training step is: by it TensorFlow's threads are chosen. */
export interface StepSize {
  /** Samples. */
  readonly batch: number
  /** Forward, for the whole batch. */
  readonly multiplyAdds: number
}

/** The size of a step of the largest of some models. */
export function stepSizeOf(project: Project, models: readonly string[]): StepSize {
  const batch = project.recipe.batchSize
  const counts = project.models
    .filter(({ id }) => models.includes(id))
    .map((model) => analyzeModel(model, null).multiplyAdds)
  return { batch, multiplyAdds: batch * Math.max(0, ...counts) }
}

/** Up to here one thread an op was faster, measured over the templates; a large batch is worth sharing whatever the model. */
const smallMultiplyAdds = 50e6
const smallBatch = 64

/**
 * Whether each op of a step shall run on one thread, while several ops still run side by side: where ops are short,
 * sharing one costs more than it gives (LeNet-5 at 32: 10 %, a Conv1D over 288 steps: 45 %).
 */
export function wantsOneThreadAnOp({ batch, multiplyAdds }: StepSize): boolean {
  return batch <= smallBatch && multiplyAdds <= smallMultiplyAdds
}
