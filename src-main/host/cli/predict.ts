import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { formatTable } from './table.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface PredictOptions {
  readonly backend: BackendChoice
  readonly json: boolean
}

/** What every model of a run makes of some picture files. */
export async function predict(
  run: string,
  files: readonly string[],
  { backend, json }: PredictOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, json)
  const answer = await askWorkbench({ surroundings, backend, quiet: json }, 'run.predict', {
    folder: folder.value,
    files: files.map((file) => path.resolve(file)),
  })
  if (!answer.ok) return reportFailure(answer.error, json)
  if (json) {
    printJson({ run: folder.value, predictions: answer.value })
    return exitCodes.done
  }
  const rows = answer.value.map(({ file, model, label, values }) => [
    path.relative(process.cwd(), file),
    model,
    label ?? '–',
    label === null ? formatValues(values) : formatAnswer(values),
  ])
  const columns = [{ title: 'file' }, { title: 'model' }, { title: 'answer' }, { title: 'probability' }]
  for (const line of formatTable(columns, rows)) print(line)
  return exitCodes.done
}

/** The probability of the label that was chosen: a single unit says how likely the second of two classes is. */
export function formatAnswer(values: readonly number[]): string {
  const [first = NaN] = values
  const chosen = values.length === 1 ? Math.max(first, 1 - first) : Math.max(...values)
  const isProbability = values.every((value) => value >= 0 && value <= 1)
  return isProbability ? chosen.toFixed(4) : formatValues(values)
}

function formatValues(values: readonly number[]): string {
  return values.map((value) => value.toFixed(4)).join(' ')
}
