import { projectFormat, projectVersion } from './project.ts'
import type { Project } from './project.ts'

/** A project without models or data, with the recipe that suits most first tries. */
export function emptyProject(name: string): Project {
  return {
    format: projectFormat,
    version: projectVersion,
    name,
    dataset: null,
    models: [],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 32,
      epochs: 10,
      seed: 1,
      split: { validation: 0.2 },
    },
  }
}
