import { existsSync } from 'node:fs'
import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import { dataNotes, isUnlabelled, noLabels } from '../../common/data/data-notes.ts'
import type { DataSource } from '../../common/data/dataset.ts'
import { adaptToData } from '../../common/project/adapt-to-data.ts'
import { describeIssue, pathText } from '../../common/project/describe-issue.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { DeviceChoice } from '../../common/training/device.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Outcome } from '../../common/training/outcome.ts'
import { outcomeOf } from '../../common/training/outcome.ts'
import { recipeSchema } from '../../common/training/recipe.ts'
import { stateAfter } from '../../common/training/way-on.ts'
import { createEngine } from '../engine-supervisor.ts'
import { runsFolderOf } from '../run-store.ts'
import type { TrainingSession } from '../training-session.ts'
import { createTrainingSession } from '../training-session.ts'
import { metricWords } from './metric-words.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodeFor, exitCodes, print, printError, printJson } from './outcome.ts'
import type { ProgressLine } from './progress-line.ts'
import { createProgressLine, formatDuration } from './progress-line.ts'
import { findDataSource, inputShapeOf } from './data.ts'
import { readSubject } from './subject.ts'
import type { Surroundings } from './surroundings.ts'
import { formatNumber, formatPercent, formatShape } from './table.ts'
import { askWorkbench } from './workbench.ts'

export interface TrainOptions {
  readonly model?: readonly string[]
  readonly data?: string
  readonly epochs?: number
  readonly batchSize?: number
  readonly seed?: number
  readonly backend: BackendChoice
  readonly device: DeviceChoice
  readonly out?: string
  readonly resume?: string
  readonly json: boolean
}

interface Job {
  readonly start: (session: TrainingSession) => Promise<Result<{ readonly run: string }>>
  /** What was fitted to the data; without a model it is the recipe that was. */
  readonly changes: readonly { readonly model: string | null; readonly change: string }[]
  /** What should be known of the data. */
  readonly notes: readonly string[]
  /** Null for a run that goes on with what it began with. */
  readonly batchSize: number | null
}

