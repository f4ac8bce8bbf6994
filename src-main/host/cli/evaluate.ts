import path from 'node:path'
import type { Forecast } from '../../common/data/forecast.ts'
import type { BackendChoice, Evaluation } from '../../common/engine-protocol.ts'
import { success } from '../../common/result.ts'
import type { RankedPart } from '../../common/training/explanation.ts'
import { metricDefinitions } from '../../common/training/metrics.ts'
import { readRunFolder } from '../run-store.ts'
import { compareModels, describeModels } from './compare-models.ts'
import { formatMetric, measuredMetrics } from './metric-words.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import { findDataSource } from './data.ts'
import type { Surroundings } from './surroundings.ts'
import { formatTable } from './table.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface EvaluateOptions {
  readonly data?: string
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
  const workbench = { surroundings, backend, quiet: json }
  const judge = (part: RankedPart) =>
    askWorkbench(workbench, 'run.evaluate', { folder: folder.value, source: source.value, part })
  const answer = await judge('test')
  if (!answer.ok) return reportFailure(answer.error, json)
  // Other data were never split for this run.
  const validation = options.data === undefined ? await judge('validation') : success([])
  if (!validation.ok) return reportFailure(validation.error, json)
  const stored = await readRunFolder(folder.value, path.basename(folder.value), null)
  if (!stored.ok) return reportFailure(stored.error, json)
  const forecasts =
    options.data === undefined ? await forecastAll(folder.value, answer.value, surroundings, backend) : []
  const comparison = compareModels({ run: stored.value, test: answer.value, validation: validation.value })
  if (json) {
    printJson({
      run: folder.value,
      models: answer.value.map(({ answers: _, ...one }) => one),
      comparison,
      ...(forecasts.length > 0 && { forecasts }),
    })
    return exitCodes.done
  }
  for (const line of formatEvaluations(answer.value)) print(line)
  for (const line of describeModels(comparison)) print(line)
  for (const line of describeForecasts(forecasts)) print(line)
  return exitCodes.done
}

function formatEvaluations(models: readonly Evaluation[]): readonly string[] {
  const metrics = measuredMetrics(models.map((one) => one.metrics))
  const rows = models.map((one) => [
    one.model,
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
  folder: string,
  models: readonly Evaluation[],
  surroundings: Surroundings,
  backend: BackendChoice,
): Promise<readonly Told[]> {
  const told: Told[] = []
  for (const { model, classes } of models) {
    if (classes > 0) return []
    const params = { folder, model, epoch: null, points: 1, ahead: 0 }
    const forecast = await askWorkbench({ surroundings, backend, quiet: true }, 'run.forecast', params)
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
