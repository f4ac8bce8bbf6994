import type { EngineMethod, EngineRequests } from '../common/engine-protocol.ts'
import { exportedModel } from '../common/export/exported-model.ts'
import type { ExportChoice, ExportOutcome } from '../common/export/formats.ts'
import { fileOfModel } from '../common/export/formats.ts'
import { pythonNames } from '../common/export/python.ts'
import type { Text } from '../common/layers/text.ts'
import type { Project } from '../common/project/project.ts'
import { graphPicture } from '../common/report/svg.ts'
import type { Result } from '../common/result.ts'
import { failure, failureIn, success } from '../common/result.ts'
import { writeWholeFile } from './atomic-file.ts'
import { checkExportPlace } from './export-place.ts'
import { saveReport } from './write-report.ts'

interface ExportModels {
  readonly ask: <M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
  ) => Promise<Result<EngineRequests[M]['result']>>
  readonly project: Project
  /** A run's; null for the project as it is. */
  readonly folder: string | null
  readonly models: readonly string[]
  readonly as: ExportChoice
  /** A whole path. */
  readonly to: string
  /** What an export wrote there earlier may go. */
  readonly replace: boolean
  readonly language: keyof Text
  readonly job: string
  /** Ends a report before it is written. */
  readonly signal: AbortSignal
  /** Of Convas. */
  readonly version: string
}

/** Writes models of a run or a project in one of the forms; a form that needs a run says so. */
export async function exportModels(wanted: ExportModels): Promise<Result<ExportOutcome>> {
  const { ask, project, folder, models, as, to, replace, language, job, signal, version } = wanted
  // A report checks its own.
  const place = as === 'report' ? success(null) : await checkExportPlace({ as, to, models, replace })
  if (!place.ok) return place
  if (as === 'graph-svg') return saveGraphs(wanted)
  if (as !== 'report') return ask('model.export', { project, folder, models, as, to, job })
  if (folder === null)
    return failureIn('invalid-request', {
      en: 'A report is of a run: train the models first, then name the folder of the run.',
      ko: '보고서는 실행에 대한 것입니다. 먼저 모델을 학습한 뒤 그 실행을 고르세요.',
    })
  const missing = models.find((id) => !project.models.some((one) => one.id === id))
  if (missing !== undefined) return unknownModel(project, missing)
  const inFolder = models.map((model) => ({ folder, model }))
  return saveReport({ ask, models: inFolder, weights: 'best', shift: [], language, to, replace, job, signal, version })
}

function unknownModel(project: Project, received: string): Result<never> {
  const ids = project.models.map(({ id }) => id).join(', ')
  return failure('invalid-request', `A model of the project was expected (${ids}). Received: ${received}`)
}

/** One SVG file a model; with several, each model's name is added. */
async function saveGraphs({ project, models, to }: ExportModels): Promise<Result<ExportOutcome>> {
  const names = pythonNames(models)
  const pictures: (readonly [file: string, svg: string])[] = []
  for (const id of models) {
    const model = project.models.find((one) => one.id === id)
    if (model === undefined) return unknownModel(project, id)
    const exported = exportedModel(model)
    if (!exported.ok) return exported
    const file = models.length === 1 ? to : fileOfModel(to, names.get(id) ?? id)
    pictures.push([file, `${graphPicture(exported.value, { standsAlone: true })}\n`])
  }
  for (const [file, svg] of pictures) {
    const written = await writeWholeFile(file, svg)
    if (!written.ok) return written
  }
  return success({ files: pictures.map(([file]) => file), notes: [] })
}
