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
