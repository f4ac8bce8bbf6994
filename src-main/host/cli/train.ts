import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import { describeIssue, pathText } from '../../common/project/describe-issue.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { DeviceChoice } from '../../common/training/device.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import { recipeSchema } from '../../common/training/recipe.ts'
import { createEngine } from '../engine-supervisor.ts'
import { runsFolderOf } from '../run-store.ts'
import { createTrainingSession } from '../training-session.ts'
import { metricWords } from './metric-words.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodeFor, exitCodes, printError, printJson } from './outcome.ts'
import type { ProgressLine } from './progress-line.ts'
import { createProgressLine, formatDuration } from './progress-line.ts'
import { findDataSource, inputShapeOf } from './data.ts'
import { readSubject } from './subject.ts'
import type { Surroundings } from './surroundings.ts'
import { formatNumber, formatPercent } from './table.ts'

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
  readonly project: Project
  readonly models: readonly string[]
  readonly runsFolder: string
}

/** Trains until the end, a failure, or Ctrl-C, which stops at the end of a batch; a second one ends at once. */
export async function train(word: string, options: TrainOptions, surroundings: Surroundings): Promise<ExitCode> {
  const report = options.json ? reportAsJson() : reportToPeople()
  const job = await prepare(word, options, surroundings)
  if (!job.ok) {
    report({ type: 'failed', ...job.error })
    return exitCodeFor(job.error)
  }
  const { project, models, runsFolder } = job.value
  let end: (code: ExitCode) => void = () => undefined
  const ended = new Promise<ExitCode>((resolve) => {
    end = resolve
  })
  const session = createTrainingSession({
    device: async () => options.device,
    createTrainer: ({ step, onNews, onCrash }) =>
      createEngine({
        spawn: surroundings.spawn,
        start: { engine: 'trainer', step, backend: options.backend, cacheFolder: surroundings.datasetCache },
        onNews,
        onState: ({ state, message }) => {
          if (state === 'crashed') onCrash(message ?? 'The trainer ended unexpectedly.')
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
    else void session.request(stop.run, 'training.stop', {})
    stop.asked = true
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const started = await Promise.race([session.start(runsFolder, project, models), ended.then(() => null)])
  if (started?.ok) stop.run = started.value.run
  else if (started) {
    report({ type: 'failed', ...started.error })
    end(exitCodeFor(started.error))
  }
  const code = await ended
  session.close()
  return stop.asked ? exitCodes.interrupted : code
}

async function prepare(word: string, options: TrainOptions, surroundings: Surroundings): Promise<Result<Job>> {
  if (options.resume !== undefined) {
    return failure(
      'unsupported',
      'A run cannot be taken up again in this version. Leave --resume out to start a new one.',
    )
  }
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
    return failure('invalid-request', issue ? `${pathText(issue.path)}: ${issue.message}` : 'The recipe is not valid.')
  }
  const ids = project.models.map(({ id }) => id)
  // Without any model, the session says so better than a list of none.
  const unknown = ids.length === 0 ? undefined : options.model?.find((id) => !ids.includes(id))
  if (unknown !== undefined) {
    return failure('invalid-request', `--model: one of ${ids.join(', ')} was expected. Received: ${unknown}`)
  }
  return success({
    project: { ...project, dataset: dataset.value, recipe: recipe.data },
    models: options.model ? [...new Set(options.model)] : ids,
    runsFolder: findRunsFolder(word, file, options.out, surroundings),
  })
}

/** `--out` where it is given; beside a project's file; a template's runs lie with the user's projects. */
function findRunsFolder(
  word: string,
  file: string | null,
  out: string | undefined,
  surroundings: Surroundings,
): string {
  if (out !== undefined) return path.resolve(out)
  return runsFolderOf(file ?? path.join(surroundings.folders.projects, `${word}.convas`))
}

type Report = (
  event: TrainingEvent | { readonly type: 'job'; readonly progress: Parameters<ProgressLine['showJob']>[0] },
) => void

const eventsInJson: readonly TrainingEvent['type'][] = [
  'run-started',
  'step',
  'epoch',
  'model-finished',
  'run-finished',
  'failed',
]

function reportAsJson(): Report {
  return (event) => {
    if (event.type !== 'job' && eventsInJson.includes(event.type)) printJson(event)
  }
}

function reportToPeople(): Report {
  const line = createProgressLine(true)
  const names = new Map<string, string>()
  let epochs = 0
  let stepsPerEpoch = 0
  const name = (model: string) => names.get(model) ?? model

  return (event) => {
    switch (event.type) {
      case 'job':
        line.showJob(event.progress)
        break
      case 'run-started':
        for (const model of event.models) names.set(model.id, model.name)
        epochs = event.epochs
        stepsPerEpoch = event.stepsPerEpoch
        line.keep(`Run ${event.run} on ${event.backend} (${event.device})`)
        line.keep(`  in ${event.dir}`)
        for (const model of event.models) line.keep(`  ${model.name}: ${formatNumber(model.parameters)} parameters`)
        line.keep(
          `  ${formatNumber(event.samples.train)} samples to train on, ${formatNumber(event.samples.validation)} to validate, ${formatNumber(event.samples.test)} to test`,
        )
        break
      case 'progress':
        line.show(
          `Epoch ${event.epoch}/${epochs}`,
          event.step / Math.max(1, epochs * stepsPerEpoch),
          `${formatNumber(Math.round(event.samplesPerSecond))} samples/s${event.secondsLeft === null ? '' : `, ${formatDuration(event.secondsLeft)} left`}`,
        )
        break
      case 'epoch':
        line.keep(
          `Epoch ${event.epoch}/${epochs}  ${name(event.model)}  loss ${event.loss.toFixed(4)}${accuracy(event.accuracy)}` +
            (event.valLoss === null ? '' : `  validation ${event.valLoss.toFixed(4)}${accuracy(event.valAccuracy)}`) +
            `  ${event.seconds.toFixed(1)} s`,
        )
        break
      case 'model-finished':
        line.keep(
          `${name(event.model)}: ${event.reason}` +
            (event.best ? `, best epoch ${event.best.epoch}` : '') +
            (event.test ? `, test loss ${event.test.loss.toFixed(4)}${accuracy(event.test.accuracy)}` : ''),
        )
        if (event.test?.metrics) line.keep(`  ${metricWords(event.test.metrics)}`)
        break
      case 'log':
        if (event.level !== 'info') line.keep(`${event.level}: ${event.message}`)
        break
      case 'run-finished':
        line.end()
        break
      case 'failed':
        line.end()
        printError(event.message)
        break
      case 'step':
      case 'confusion':
      case 'state':
        break
    }
  }
}

function accuracy(fraction: number | null): string {
  return fraction === null ? '' : ` (${formatPercent(fraction)})`
}
