import { existsSync } from 'node:fs'
import path from 'node:path'
import type { DataSource } from '../../common/data/dataset.ts'
import { catalogueIds } from '../../common/data/dataset.ts'
import { dataNotes } from '../../common/data/data-notes.ts'
import { distinctLimit } from '../../common/data/columns.ts'
import type { ExportForm } from '../../common/data/export.ts'
import type { ImportedDataset, ImportReport } from '../../common/data/imported.ts'
import type { Inspection, Recognition } from '../../common/data/inspection.ts'
import type { FileFormat, FileSource, ReadingChoices } from '../../common/data/reading.ts'
import { readingChoicesSchema } from '../../common/data/reading.ts'
import type { EngineMethod, EngineRequests } from '../../common/engine-protocol.ts'
import type { Model, Shape } from '../../common/graph/graph.ts'
import { describeIssue, pathText } from '../../common/project/describe-issue.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { formatNumber, formatShape, formatTable } from './table.ts'
import { askWorkbench } from './workbench.ts'

const job = 'cli'
const skippedShown = 10

export interface DataInspectOptions {
  readonly as?: FileFormat
  readonly options?: string
  readonly input?: Shape
  readonly json: boolean
}

export interface DataImportOptions extends DataInspectOptions {
  readonly name?: string
}

/** What files are taken for, without importing them. */
export async function inspectData(
  paths: readonly string[],
  options: DataInspectOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { json } = options
  const choices = readChoices(options)
  if (!choices.ok) return reportFailure(choices.error, json)
  const inspection = await inspect(paths, choices.value, surroundings, json)
  if (!inspection.ok) return reportFailure(inspection.error, json)
  if (json) printJson(withoutPixels(inspection.value))
  else for (const line of describeInspection(inspection.value)) print(line)
  return exitCodes.done
}

/** Decodes files into the cache. */
export async function importData(
  paths: readonly string[],
  options: DataImportOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { json } = options
  const choices = readChoices(options)
  if (!choices.ok) return reportFailure(choices.error, json)
  const source = sourceOf(paths, choices.value)
  const imported = await ask(surroundings, json, 'dataset.import', { source, name: options.name ?? null, job })
  if (!imported.ok) return reportFailure(imported.error, json)
  const report = await ask(surroundings, true, 'dataset.report', { source: imported.value.source })
  if (!report.ok) return reportFailure(report.error, json)
  if (json) printJson({ ...imported.value, report: report.value })
  else for (const line of describeImport(imported.value, report.value)) print(line)
  return exitCodes.done
}

export interface DataExportOptions {
  readonly out: string
  readonly as: ExportForm
  readonly json: boolean
}

/** Writes pictures in the form of CIFAR-10, or as PNG files in folders of their classes. */
export async function exportData(
  word: string,
  { out, as, json }: DataExportOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const source = await findDataSource(word, as === 'cifar' ? [32, 32, 3] : null, surroundings, json)
  if (!source.ok) return reportFailure(source.error, json)
  const folder = path.resolve(out)
  const saved = await ask(surroundings, json, 'dataset.export', { source: source.value, as, folder, job })
  if (!saved.ok) return reportFailure(saved.error, json)
  if (json) printJson(saved.value)
  else for (const file of saved.value) print(file)
  return exitCodes.done
}

/** What `--data` means: a catalogue id, the name or id of an import, or files; pictures then become what the model takes. */
export async function findDataSource(
  word: string,
  inputShape: Shape | null,
  surroundings: Surroundings,
  quiet: boolean,
): Promise<Result<DataSource>> {
  const source = catalogueIds.find((id) => id === word)
  if (source) return success({ source })
  const imported = await ask(surroundings, true, 'dataset.imported', {})
  if (!imported.ok) return imported
  const known = imported.value.find(({ name, id }) => name === word || id === word)
  if (known) return success(known.source)
  if (!existsSync(word)) {
    const names = [...catalogueIds, ...imported.value.map(({ name }) => name)].join(', ')
    return failure('missing-dataset', `A path that exists or one of ${names} was expected. Received: ${word}`)
  }
  const inspection = await inspect([word], null, surroundings, quiet)
  if (!inspection.ok) return inspection
  const { format } = inspection.value.recognised[0]
  return success(sourceOf([word], format === 'pictures' && inputShape !== null ? sizeChoices(inputShape) : { format }))
}

/** The shape that a model's input asks for; null where it has none. */
export function inputShapeOf({ nodes }: Model): Shape | null {
  const shape = nodes.find(({ layer }) => layer === 'input')?.params['shape']
  return Array.isArray(shape) ? (shape as Shape) : null
}

function inspect(
  paths: readonly string[],
  choices: ReadingChoices | null,
  surroundings: Surroundings,
  quiet: boolean,
): Promise<Result<Inspection>> {
  return ask(surroundings, quiet, 'dataset.inspect', {
    paths: paths.map((one) => path.resolve(one)),
    ...(choices !== null && { options: choices }),
    job,
  })
}

function ask<M extends EngineMethod>(
  surroundings: Surroundings,
  quiet: boolean,
  method: M,
  params: EngineRequests[M]['params'],
): Promise<Result<EngineRequests[M]['result']>> {
  return askWorkbench({ surroundings, backend: 'auto', quiet }, method, params)
}

