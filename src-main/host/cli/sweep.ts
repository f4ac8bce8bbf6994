import { existsSync } from 'node:fs'
import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import { scoreOf } from '../../common/sweep/advance.ts'
import { planSweep } from '../../common/sweep/cells.ts'
import { findField, readRange, readValue, sweepFields } from '../../common/sweep/fields.ts'
import type { SweepField } from '../../common/sweep/fields.ts'
import { spreadOf } from '../../common/sweep/folds.ts'
import type { SweepAxis, SweepCell, SweepDetail, SweepPlan, SweepSettings } from '../../common/sweep/plan.ts'
import { metricsMeasured, metricWord, shortField, sweepCsv, sweepRows, valueText } from '../../common/sweep/table.ts'
import type { Project } from '../../common/project/project.ts'
import type { DeviceChoice } from '../../common/training/device.ts'
import type { Monitored } from '../../common/training/recipe.ts'
import { writeWholeFile } from '../atomic-file.ts'
import { createEngine } from '../engine-supervisor.ts'
import { newRunId } from '../run-store.ts'
import { startSweep } from '../sweeps/sweep-runner.ts'
import { lockSweep, readSweep, readSweepFile, sweepFileOf } from '../sweeps/sweep-store.ts'
import { metricText } from './metric-words.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printError, printJson, reportFailure } from './outcome.ts'
import { createProgressLine, formatDuration } from './progress-line.ts'
import { readSubject } from './subject.ts'
import type { Surroundings } from './surroundings.ts'
import { formatNumber, formatTable } from './table.ts'
import type { PreparedProject } from './train.ts'
import { findRunsFolder, prepareProject } from './train.ts'
import { withWorkbench } from './workbench.ts'

interface CommonOptions {
  readonly model?: readonly string[]
  readonly data?: string
  readonly epochs?: number
  readonly batchSize?: number
  readonly seed?: number
  readonly out?: string
  readonly together?: number
  readonly minutes?: number
  readonly by: Monitored
  readonly csv?: string
  readonly resume?: string
  readonly device: DeviceChoice
  readonly backend: BackendChoice
  readonly json: boolean
}

export interface SweepCommandOptions extends CommonOptions {
  readonly vary?: readonly string[]
  readonly random?: number
  readonly halving: boolean
  readonly runs?: number
  readonly prune: boolean
  readonly fields: boolean
}

export interface KfoldOptions extends CommonOptions {
  readonly folds: number
  readonly final: boolean
}

/** Trains every cell of a sweep and tells the table; Ctrl-C pauses it at the end of a batch, a second one ends at once. */
export async function sweep(
  word: string | undefined,
  options: SweepCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  if (options.fields) return listFields(word, options)
  const { random, halving, runs = null, prune } = options
  const method: SweepSettings['method'] = halving
    ? { type: 'halving', count: random ?? null, keep: 3 }
    : random === undefined
      ? { type: 'grid' }
      : { type: 'random', count: random }
  return run(word, options, surroundings, (project) => {
    const axes = readAxes(project, options.vary ?? [])
    if (!axes.ok) return axes
    return success({ method, axes: axes.value, prune, ...sharedSettings(project, options, runs) })
  })
}

/** k-fold cross-validation, as a sweep over the folds. */
export async function kfold(
  word: string | undefined,
  options: KfoldOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { folds, final } = options
  if (folds < 2 || folds > 100) {
    const message = `--folds: a whole number from 2 to 100 was expected. Received: ${folds}`
    return reportFailure({ code: 'invalid-request', message }, options.json)
  }
  return run(word, options, surroundings, (project) =>
    success({
      method: { type: 'folds', of: folds, final },
      axes: [],
      prune: false,
      ...sharedSettings(project, options, null),
    }),
  )
}

function sharedSettings({ recipe }: Project, options: CommonOptions, runs: number | null) {
  const { minutes, together, by } = options
  return { seed: recipe.seed, budget: { runs, minutes: minutes ?? null }, together: together ?? null, metric: by }
}

async function listFields(word: string | undefined, { json }: CommonOptions): Promise<ExitCode> {
  const subject = await readSubject(word ?? '')
  if (!subject.ok) return reportFailure(subject.error, json)
  const fields = sweepFields(subject.value.project)
  if (json) printJson(fields.map(({ id, kind, current }) => ({ field: id, ...kind, current })))
  else {
    const rows = fields.map((field) => [field.id, valueText(field.current ?? undefined) || '–', expectation(field)])
    for (const line of formatTable([{ title: 'field' }, { title: 'now' }, { title: 'takes' }], rows)) print(line)
  }
  return exitCodes.done
}

