import type { BackendChoice } from '../../common/engine-protocol.ts'
import { success } from '../../common/result.ts'
import { metricDefinitions } from '../../common/training/metrics.ts'
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
  const answer = await askWorkbench({ surroundings, backend, quiet: json }, 'run.evaluate', {
    folder: folder.value,
    source: source.value,
  })
  if (!answer.ok) return reportFailure(answer.error, json)
  if (json) {
    printJson({ run: folder.value, models: answer.value })
    return exitCodes.done
  }
  const metrics = measuredMetrics(answer.value.map((one) => one.metrics))
  const rows = answer.value.map((one) => [
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
  for (const line of formatTable(columns, rows)) print(line)
  return exitCodes.done
}
