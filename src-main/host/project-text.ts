import { z } from 'zod'
import type { Text } from '../common/layers/text.ts'
import type { Project } from '../common/project/project.ts'
import { projectSchema } from '../common/project/schema.ts'
import type { Result } from '../common/result.ts'
import { failure, success } from '../common/result.ts'

export function readProject(text: string): Result<{ readonly project: Project; readonly notices: readonly Text[] }> {
  try {
    const parsed = projectSchema.safeParse(JSON.parse(text))
    if (parsed.success) return success({ project: parsed.data as Project, notices: [] })
    return failure('invalid-project', z.prettifyError(parsed.error))
  } catch (error) {
    return failure('invalid-project', 'This is not JSON.', String(error))
  }
}
export function writeProject(project: Project): string {
  return JSON.stringify(project, null, 2) + '\n'
}
