import { rm } from 'node:fs/promises'
import type { DataSource } from '../common/data/dataset.ts'
import type { EngineRequests } from '../common/engine-protocol.ts'
import type { Text } from '../common/layers/text.ts'
import type { Project } from '../common/project/project.ts'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { createRunFolder, removeEmptyRun, runsFolderOf } from './run-store.ts'

type AskImport = (
  params: EngineRequests['model.import']['params'],
) => Promise<Result<EngineRequests['model.import']['result']>>

export interface ModelImport {
  readonly ask: AskImport
  readonly file: string
  /** The data to look at it with; null takes what fits. */
  readonly source: DataSource | null
  /** Writes the project's file and tells where it lies. */
  readonly save: (project: Project) => Promise<Result<string>>
}

export interface ImportedProject {
  readonly path: string
  readonly run: string
  readonly folder: string
  readonly project: Project
  readonly notes: readonly Text[]
}

/** Makes a project and a run out of a model file: both of them, or where anything fails neither. */
export async function importModel({ ask, file, source, save }: ModelImport): Promise<Result<ImportedProject>> {
  const checked = await ask({ file, source, into: null })
  if (!checked.ok) return checked
  const saved = await save(checked.value.project)
  if (!saved.ok) return saved
  const undo = async <T>(refusal: T): Promise<T> => {
    await rm(saved.value, { force: true })
    return refusal
  }
  const made = await createRunFolder(runsFolderOf(saved.value))
  if (!made.ok) return undo(made)
  const { folder, run } = made.value
  const kept = await ask({ file, source, into: { folder, run } })
  if (!kept.ok) {
    await rm(folder, { recursive: true, force: true })
    await removeEmptyRun(folder)
    return undo(kept)
  }
  return success({ path: saved.value, run, folder, ...kept.value })
}
