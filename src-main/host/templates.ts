import { emptyProject } from '../common/project/empty-project.ts'
import type { Project } from '../common/project/project.ts'

import type { Result } from '../common/result.ts'
import { failure, success } from '../common/result.ts'
import { templateById, templates } from '../common/templates/registry.ts'

/** A project of this name from a template; without one, an empty project. */
export function makeProject(template: string | null, name: string): Result<Project> {
  if (template === null) return success(emptyProject(name))
  const found = templateById(template)
  if (!found) {
    const ids = templates.map(({ id }) => id).join(', ')
    return failure('invalid-request', `A template (${ids}) was expected. Received: ${template}`)
  }
  return success({ ...found.project, name })
}

/** What opens at the first start. */
export function makeSample(): Result<Project> {
  const sample = templates[0]
  return sample ? success(sample.project) : failure('internal', 'There is no sample to open.')
}
