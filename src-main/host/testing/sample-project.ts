import type { Project } from '../../common/project/project.ts'
import { makeSample } from '../templates.ts'

/** The project that opens at the first start. */
export function sampleProject(name = 'Cat or dog'): Project {
  const sample = makeSample()
  if (!sample.ok) throw new Error(sample.error.message)
  return { ...sample.value, name }
}