function expectation({ kind }: SweepField): string {
  if (kind.type === 'flag') return 'true or false'
  if (kind.type === 'choice') return kind.options.join(', ')
  if (kind.type === 'size') return kind.axes === 1 ? 'a whole number' : 'a size such as 3 or 3x5'
  const range = [
    ...(Number.isFinite(kind.min) ? [`from ${kind.min}`] : []),
    ...(Number.isFinite(kind.max) ? [`to ${kind.max}`] : []),
  ]
  return [[kind.whole ? 'a whole number' : 'a number', ...range].join(' '), ...kind.words].join(', or ')
}

/** `field=a,b,c`, or for numbers `field=low..high`, with `:log` for a range over orders of size. */
function readAxes(project: Project, words: readonly string[]): Result<readonly SweepAxis[]> {
  const axes: SweepAxis[] = []
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) return failure('invalid-request', `--vary: field=value,value was expected. Received: ${word}`)
    const field = findField(project, word.slice(0, at))
    if (!field.ok) return field
    const text = word.slice(at + 1)
    const range = readRange(text)
    if (range) {
      const { from, to, isLog } = range
      if (!Number.isFinite(from) || !Number.isFinite(to))
        return failure('invalid-request', `--vary: a range such as 0.1..1 was expected. Received: ${text}`)
      axes.push({ field: field.value.id, from, to, scale: isLog ? 'log' : 'linear' })
      continue
    }
    const values = text.split(',').map((value) => readValue(field.value, value.trim()))
    const refused = values.find((value) => !value.ok)
    if (refused && !refused.ok) return refused
    axes.push({ field: field.value.id, values: values.flatMap((value) => (value.ok ? [value.value] : [])) })
  }
  return success(axes)
}

interface Job {
  readonly plan: SweepPlan
  readonly runsFolder: string
  readonly said: Pick<PreparedProject, 'changes' | 'notes'>
}

async function run(
  word: string | undefined,
  options: CommonOptions,
  surroundings: Surroundings,
  settingsOf: (project: Project) => Result<SweepSettings>,
): Promise<ExitCode> {
  const { json } = options
  const job =
    options.resume === undefined
      ? await prepareSweep(word, options, surroundings, settingsOf)
      : await findSweep(word, options.resume, options, surroundings)
  if (!job.ok) return reportFailure(job.error, json)
  const { plan, runsFolder, said } = job.value
  if (!json) {
    for (const { model, change } of said.changes)
      printError(`fitted to the data: ${model === null ? '' : `${model}, `}${change}`)
    for (const note of said.notes) printError(`note: ${note}`)
  }
  const lock = await lockSweep(runsFolder, plan.sweep)
  if (!lock.ok) return reportFailure(lock.error, json)
  try {
    return await train(plan, runsFolder, options, surroundings)
  } finally {
    await lock.value()
  }
}

async function train(
  plan: SweepPlan,
  runsFolder: string,
  { device, backend, csv, json }: CommonOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const report = json ? reportAsJson() : reportToPeople(plan)
  const left = await withWorkbench({ surroundings, backend, quiet: json }, (ask) => {
    const runner = startSweep({
      runsFolder,
      plan,
      device: async () => device,
      createTrainer: ({ oneThreadAnOp, onNews, onCrash }) =>
        createEngine({
          spawn: surroundings.spawn,
          start: { engine: 'trainer', oneThreadAnOp, backend, cacheFolder: surroundings.datasetCache },
          onNews,
          onState: (info) => {
            if (info.state === 'crashed') onCrash(info)
          },
        }),
      describe: (source) => ask('dataset.describe', { source, job: 'cli' }),
      onChange: report.change,
    })
    let isAsked = false
    const interrupt = () => {
      if (isAsked) process.exit(exitCodes.interrupted)
      isAsked = true
      runner.pause()
    }
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', interrupt)
    return runner.ended
  })
  report.end()
  if (!left.ok) return reportFailure(left.error, json)
  const detail = { ...left.value, loss: left.value.project.recipe.loss }
  if (csv !== undefined) {
    const written = await writeWholeFile(path.resolve(csv), sweepCsv(detail))
    if (!written.ok) return reportFailure(written.error, json)
  }
  const file = sweepFileOf(runsFolder, plan.sweep)
  const { state } = left.value
  if (json)
    printJson({
      type: 'sweep-finished',
      sweep: plan.sweep,
      file: file.ok ? file.value : '',
      state,
      table: tableInJson(left.value),
    })
  else {
    for (const line of describeTable(left.value)) print(line)
    if (state !== 'finished' && file.ok) print(`Go on with: convas sweep --resume ${file.value}`)
  }
  if (state === 'finished')
    return left.value.cells.some((cell) => cell.state === 'failed') ? exitCodes.failed : exitCodes.done
  return exitCodes.interrupted
}