function sourceOf(paths: readonly string[], choices: ReadingChoices | null): FileSource {
  const [first = '', ...more] = paths.map((one) => path.resolve(one))
  return { path: first, ...(more.length > 0 && { more }), ...(choices !== null && { options: choices }) }
}

function readChoices({ as, options, input }: DataInspectOptions): Result<ReadingChoices | null> {
  if (as === undefined && options === undefined && input === undefined) return success(null)
  let given: unknown = {}
  try {
    if (options !== undefined) given = JSON.parse(options)
  } catch {
    return failure('invalid-request', '--options: JSON such as {"format":"series","lookBack":144} was expected.')
  }
  const choices = {
    ...(as !== undefined && { format: as }),
    ...(input !== undefined && sizeChoices(input)),
    ...(given as object),
  }
  const parsed = readingChoicesSchema.safeParse(choices)
  if (parsed.success) return success(parsed.data)
  const [issue] = parsed.error.issues.flatMap((found) => describeIssue(found, choices))
  return failure('invalid-request', `--options: ${issue ? `${pathText(issue.path)}: ${issue.message}` : 'not valid'}`)
}

function sizeChoices([height, width, channels]: Shape): ReadingChoices {
  return {
    format: 'pictures',
    ...(height !== undefined && { height }),
    ...(width !== undefined && { width }),
    ...((channels === 1 || channels === 3) && { channels }),
  }
}

/** Pixels are of no use in JSON. */
function withoutPixels(inspection: Inspection): unknown {
  return {
    ...inspection,
    recognised: inspection.recognised.map((recognition) => ({
      ...recognition,
      preview: undefined,
      overview: undefined,
    })),
  }
}

function describeInspection({ name, recognised }: Inspection): readonly string[] {
  const [first, ...others] = recognised
  const kinds = others.map(({ title, format }) => `${title.en.toLowerCase()} (--as ${format})`)
  return [
    `${name}: ${first.title.en.toLowerCase()}`,
    ...describeRecognition(first),
    ...(kinds.length > 0 ? [`It could also be read as ${kinds.join(' or ')}.`] : []),
  ]
}

function describeRecognition(recognition: Recognition): readonly string[] {
  const { shape, counts, classes, classCounts, warnings, skipped, skippedCount, options, heldOut, faults } = recognition
  const { format: _, ...chosen } = options
  const lines = [
    `  ${formatNumber(counts.train)} samples to train on, ${formatNumber(counts.test)} to test, each ${formatShape(shape)}`,
  ]
  if (heldOut > 0) lines.push(`  ${formatNumber(heldOut)} of the training samples are set aside for validation`)
  if ('columns' in recognition) {
    const rows = recognition.columns.map(({ name, kind, missing, least, greatest, distinct }) => [
      `  ${name}`,
      kind,
      least === null || kind !== 'number' ? '' : `${formatNumber(least)} … ${formatNumber(greatest ?? NaN)}`,
      distinct >= distinctLimit ? `${formatNumber(distinct)}+` : distinct,
      missing,
    ])
    lines.push(
      ...formatTable(
        [
          { title: '  column' },
          { title: 'kind' },
          { title: 'values' },
          { title: 'different', align: 'right' },
          { title: 'missing', align: 'right' },
        ],
        rows,
      ),
    )
  } else if (classes.length > 0 && classes.length <= 20) {
    const rows = classes.map((name, label) => [
      `  ${name}`,
      classCounts.train[label] ?? '',
      classCounts.test[label] ?? '',
    ])
    lines.push(
      ...formatTable(
        [{ title: '  class' }, { title: 'train', align: 'right' }, { title: 'test', align: 'right' }],
        rows,
      ),
    )
  } else if (classes.length > 0) lines.push(`  ${formatNumber(classes.length)} classes`)
  lines.push(`  options ${JSON.stringify(chosen)}`)
  for (const warning of warnings) lines.push(`  note: ${warning.en}`)
  for (const fault of Object.values(faults ?? {})) lines.push(`  cannot be imported so: ${fault.en}`)
  lines.push(...describeSkipped(skipped, skippedCount))
  return lines
}

function describeSkipped(skipped: Recognition['skipped'], count: number): readonly string[] {
  if (count === 0) return []
  const shown = skipped.slice(0, skippedShown).map(({ file, reason }) => `    ${file}: ${reason.en}`)
  const left = count - shown.length
  return [`  ${formatNumber(count)} skipped:`, ...shown, ...(left > 0 ? [`    … and ${formatNumber(left)} more`] : [])]
}

function describeImport({ name, descriptor }: ImportedDataset, report: ImportReport | null): readonly string[] {
  const { counts, shape } = descriptor
  const lines = [
    `Imported as "${name}": ${formatNumber(counts.train)} samples to train on, ${formatNumber(counts.test)} to test, each ${formatShape(shape)}`,
  ]
  for (const { en } of dataNotes(descriptor)) lines.push(`  note: ${en}`)
  if (report === null) return lines
  const total = counts.train + counts.test
  if (report.seconds > 0)
    lines.push(`  in ${report.seconds.toFixed(1)} s (${formatNumber(Math.round(total / report.seconds))} a second)`)
  if (report.leakCount > 0)
    lines.push(
      `  note: ${formatNumber(report.leakCount)} test samples are also in the training part: the test is too easy`,
    )
  if (report.repeats > 0) lines.push(`  note: ${formatNumber(report.repeats)} training samples occur more than once`)
  return [...lines, ...describeSkipped(report.skipped, report.skipped.length)]
}