/** Trains until the end, a failure, or Ctrl-C, which stops at the end of a batch; a second one ends at once. */
export async function train(
  word: string | undefined,
  options: TrainOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const job = await prepare(word, options, surroundings)
  const report = options.json ? reportAsJson() : reportToPeople(job.ok ? job.value.batchSize : null)
  if (!job.ok) {
    report({ type: 'failed', ...job.error })
    return exitCodeFor(job.error)
  }
  if (job.value.changes.length > 0) report({ type: 'adapted', changes: job.value.changes })
  if (job.value.notes.length > 0) report({ type: 'data-notes', notes: job.value.notes })
  let end: (code: ExitCode) => void = () => undefined
  const ended = new Promise<ExitCode>((resolve) => {
    end = resolve
  })
  const session = createTrainingSession({
    device: async () => options.device,
    createTrainer: ({ oneThreadAnOp, onNews, onCrash }) =>
      createEngine({
        spawn: surroundings.spawn,
        start: { engine: 'trainer', oneThreadAnOp, backend: options.backend, cacheFolder: surroundings.datasetCache },
        onNews,
        onState: (info) => {
          if (info.state === 'crashed') onCrash(info)
        },
      }),
    onEvents: (_, events) => {
      for (const event of events) {
        report(event)
        if (event.type === 'run-finished') end(exitCodes.done)
        if (event.type === 'failed') end(exitCodes.failed)
      }
    },
    onProbe: () => undefined,
    onProgress: (progress) => {
      report({ type: 'job', progress })
    },
  })

  const stop = { asked: false, run: null as string | null }
  const interrupt = () => {
    if (stop.asked || stop.run === null) end(exitCodes.interrupted)
    else void session.stop(stop.run)
    stop.asked = true
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const started = await Promise.race([job.value.start(session), ended.then(() => null)])
  if (started?.ok) stop.run = started.value.run
  else if (started) {
    report({ type: 'failed', ...started.error })
    end(exitCodeFor(started.error))
  }
  const code = await ended
  session.close()
  return stop.asked ? exitCodes.interrupted : code
}

/** What sets a field of the recipe on the command line. */
const optionNames: Readonly<Record<string, string>> = {
  epochs: '--epochs',
  batchSize: '--batch-size',
  seed: '--seed',
}

async function prepare(
  word: string | undefined,
  options: TrainOptions,
  surroundings: Surroundings,
): Promise<Result<Job>> {
  if (options.resume !== undefined) return prepareResumption(word, options.resume, options, surroundings)
  if (word === undefined) {
    return failure('invalid-request', 'A project, a template, or a run after --resume was expected. Received: nothing')
  }
  const prepared = await prepareProject(word, options, surroundings)
  if (!prepared.ok) return prepared
  const { runsFolder, project, models, changes, notes } = prepared.value
  return success({
    start: (session) => session.start(runsFolder, project, models),
    changes,
    notes,
    batchSize: project.recipe.batchSize,
  })
}

export interface PreparedProject extends Pick<Job, 'changes' | 'notes'> {
  readonly project: Project
  readonly models: readonly string[]
  readonly runsFolder: string
}

/** A project or template with what the command line changes of it, fitted to other data where they were asked for. */
export async function prepareProject(
  word: string,
  options: Pick<TrainOptions, 'model' | 'data' | 'epochs' | 'batchSize' | 'seed' | 'out' | 'json'>,
  surroundings: Surroundings,
): Promise<Result<PreparedProject>> {
  const subject = await readSubject(word)
  if (!subject.ok) return subject
  const { project, file } = subject.value
  const [firstModel] = project.models
  const dataset =
    options.data === undefined
      ? success(project.dataset)
      : await findDataSource(options.data, firstModel ? inputShapeOf(firstModel) : null, surroundings, options.json)
  if (!dataset.ok) return dataset
  const changed = {
    ...project.recipe,
    ...(options.epochs !== undefined && { epochs: options.epochs }),
    ...(options.batchSize !== undefined && { batchSize: options.batchSize }),
    ...(options.seed !== undefined && { seed: options.seed }),
  }
  const recipe = recipeSchema.safeParse(changed)
  if (!recipe.success) {
    const [issue] = recipe.error.issues.flatMap((issue) => describeIssue(issue, changed))
    const name = issue ? (optionNames[String(issue.path[0])] ?? pathText(issue.path)) : ''
    return failure('invalid-request', issue ? `${name}: ${issue.message}` : 'The recipe is not valid.')
  }
  const ids = project.models.map(({ id }) => id)
  // Without any model, the session says so better than a list of none.
  const unknown = ids.length === 0 ? undefined : options.model?.find((id) => !ids.includes(id))
  if (unknown !== undefined) {
    return failure('invalid-request', `--model: one of ${ids.join(', ')} was expected. Received: ${unknown}`)
  }
  const runsFolder = findRunsFolder(word, file, options.out, surroundings)
  const models = options.model ? [...new Set(options.model)] : ids
  const asked = { ...project, dataset: dataset.value, recipe: recipe.data }
  const fitted =
    options.data === undefined || dataset.value === null
      ? success({ project: asked, changes: [], notes: [] })
      : await fitToData(asked, models, dataset.value, options, surroundings)
  return fitted.ok ? success({ ...fitted.value, models, runsFolder }) : fitted
}

/** Other data than a project was made for may ask for another input, answer and loss: it gets the window's mends. */
async function fitToData(
  project: Project,
  models: readonly string[],
  source: DataSource,
  { json }: Pick<TrainOptions, 'json'>,
  surroundings: Surroundings,
): Promise<Result<Pick<Job, 'changes' | 'notes'> & { readonly project: Project }>> {
  const described = await askWorkbench({ surroundings, backend: 'auto', quiet: json }, 'dataset.describe', {
    source,
    job: 'cli',
  })
  if (!described.ok) return described
  const { shape, kind } = described.value
  if (isUnlabelled(described.value)) return failure('invalid-dataset', noLabels.en)
  const adapted = adaptToData(project, models, described.value)
  const nameOf = (id: string | null) => project.models.find((model) => model.id === id)?.name ?? null
  const [first] = adapted.left
  if (first !== undefined) {
    const other = 'Choose another template, or mend the model in the window.'
    const larger = `Import the pictures in another size (convas data import … --input 32x32x${shape[2] ?? 3}).`
    const reason = first.problem.text.en.replace(/\.?$/, '.')
    return failure(
      'invalid-model',
      `"${nameOf(first.model)}" cannot take samples of ${formatShape(shape)}. ${reason} ${kind === 'pictures' ? `${larger} ` : ''}${other}`,
    )
  }
  return success({
    project: adapted.project,
    changes: adapted.changes.map(({ model, text }) => ({ model: nameOf(model), change: text.en })),
    notes: dataNotes(described.value).map(({ en }) => en),
  })
}

/** A run is named by its folder, or by its id after the project that it belongs to. */
async function prepareResumption(
  word: string | undefined,
  run: string,
  options: TrainOptions,
  surroundings: Surroundings,
): Promise<Result<Job>> {
  const given = {
    '--model': options.model,
    '--data': options.data,
    '--batch-size': options.batchSize,
    '--seed': options.seed,
  }
  const unfit = Object.entries(given).find(([, value]) => value !== undefined)?.[0]
  if (unfit !== undefined) {
    return failure('invalid-request', `A run goes on with what it began with: leave ${unfit} out after --resume.`)
  }
  let folder = path.resolve(run)
  if (word !== undefined && !existsSync(folder)) {
    const subject = await readSubject(word)
    if (!subject.ok) return subject
    folder = path.join(findRunsFolder(word, subject.value.file, options.out, surroundings), run)
  }
  if (!existsSync(folder)) {
    return failure('not-found', `The folder of a run was expected after --resume. Received: ${run}`)
  }
  return success({
    start: (session) => session.goOn(path.dirname(folder), path.basename(folder), options.epochs ?? null),
    changes: [],
    notes: [],
    batchSize: null,
  })
}

/** `--out` where it is given; beside a project's file; a template's runs lie with the user's projects. */
export function findRunsFolder(
  word: string,
  file: string | null,
  out: string | undefined,
  surroundings: Surroundings,
): string {
  if (out !== undefined) return path.resolve(out)
  return runsFolderOf(file ?? path.join(surroundings.folders.projects, `${word}.convas`))
}

type Report = (
  event:
    | TrainingEvent
    | { readonly type: 'job'; readonly progress: Parameters<ProgressLine['showJob']>[0] }
    | { readonly type: 'adapted'; readonly changes: Job['changes'] }
    | { readonly type: 'data-notes'; readonly notes: Job['notes'] },
) => void

const eventsInJson: readonly TrainingEvent['type'][] = [
  'run-started',
  'run-resumed',
  'step',
  'epoch',
  'model-finished',
  'run-finished',
  'failed',
]

function reportAsJson(): Report {
  return (event) => {
    const isToldBefore = event.type === 'adapted' || event.type === 'data-notes'
    if (isToldBefore || (event.type !== 'job' && eventsInJson.includes(event.type))) printJson(event)
  }
}

function reportToPeople(batchSize: number | null): Report {
  const line = createProgressLine(true)
  const names = new Map<string, string>()
  let epochs = 0
  let stepsPerEpoch = 0
  let dir = ''
  let isCutShort = false
  const told: Extract<TrainingEvent, { type: 'epoch' }>[] = []
  const name = (model: string) => names.get(model) ?? model
  const epochsOf = (model: string) => told.filter((event) => event.model === model)

  return (event) => {
    switch (event.type) {
      case 'job':
        line.showJob(event.progress)
        break
      case 'adapted':
        for (const { model, change } of event.changes)
          printError(`fitted to the data: ${model === null ? '' : `${model}, `}${change}`)
        break
      case 'data-notes':
        for (const note of event.notes) printError(`note: ${note}`)
        break
      case 'run-started':
        for (const model of event.models) names.set(model.id, model.name)
        epochs = event.epochs
        stepsPerEpoch = event.stepsPerEpoch
        dir = event.dir
        line.keep(`Run ${event.run} on ${event.backend} (${event.device})`)
        line.keep(`  in ${event.dir}`)
        for (const model of event.models) line.keep(`  ${model.name}: ${formatNumber(model.parameters)} parameters`)
        line.keep(
          `  ${formatNumber(event.samples.train)} samples to train on, ${formatNumber(event.samples.validation)} to validate, ${formatNumber(event.samples.test)} to test`,
        )
        break
      case 'run-resumed':
        for (const model of event.models) names.set(model.id, model.name)
        epochs = event.epochs
        stepsPerEpoch = event.stepsPerEpoch
        dir = event.dir
        line.keep(
          `Run ${event.run} goes on after step ${formatNumber(event.step)} on ${event.backend} (${event.device})`,
        )
        line.keep(`  in ${event.dir}, ${event.epoch} of ${epochs} epochs done`)
        break
      case 'progress':
        line.show(
          `Epoch ${event.epoch}/${epochs}`,
          event.step / Math.max(1, epochs * stepsPerEpoch),
          `${formatNumber(Math.round(event.samplesPerSecond))} samples/s${event.secondsLeft === null ? '' : `, ${formatDuration(event.secondsLeft)} left`}`,
        )
        break
      case 'epoch':
        told.push(event)
        line.keep(
          `Epoch ${event.epoch}/${epochs}  ${name(event.model)}  loss ${event.loss.toFixed(4)}${accuracy(event.accuracy)}` +
            (event.valLoss === null ? '' : `  validation ${event.valLoss.toFixed(4)}${accuracy(event.valAccuracy)}`) +
            `  ${event.seconds.toFixed(1)} s`,
        )
        break
      case 'model-finished':
        isCutShort ||= event.reason === 'stopped'
        line.keep(
          `${name(event.model)}: ${event.reason}${outcomeWords(outcomeOf(epochsOf(event.model), event, {}))}` +
            (event.test ? `, test loss ${event.test.loss.toFixed(4)}${accuracy(event.test.accuracy)}` : ''),
        )
        if (event.test?.metrics) line.keep(`  ${metricWords(event.test.metrics)}`)
        break
      case 'log':
        if (event.level !== 'info') line.keep(`${event.level}: ${event.message}`)
        break
      case 'run-finished':
        line.end()
        if (isCutShort) print(`Go on with: convas train --resume ${dir}`)
        break
      case 'failed':
        line.end()
        printError(event.message)
        if (event.code === 'out-of-memory' && batchSize !== null && batchSize > 1)
          printError(`Train again with half the batch: --batch-size ${Math.floor(batchSize / 2)}`)
        else if (stateAfter(event) === 'interrupted' && dir !== '') print(`Go on with: convas train --resume ${dir}`)
        break
      case 'step':
      case 'confusion':
      case 'moments':
      case 'state':
      case 'rate-changed':
        break
    }
  }
}

/** Whose figures are told of a model: those of the weights that are its result; its best epoch apart from them. */
function outcomeWords({ epoch, isWithin, judged, best }: Outcome): string {
  const valued = (of: Outcome['best']) =>
    of === null || of.valLoss === null ? '' : `: validation ${of.valLoss.toFixed(4)}${accuracy(of.valAccuracy)}`
  const result = isWithin ? `weights within epoch ${epoch}` : `weights of epoch ${epoch}${valued(judged)}`
  return `, ${result}${best === null || best.epoch === epoch ? '' : `, best epoch ${best.epoch}${valued(best)}`}`
}

function accuracy(fraction: number | null): string {
  return fraction === null ? '' : ` (${formatPercent(fraction)})`
}