async function prepareSweep(
  word: string | undefined,
  options: CommonOptions,
  surroundings: Surroundings,
  settingsOf: (project: Project) => Result<SweepSettings>,
): Promise<Result<Job>> {
  if (word === undefined)
    return failure(
      'invalid-request',
      'A project, a template, or a sweep after --resume was expected. Received: nothing',
    )
  const prepared = await prepareProject(word, options, surroundings)
  if (!prepared.ok) return prepared
  const { project, models, runsFolder, changes, notes } = prepared.value
  const settings = settingsOf(project)
  if (!settings.ok) return settings
  const created = new Date()
  const plan = planSweep({
    sweep: newRunId(created),
    created: created.toISOString(),
    project,
    models,
    settings: settings.value,
  })
  return plan.ok ? success({ plan: plan.value, runsFolder, said: { changes, notes } }) : plan
}

/** A sweep is named by its file, or by its id after the project that it belongs to; it goes on with what it began with. */
async function findSweep(
  word: string | undefined,
  sweep: string,
  options: CommonOptions & Partial<Pick<SweepCommandOptions, 'runs'>>,
  surroundings: Surroundings,
): Promise<Result<Job>> {
  const given = { '--model': options.model, '--data': options.data, '--epochs': options.epochs, '--seed': options.seed }
  const unfit = Object.entries(given).find(([, value]) => value !== undefined)?.[0]
  if (unfit !== undefined)
    return failure('invalid-request', `A sweep goes on with what it began with: leave ${unfit} out after --resume.`)
  const file = path.resolve(sweep)
  let found: Result<SweepPlan>
  let runsFolder: string
  if (word === undefined || existsSync(file)) {
    found = await readSweepFile(file)
    runsFolder = path.resolve(file, '..', '..')
  } else {
    const subject = await readSubject(word)
    if (!subject.ok) return subject
    runsFolder = findRunsFolder(word, subject.value.file, options.out, surroundings)
    found = await readSweep(runsFolder, sweep)
  }
  if (!found.ok) return found
  const { settings } = found.value
  const budget = { runs: options.runs ?? settings.budget.runs, minutes: options.minutes ?? settings.budget.minutes }
  const together = options.together ?? settings.together
  return success({
    plan: { ...found.value, settings: { ...settings, budget, together } },
    runsFolder,
    said: { changes: [], notes: [] },
  })
}

interface Report {
  readonly change: (detail: SweepDetail) => void
  readonly end: () => void
}

/** Cells whose state has changed since the last time. */
function createChanges() {
  const states = new Map<string, string>()
  return ({ cells }: SweepDetail): readonly SweepCell[] =>
    cells.filter((cell) => {
      const state = `${cell.state} ${cell.rung}`
      const isNew = states.get(cell.id) !== state
      states.set(cell.id, state)
      return isNew && cell.state !== 'waiting'
    })
}

function reportAsJson(): Report {
  const changes = createChanges()
  return {
    change: (detail) => {
      for (const { id, values, fold, state, run, epochs, measures, message } of changes(detail))
        printJson({ type: 'cell', cell: id, values, fold, state, run, epochs, measures, message })
    },
    end: () => undefined,
  }
}

function reportToPeople(plan: SweepPlan): Report {
  const line = createProgressLine(true)
  const changes = createChanges()
  const { axes, metric, method } = plan.settings
  const fields = axes.map(({ field }) => field)
  const { loss } = plan.project.recipe
  const nameOf = ({ values, fold, id }: SweepCell) =>
    fold === 'all'
      ? 'all training data'
      : fold !== null && method.type === 'folds'
        ? `fold ${fold} of ${method.of}`
        : fields.map((field) => `${shortField(field, fields)}=${valueText(values[field])}`).join(' ') || id
  line.keep(`Sweep ${plan.sweep}: ${plan.cells.length} cells`)
  return {
    change: (detail) => {
      for (const cell of changes(detail)) {
        if (cell.state === 'running' || cell.state === 'skipped') continue
        const score = scoreOf(cell, metric)
        const told = cell.message ?? (score === null ? '' : `${metricWord(metric, loss)} ${metricText(metric, score)}`)
        line.keep(`${nameOf(cell)}: ${cell.state}  ${told}  ${formatDuration(cell.seconds)}`)
      }
      const ended = detail.cells.filter(({ state }) => state !== 'waiting' && state !== 'running').length
      const epochs = detail.cells.reduce((sum, cell) => sum + cell.epochs, 0)
      const done = detail.cells.reduce(
        (sum, cell) =>
          sum +
          (cell.state === 'waiting' || cell.state === 'running' ? (detail.progress[cell.id]?.epoch ?? 0) : cell.epochs),
        0,
      )
      const time = detail.secondsLeft === null ? '' : `, ${formatDuration(detail.secondsLeft)} left`
      line.show(`${ended} of ${detail.cells.length} cells`, done / Math.max(1, epochs), `${done} epochs${time}`)
    },
    end: line.end,
  }
}

