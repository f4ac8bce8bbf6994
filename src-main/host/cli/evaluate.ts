import type { BackendChoice } from '../../common/engine-protocol.ts'
import { success } from '../../common/result.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import { findDataSource } from './data.ts'
import type { Surroundings } from './surroundings.ts'
import { formatPercent, formatTable } from './table.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface EvaluateOptions {
  readonly data?: string
  readonly backend: BackendChoice
  readonly json: boolean
}

/** Loss and accuracy of every model of a run on the test part of its own or another data set. */
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
  const rows = answer.value.map(({ model, loss, accuracy, samples }) => [
    model,
    loss.toFixed(4),
    formatPercent(accuracy),
    samples,
  ])
  const columns = [
    { title: 'model' },
    { title: 'loss', align: 'right' },
    { title: 'accuracy', align: 'right' },
    { title: 'samples', align: 'right' },
  ] as const
  for (const line of formatTable(columns, rows)) print(line)
  return exitCodes.done
}
