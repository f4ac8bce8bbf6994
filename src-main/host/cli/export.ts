import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { ExportChoice } from '../../common/export/formats.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import { exportModels } from '../export-models.ts'
import { readRunPlan } from '../run-store.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import { readSubject } from './subject.ts'
import type { Surroundings } from './surroundings.ts'
import { withWorkbench } from './workbench.ts'

export interface ExportOptions {
  readonly to: ExportChoice
  readonly language: keyof Text
  readonly out: string
  readonly model?: readonly string[]
  readonly backend: BackendChoice
  readonly json: boolean
}

/** Writes models for other programs: of a run's folder with its weights, of a project or a template untrained. */
export async function exportSubject(
  word: string,
  { to, out, model, language, backend, json }: ExportOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const subject = await readExported(word)
  if (!subject.ok) return reportFailure(subject.error, json)
  const { project, folder, models } = subject.value
  const outcome = await withWorkbench({ surroundings, backend, quiet: json }, (ask) =>
    exportModels({
      ask,
      version: surroundings.version,
      project,
      folder,
      models: model ?? models,
      as: to,
      to: path.resolve(out),
      language,
      job: 'export',
    }),
  )
  if (!outcome.ok) return reportFailure(outcome.error, json)
  const { files, notes } = outcome.value
  if (json) printJson({ files, notes: notes.map(({ en }) => en) })
  else {
    for (const file of files) print(file)
    for (const { en } of notes) print(`note: ${en}`)
  }
  return exitCodes.done
}

interface Exported {
  readonly project: Project
  /** The run's; null for a project or a template. */
  readonly folder: string | null
  readonly models: readonly string[]
}

async function readExported(word: string): Promise<Result<Exported>> {
  const place = path.resolve(word)
  if (existsSync(place) && statSync(place).isDirectory()) {
    if (!existsSync(path.join(place, 'run.json')))
      return failure('not-found', `The folder of a run, with its run.json, was expected at ${place}.`)
    const plan = await readRunPlan(place)
    return plan.ok ? success({ ...plan.value, folder: place }) : plan
  }
  const subject = await readSubject(word)
  if (!subject.ok) return subject
  const { project } = subject.value
  return success({ project, folder: null, models: project.models.map(({ id }) => id) })
}
