import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { DistortionKind } from '../../common/comparison/distortion.ts'
import type { BackendChoice, ModelInFolder } from '../../common/engine-protocol.ts'
import type { ExportChoice } from '../../common/export/formats.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Project } from '../../common/project/project.ts'
import type { Failure, Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { JudgedWeights } from '../../common/comparison/judged-weights.ts'
import { exportModels } from '../export-models.ts'
import { readRunPlan } from '../run-store.ts'
import { saveReport } from '../write-report.ts'
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
  readonly shift?: readonly DistortionKind[]
  readonly weights: JudgedWeights
  readonly backend: BackendChoice
  readonly json: boolean
  readonly force?: boolean
}

/** Writes models for other programs: of a run's folder with its weights, of a project or a template untrained; reports are of one run or several. */
export async function exportSubjects(
  words: readonly string[],
  options: ExportOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { to, out, model, language, backend, json, force = false, weights, shift = [] } = options
  const fault = faultOf(words, options)
  if (fault !== null) return reportFailure({ code: 'invalid-request', message: fault }, json)
  const subjects: Exported[] = []
  for (const word of words) {
    const subject = await readExported(word)
    if (!subject.ok) return reportFailure(subject.error, json)
    subjects.push(subject.value)
  }
  const [first] = subjects
  if (first === undefined) return exitCodes.wrongUse
  const outcome = await withWorkbench({ surroundings, backend, quiet: json }, (ask, signal) => {
    const shared = {
      ask,
      signal,
      language,
      to: path.resolve(out),
      replace: force,
      job: 'export',
      version: surroundings.version,
    }
    const { project, folder, models } = first
    if (to !== 'report' || folder === null)
      return exportModels({ ...shared, project, folder, models: model ?? models, as: to })
    return saveReport({ ...shared, models: modelsOf(subjects, model), weights, shift })
  })
  if (!outcome.ok) return reportFailure(withForce(outcome.error), json)
  const { files, notes } = outcome.value
  if (json) printJson({ files, notes: notes.map(({ en }) => en) })
  else {
    for (const file of files) print(file)
    for (const { en } of notes) print(`note: ${en}`)
  }
  return exitCodes.done
}

/** Here a file that is there is replaced by an option. */
function withForce(error: Failure): Failure {
  if (error.code !== 'already-exists') return error
  return {
    code: error.code,
    message: `${error.details ?? ''} exists already. Add --force to replace it, or give another --out.`,
  }
}

/** Why words and options do not go together; null where they do. */
export function faultOf(words: readonly string[], { to, shift = [] }: ExportOptions): string | null {
  if (words.length > 1 && to !== 'report')
    return `One run, project or template was expected for ${to}; only a report takes several runs. Received: ${words.length}`
  if (shift.length > 0 && to !== 'report') return `\`--shift\` is of a report. Received: --to ${to}`
  return null
}

/** The models named of each run that has them; a name that no run has stays, so that it is refused. */
function modelsOf(subjects: readonly Exported[], named: readonly string[] | undefined): readonly ModelInFolder[] {
  const found = subjects.flatMap(({ folder, models }) =>
    folder === null ? [] : models.filter((id) => named?.includes(id) ?? true).map((id) => ({ folder, model: id })),
  )
  const missing = (named ?? []).filter((id) => !found.some(({ model }) => model === id))
  return [...found, ...missing.map((model) => ({ folder: subjects[0]?.folder ?? '', model }))]
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
