import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import { readProjectFile } from '../project-store.ts'
import { listTemplates } from '../../common/templates/registry.ts'
import { makeProject } from '../templates.ts'
import { printError } from './outcome.ts'

export interface Subject {
  readonly project: Project
  /** The project's file; null for a template. */
  readonly file: string | null
}

/** Whether a word on the command line means a file rather than a template or a notation. */
export function looksLikeFile(word: string): boolean {
  return /\.convas$/i.test(word) || existsSync(word)
}

/** The project that a file or a template's id stands for. */
export async function readSubject(word: string): Promise<Result<Subject>> {
  if (looksLikeFile(word)) {
    const document = await readProjectFile(path.resolve(word))
    if (!document.ok) return document
    const { project, path: file, notices } = document.value
    for (const { en } of notices) printError(`${path.basename(file)}: ${en}`)
    return success({ project, file })
  }
  const templates = listTemplates()
  const template = templates.find(({ id }) => id === word)
  if (!template) {
    const ids = templates.map(({ id }) => id).join(', ')
    return failure('invalid-request', `A .convas file or a template (${ids}) was expected. Received: ${word}`)
  }
  const project = makeProject(word, template.title.en)
  return project.ok ? success({ project: project.value, file: null }) : project
}