/** The course's table: what was varied and what came of it, the best first. */
function describeTable(plan: SweepPlan): readonly string[] {
  const { axes, method } = plan.settings
  const { loss } = plan.project.recipe
  const fields = axes.map(({ field }) => field)
  const isFolds = method.type === 'folds'
  const metrics = mainMetrics(plan)
  const hasModels = plan.models.length > 1
  const has = (part: 'validation' | 'test') =>
    plan.cells.some(({ measures }) => measures.some((one) => one[part] !== null))
  const parts = (['validation', 'test'] as const).filter(has)
  const right = { align: 'right' as const }
  const columns = [
    ...(isFolds ? [{ title: 'fold' }] : []),
    ...fields.map((field) => ({ title: shortField(field, fields), ...right })),
    ...(hasModels ? [{ title: 'model' }] : []),
    ...parts.flatMap((part) => metrics.map((metric) => ({ title: `${part} ${metricWord(metric, loss)}`, ...right }))),
    { title: 'parameters', ...right },
    { title: 'seconds', ...right },
    { title: 'state' },
  ]
  const rows = sweepRows(plan).map(({ cell, measures }) => [
    ...(isFolds ? [cell.fold === 'all' ? 'all data' : String(cell.fold ?? '')] : []),
    ...fields.map((field) => valueText(cell.values[field])),
    ...(hasModels ? [measures?.name ?? '–'] : []),
    ...parts.flatMap((part) => metrics.map((metric) => metricText(metric, measures?.[part]?.[metric] ?? null))),
    measures ? formatNumber(measures.parameters) : '–',
    cell.seconds.toFixed(1),
    cell.state,
  ])
  return ['', ...formatTable(columns, rows), ...(isFolds ? describeFolds(plan) : [])]
}

/** The one that is sorted by, the loss, and for classes the accuracy: the other measures are in the JSON and the CSV. */
function mainMetrics(plan: SweepPlan): readonly Monitored[] {
  const { metric } = plan.settings
  return metricsMeasured(plan).filter((one) => one === metric || one === 'loss' || one === 'accuracy')
}

/** Mean and deviation over the folds, by model. */
function describeFolds(plan: SweepPlan): readonly string[] {
  const { loss } = plan.project.recipe
  const metrics = metricsMeasured(plan)
  return [
    '',
    ...foldSpreads(plan).map(({ name, spreads, folds }) => {
      const words = metrics.flatMap((metric) => {
        const spread = spreads[metric]
        return spread
          ? [`${metricWord(metric, loss)} ${metricText(metric, spread.mean)} ± ${metricText(metric, spread.deviation)}`]
          : []
      })
      return `${name}, validation over ${folds} folds: ${words.join(', ')}`
    }),
  ]
}

function foldSpreads({ cells, models, settings }: SweepPlan) {
  const folds = cells.filter(({ fold, measures }) => fold !== 'all' && measures.length > 0)
  return models.flatMap((id) => {
    const measured = folds.flatMap(({ measures }) => measures.filter((one) => one.model === id))
    const [first] = measured
    if (first === undefined) return []
    const spreads = Object.fromEntries(
      metricsMeasured({ cells, settings }).map((metric) => [
        metric,
        spreadOf(measured.flatMap(({ validation }) => validation?.[metric] ?? [])),
      ]),
    )
    return [{ model: id, name: first.name, folds: measured.length, spreads }]
  })
}

function tableInJson(plan: SweepPlan) {
  const rows = sweepRows(plan).map(({ cell, measures }) => ({
    cell: cell.id,
    ...(cell.fold !== null && { fold: cell.fold }),
    values: cell.values,
    state: cell.state,
    run: cell.run,
    seconds: cell.seconds,
    ...measures,
    message: cell.message,
  }))
  return plan.settings.method.type === 'folds' ? { rows, spreads: foldSpreads(plan) } : { rows }
}
