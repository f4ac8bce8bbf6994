import type { DistortionCurves, DistortionKind } from '../../common/comparison/distortion.ts'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { JudgedWeights } from '../../common/comparison/judged-weights.ts'
import { judgedModel } from '../compare-runs.ts'
import { readRunFolder, readRunPlan } from '../run-store.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { formatPercent, formatTable } from './table.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface ShiftOptions {
  readonly by: DistortionKind
  readonly weights: JudgedWeights
  readonly backend: BackendChoice
  readonly json: boolean
}

/** Accuracy of every model of a run on test pictures that are moved, turned, scaled, noisy or hidden in part. */
export async function shift(run: string, options: ShiftOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { json, backend, by, weights } = options
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, json)
  const plan = await readRunPlan(folder.value)
  if (!plan.ok) return reportFailure(plan.error, json)
  const read = await readRunFolder(folder.value, run, null)
  if (!read.ok) return reportFailure(read.error, json)
  // Not all models of the project need have been trained.
  const { models } = plan.value
  const curves = await askWorkbench({ surroundings, backend, quiet: json }, 'run.sweep', {
    models: models.map((model) => judgedModel({ ...read.value, folder: folder.value }, model, weights)),
    kind: by,
    job: 'shift',
  })
  if (!curves.ok) return reportFailure(curves.error, json)
  if (json) printJson({ run: folder.value, models, ...curves.value })
  else for (const line of describeCurves(models, curves.value)) print(line)
  return exitCodes.done
}

function describeCurves(models: readonly string[], { kind, levels, accuracy, samples }: DistortionCurves) {
  const columns = [
    { title: unitOf[kind], align: 'right' as const },
    ...models.map((title) => ({ title, align: 'right' as const })),
  ]
  const rows = levels.map((level, index) => [
    String(level),
    ...accuracy.map((shares) => formatPercent(shares[index] ?? null)),
  ])
  return [...formatTable(columns, rows), '', `Accuracy over ${samples} samples.`]
}

const unitOf: Readonly<Record<DistortionKind, string>> = {
  across: 'pixels to the right',
  down: 'pixels down',
  turn: 'degrees',
  scale: 'times the size',
  noise: 'standard deviation',
  hidden: 'side hidden',
}
