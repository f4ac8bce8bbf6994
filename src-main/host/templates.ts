import type { TemplateListing } from '../common/contract.ts'
import type { Project } from '../common/project/project.ts'
import { projectFormat, projectVersion } from '../common/project/project.ts'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'

export function listTemplates(): readonly TemplateListing[] {
  return []
}
export function makeProject(_template: string | null, name: string): Result<Project> {
  return success({
    format: projectFormat,
    version: projectVersion,
    name,
    dataset: { source: 'cat-dog-doodles' },
    models: [],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'binaryCrossentropy',
      batchSize: 32,
      epochs: 10,
      seed: 1,
      split: { validation: 0.25 },
    },
  })
}
export function makeSample(): Result<Project> {
  return makeProject(null, 'Cat or dog')
}
