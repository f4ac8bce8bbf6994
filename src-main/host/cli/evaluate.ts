import path from 'node:path'
import type { DataSource } from '../../common/data/dataset.ts'
import type { Forecast } from '../../common/data/forecast.ts'
import { comparedRun, compareModels } from '../../common/comparison/compare-models.ts'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import type { Evaluation } from '../../common/training/evaluation.ts'
import { metricDefinitions } from '../../common/training/metrics.ts'
import type { JudgedWeights } from '../../common/comparison/judged-weights.ts'
import { judgedModel } from '../compare-runs.ts'
import { readRunFolder } from '../run-store.ts'
import { describeModels } from './describe-models.ts'
import { formatMetric, measuredMetrics } from './metric-words.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import { findDataSource } from './data.ts'
import type { Surroundings } from './surroundings.ts'
import { formatTable } from './table.ts'
import type { Ask } from './workbench.ts'
import { findRunFolder, withWorkbench } from './workbench.ts'

export interface EvaluateOptions {
  readonly data?: string
  readonly weights: JudgedWeights
  readonly backend: BackendChoice
  readonly json: boolean
}

/** Loss and metrics of every model of a run on the test part of its own or another data set. */
export async function evaluate(run: string, options: EvaluateOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { json, backend } = options
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, json)
  const source =
    options.data === undefined ? success(null) : await findDataSource(options.data, null, surroundings, json)
  if (!source.ok) return reportFailure(source.error, json)
  const stored = await readRunFolder(folder.value, path.basename(folder.value), null)
  if (!stored.ok) return reportFailure(stored.error, json)
  const epochs = Object.fromEntries(
    stored.value.project.models.flatMap(({ id }) => {
      const { epoch } = judgedModel({ ...stored.value, folder: folder.value }, id, options.weights)
      return epoch === undefined ? [] : [[id, epoch]]
    }),
  )
  const judged = await withWorkbench({ surroundings, backend, quiet: json }, (ask) =>
    judgeAll(ask, { folder: folder.value, source: source.value, epochs }),
  )
  if (!judged.ok) return reportFailure(judged.error, json)
  const { test, validation, forecasts } = judged.value
  const of = comparedRun(stored.value)
  const compared = compareModels(
    test.map((one) => ({ of, test: one, validation: validation.find(({ model }) => model === one.model) ?? null })),
  )
  if (!compared.ok) return reportFailure(compared.error, json)
  const comparison = compared.value
  if (json) {
    printJson({
      run: folder.value,
      models: test.map(({ answers: _, ...one }) => one),
      comparison,
      ...(forecasts.length > 0 && { forecasts }),
    })
    return exitCodes.done
  }
  const names = new Map(comparison.models.map(({ model, name }) => [model, name]))
  for (const line of formatEvaluations(test, names)) print(line)
  for (const line of describeModels(comparison)) print(line)
  for (const line of describeForecasts(forecasts)) print(line)
  return exitCodes.done
}

interface OfRun {
  readonly folder: string
  /** Null for its own data. */
  readonly source: DataSource | null
  /** By model, whose weights; of the others those that are the result. */
  readonly epochs: Readonly<Record<string, number>>
}

interface Judged {
  readonly test: readonly Evaluation[]
  readonly validation: readonly Evaluation[]
  readonly forecasts: readonly Told[]
}

/** A run's models on each part of its own data, or on the test part of others, which were never split for it. */
async function judgeAll(ask: Ask, of: OfRun): Promise<Result<Judged>> {
  const { folder, source, epochs } = of
  const test = await ask('run.evaluate', { ...of, part: 'test' })
  if (!test.ok) return test
  if (source !== null) return success({ test: test.value, validation: [], forecasts: [] })
  const validation = await ask('run.evaluate', { ...of, part: 'validation' })
  if (!validation.ok) return validation
  const forecasts = await forecastAll(ask, folder, epochs, test.value)
  return success({ test: test.value, validation: validation.value, forecasts })
}

function formatEvaluations(models: readonly Evaluation[], names: ReadonlyMap<string, string>): readonly string[] {
  const metrics = measuredMetrics(models.map((one) => one.metrics))
  const rows = models.map((one) => [
    names.get(one.model) ?? one.model,
    one.loss.toFixed(4),
    ...metrics.map((type) => formatMetric(type, one.metrics[type])),
    one.samples,
  ])
  const columns = [
    { title: 'model' },
    { title: 'loss', align: 'right' as const },
    ...metrics.map((type) => ({ title: metricDefinitions[type].title.en.toLowerCase(), align: 'right' as const })),
    { title: 'samples', align: 'right' as const },
  ]
  return formatTable(columns, rows)
}

type Told = Pick<Forecast, 'model' | 'target' | 'errors' | 'naive'>

/** Errors in the file's unit, beside those of forecasts that need no model; none where the data are no series. */
async function forecastAll(
  ask: Ask,
  folder: string,
  epochs: OfRun['epochs'],
  models: readonly Evaluation[],
): Promise<readonly Told[]> {
  const told: Told[] = []
  for (const { model, classes } of models) {
    if (classes > 0) return []
    const params = { folder, model, epoch: epochs[model] ?? null, points: 1, ahead: 0 }
    const forecast = await ask('run.forecast', params)
    if (!forecast.ok) return []
    const { target, errors, naive } = forecast.value
    told.push({ model, target, errors, naive })
  }
  return told
}

function describeForecasts(forecasts: readonly Told[]): readonly string[] {
  const [first] = forecasts
  if (first === undefined) return []
  const rows = [
    ...forecasts.map(({ model, errors }) => [model, errors] as const),
    ...(first.naive.season === null ? [] : [['like this time a day ago', first.naive.season.errors] as const]),
    ['like the last value', first.naive.last] as const,
  ]
  return [
    '',
    ...formatTable(
      [
        { title: `forecast of ${first.target}` },
        ...['mse, scaled', 'mae, scaled', 'mse', 'mae'].map((title) => ({ title, align: 'right' as const })),
      ],
      rows.map(([name, { mse, mae, mseInUnit, maeInUnit }]) => [
        name,
        mse.toFixed(6),
        mae.toFixed(4),
        mseInUnit.toFixed(3),
        maeInUnit.toFixed(3),
      ]),
    ),
  ]
}
