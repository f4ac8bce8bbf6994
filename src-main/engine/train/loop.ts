import type { WatchRequest } from '../../common/engine-protocol.ts'
import type { Model } from '../../common/graph/graph.ts'
import type { Project } from '../../common/project/project.ts'
import type { Failure, Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import type { RunState, TrainingEvent } from '../../common/training/events.ts'
import type { Probe } from '../../common/training/probe.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import type { CompiledModel } from '../compile/compile.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { Batch, RecipeSplit } from './batches.ts'
import { epochOrder, makeBatch, splitFor } from './batches.ts'
import { kernelsOf } from './eager-step.ts'
import { createLoss } from './losses.ts'
import type { Tally } from './metrics.ts'
import { emptyTally, meanLoss, predictedClass } from './metrics.ts'
import { createStep } from './replay/create-step.ts'
import { openRunWriter } from './run-folder.ts'
import type { RunRecord, RunWriter } from './run-folder.ts'
import { learningRateAt } from './schedules.ts'
import type { StepResult, TrainingStep, WeightValues } from './step.ts'

const eventIntervalMs = 100
const evaluationBatch = 256

export interface TrainingOptions {
  readonly backend: Backend
  readonly dataset: Dataset
  readonly run: string
  readonly folder: string
  readonly project: Project
  readonly models: readonly string[]
  readonly tell: (event: TrainingEvent) => void
  readonly show: (probe: Probe) => void
}

/** A run under way. All of it takes effect between two batches. */
export interface TrainingControl {
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => void
  readonly watch: (request: WatchRequest) => void
  /** Settles when the run has ended, however it did; never rejects. */
  readonly ended: Promise<void>
}

type Finish = Extract<TrainingEvent, { type: 'model-finished' }>['reason']
type Best = Extract<TrainingEvent, { type: 'model-finished' }>['best']

/** One model of the run. */
interface Contestant {
  readonly model: Model
  readonly compiled: CompiledModel
  readonly step: TrainingStep
  tally: Tally
  trainingMs: number
  lastEventMs: number
  best: Best
  bestMonitored: number
  bestWeights: WeightValues | null
  epochsWithoutGain: number
  finished: Finish | null
}

/** Checks and builds everything, then trains in the background. A refusal comes before the run has begun. */
export async function startTraining(options: TrainingOptions): Promise<Result<TrainingControl>> {
  const { backend, dataset, project, folder } = options
  if (options.models.length === 0)
    return { ok: false, error: { code: 'invalid-model', message: 'No model to train was named. Name at least one.' } }
  const contestants: Contestant[] = []
  const notes: string[] = []
  const giveUp = (error: Failure): Result<never> => {
    for (const { step } of contestants) step.dispose()
    return { ok: false, error }
  }
  for (const id of options.models) {
    const model = project.models.find((candidate) => candidate.id === id)
    if (model === undefined) return giveUp({ code: 'not-found', message: `The project has no model "${id}".` })
    const compiled = compileModel(backend, model, project.recipe.seed)
    if (!compiled.ok) return giveUp(compiled.error)
    const fault = faultOf(model, compiled.value, dataset, project.recipe)
    if (fault !== null) {
      compiled.value.dispose()
      return giveUp(fault)
    }
    contestants.push({
      model,
      compiled: compiled.value,
      step: createStep({
        backend,
        model: compiled.value,
        recipe: project.recipe,
        dataset,
        evaluationBatch,
        say: (sentence) => notes.push(`${model.name}: ${sentence}`),
      }),
      tally: emptyTally(),
      trainingMs: 0,
      lastEventMs: 0,
      best: null,
      bestMonitored: Infinity,
      bestWeights: null,
      epochsWithoutGain: 0,
      finished: null,
    })
  }
  const split = splitFor(dataset, project.recipe)
  if (split.train.length === 0)
    return giveUp({ code: 'invalid-dataset', message: 'No samples are left to train with.' })
  let writer: RunWriter
  try {
    writer = await openRunWriter(folder)
  } catch (error) {
    return giveUp(fileFailure(error, folder))
  }
  return success(trainInBackground(options, contestants, split, writer, notes))
}

/** Why a model does not fit the data; the canvas says so earlier and better, this guards the command line. */
function faultOf(model: Model, compiled: CompiledModel, dataset: Dataset, recipe: Recipe): Failure | null {
  const { shape, task, classes } = dataset.descriptor
  const said = (shape: readonly number[]) => shape.join('×')
  if (said(compiled.inputShape) !== said(shape))
    return {
      code: 'invalid-model',
      message: `The input of "${model.name}" must have the data's shape ${said(shape)}. Received: ${said(compiled.inputShape)}`,
    }
  const isBinary = task === 'classification' && classes.length === 2
  const units =
    task === 'regression' ||
    (isBinary && recipe.loss !== 'categoricalCrossentropy' && recipe.loss !== 'sparseCategoricalCrossentropy')
      ? 1
      : classes.length
  const allowed =
    isBinary && recipe.loss !== 'categoricalCrossentropy' && recipe.loss !== 'sparseCategoricalCrossentropy'
      ? [1, 2]
      : [units]
  if (compiled.outputShape.length !== 1 || !allowed.includes(compiled.outputShape[0] ?? 0))
    return {
      code: 'invalid-model',
      message: `The last layer of "${model.name}" must have ${units} ${units === 1 ? 'unit' : 'units'} for these data and the loss ${recipe.loss}. Received: ${said(compiled.outputShape)}`,
    }
  if (!compiled.weights.some((weight) => weight.trainable))
    return { code: 'invalid-model', message: `"${model.name}" has no weights that could be trained.` }
  return null
}

/** Takes a step on each batch, in as few calls as the step allows; the last result may be one that is not finite. */
function takeSteps(
  step: TrainingStep,
  batches: readonly Batch[],
  learningRate: number,
  firstStep: number,
): readonly StepResult[] {
  if (step.several?.count === batches.length) return step.several.train(batches, learningRate, firstStep)
  const results: StepResult[] = []
  for (const [index, batch] of batches.entries()) {
    const result = step.train(batch, learningRate, firstStep + index)
    results.push(result)
    if (!Number.isFinite(result.loss)) break
  }
  return results
}

function fileFailure(error: unknown, folder: string): Failure {
  const code = (error as { code?: string } | null)?.code
  if (code === 'ENOSPC')
    return { code: 'disk-full', message: `There is no space left to write the run in ${folder}. Free some space.` }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return { code: 'no-permission', message: `The run folder ${folder} cannot be written.` }
  return {
    code: 'training-failed',
    message: `Training stopped: ${error instanceof Error ? error.message : String(error)}`,
    ...(error instanceof Error && error.stack !== undefined ? { details: error.stack } : {}),
  }
}

function trainInBackground(
  options: TrainingOptions,
  contestants: readonly Contestant[],
  split: RecipeSplit,
  writer: RunWriter,
  notes: readonly string[],
): TrainingControl {
  const { backend, dataset, project, run } = options
  const library = backend.tf
  const { recipe } = project
  const { task, classes } = dataset.descriptor
  const stepsPerEpoch = Math.ceil(split.train.length / recipe.batchSize)
  const threshold = createLoss(library, recipe.loss).fromLogits ? 0 : 0.5
  const results: Record<string, number> = {}
  const startedAt = new Date().toISOString()

  let wanted: 'run' | 'pause' | 'stop' = 'run'
  let changed: () => void = () => undefined
  let watched: WatchRequest | null = null
  let lastProbeMs = 0
  let lastProgressMs = 0
  let step = 0
  let epoch = 0
  let trainedSamples = 0
  let activeMs = 0
  let clockMs = performance.now()

  const tell = (event: TrainingEvent) => {
    writer.event(event)
    options.tell(event)
  }
  const log = (level: 'info' | 'warning' | 'error', message: string) => {
    tell({ type: 'log', level, message, time: new Date().toISOString() })
  }
  const state = (value: RunState) => {
    tell({ type: 'state', state: value })
  }
  const record = (value: RunState, finished: string | null): RunRecord => ({
    format: 'convas-run',
    version: 1,
    run,
    started: startedAt,
    finished,
    state: value,
    project,
    models: contestants.map(({ model }) => model.id),
    data: project.dataset === null ? null : { source: project.dataset, hash: dataset.descriptor.hash },
    seed: recipe.seed,
    backend: { name: backend.status.backend, device: backend.status.device, version: backend.status.version },
    versions: { tfjs: library.version['tfjs-core'] ?? '', node: process.version },
    results,
  })

  /** Time spent on training, pauses left out. */
  const tickMs = () => {
    const now = performance.now()
    activeMs += now - clockMs
    clockMs = now
    return activeMs
  }

  const sendProbes = (): void => {
    if (watched === null || watched.views.length === 0) return
    lastProbeMs = performance.now()
    const { picture, views } = watched
    const count = dataset.descriptor.counts[picture.part]
    if (picture.index >= count) return
    const batch = makeBatch(library, dataset, picture.part, Int32Array.of(picture.index))
    try {
      for (const { model, nodes } of views) {
        const contestant = contestants.find((candidate) => candidate.model.id === model)
        if (contestant === undefined) continue
        const { maps, prediction } = contestant.step.look(batch.inputs(), nodes)
        options.show({
          model,
          step,
          epoch: Math.floor(step / stepsPerEpoch),
          picture,
          maps,
          kernels: kernelsOf(contestant.compiled, nodes),
          prediction,
        })
      }
    } finally {
      batch.dispose()
    }
  }

  /** Lets messages in; waits while paused. False when the run shall stop. */
  const breathe = async (): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve))
    if (wanted === 'pause') {
      tickMs()
      state('paused')
      while (wanted === 'pause') {
        const signal = new Promise<void>((resolve) => (changed = resolve))
        sendProbes()
        await signal
      }
      clockMs = performance.now()
      if (wanted === 'run') state('running')
    }
    if (watched !== null && performance.now() - lastProbeMs >= watched.intervalMs) sendProbes()
    return wanted !== 'stop'
  }

  const progress = (isLast: boolean) => {
    const nowMs = tickMs()
    if (!isLast && nowMs - lastProgressMs < eventIntervalMs) return
    lastProgressMs = nowMs
    const total = split.train.length * recipe.epochs
    const secondsElapsed = nowMs / 1000
    tell({
      type: 'progress',
      epoch,
      step,
      secondsElapsed,
      secondsLeft: trainedSamples > 0 ? (secondsElapsed / trainedSamples) * (total - trainedSamples) : null,
      samplesPerSecond: secondsElapsed > 0 ? trainedSamples / secondsElapsed : 0,
    })
  }

  /** One step of every model on each of the batches, in turn. */
  const trainBatches = (positions: readonly Int32Array[], learningRate: number) => {
    const firstStep = step + 1
    step += positions.length
    const batches = positions.map((some) => makeBatch(library, dataset, 'train', some))
    try {
      for (const contestant of contestants) {
        if (contestant.finished !== null) continue
        const startMs = performance.now()
        const results = takeSteps(contestant.step, batches, learningRate, firstStep)
        const nowMs = performance.now()
        contestant.trainingMs += nowMs - startMs
        results.forEach((result, index) => {
          count(contestant, result, positions[index]?.length ?? 0, firstStep + index, learningRate)
        })
        if (contestant.finished === null && nowMs - contestant.lastEventMs >= eventIntervalMs) {
          contestant.lastEventMs = nowMs
          tell({
            type: 'step',
            model: contestant.model.id,
            step,
            epoch,
            loss: meanLoss(contestant.tally),
            accuracy: accuracyOf(contestant.tally),
          })
        }
      }
    } finally {
      for (const batch of batches) batch.dispose()
    }
    for (const { length } of positions) trainedSamples += length
    progress(false)
  }

  /** Adds a step to the model's sums, or ends the model where the loss is no number. */
  const count = (
    contestant: Contestant,
    { loss, correct }: StepResult,
    samples: number,
    ofStep: number,
    learningRate: number,
  ) => {
    if (Number.isFinite(loss)) {
      contestant.tally.loss += loss * samples
      contestant.tally.correct += correct ?? 0
      contestant.tally.samples += samples
      return
    }
    contestant.step.undoLast()
    contestant.finished = 'diverged'
    log(
      'error',
      `${contestant.model.name} diverged at step ${ofStep}: its loss is no longer a number. The last good weights were kept. ` +
        `Try a smaller learning rate (now ${learningRate}), or batch normalisation.`,
    )
  }

  const accuracyOf = (tally: Tally) => (task === 'classification' ? tally.correct / Math.max(1, tally.samples) : null)

  /** Loss, accuracy and confusion over samples; null when the run was stopped meanwhile and `mayStop`. */
  const evaluate = async (
    contestant: Contestant,
    part: 'train' | 'test',
    positions: Int32Array,
    mayStop: boolean,
  ): Promise<{ readonly tally: Tally; readonly counts: readonly number[] } | null> => {
    const tally = emptyTally()
    const counts = new Array<number>(classes.length * classes.length).fill(0)
    const units = contestant.compiled.outputShape[0] ?? 1
    for (let start = 0; start < positions.length; start += evaluationBatch) {
      const isGoingOn = await breathe()
      if (!isGoingOn && mayStop) return null
      const batch = makeBatch(library, dataset, part, positions.subarray(start, start + evaluationBatch))
      const { loss, scores } = contestant.step.evaluate(batch)
      batch.dispose()
      tally.loss += loss * batch.labels.length
      tally.samples += batch.labels.length
      if (task !== 'classification') continue
      batch.labels.forEach((label, row) => {
        const predicted = predictedClass(scores, row * units, units, threshold)
        if (predicted === label) tally.correct++
        const cell = label * classes.length + predicted
        counts[cell] = (counts[cell] ?? 0) + 1
      })
    }
    return { tally, counts }
  }

  const saveSnapshot = async (contestant: Contestant, weights = contestant.step.readWeights()) => {
    await writer.snapshot(contestant.model.id, epoch, step, contestant.compiled.weights, weights)
    results[contestant.model.id] = epoch
  }

  const closeEpoch = async (contestant: Contestant, learningRate: number): Promise<void> => {
    const { model, tally } = contestant
    const startMs = performance.now()
    const { part, positions } = split.validation
    const validated = positions.length > 0 ? await evaluate(contestant, part, positions, true) : null
    if (wanted === 'stop' && validated === null && positions.length > 0) return
    const seconds = (contestant.trainingMs + performance.now() - startMs) / 1000
    const valLoss = validated === null ? null : meanLoss(validated.tally)
    const valAccuracy = validated === null ? null : accuracyOf(validated.tally)
    tell({
      type: 'epoch',
      model: model.id,
      epoch,
      loss: meanLoss(tally),
      accuracy: accuracyOf(tally),
      valLoss,
      valAccuracy,
      learningRate,
      seconds,
      samplesPerSecond: (tally.samples / Math.max(1e-3, contestant.trainingMs)) * 1000,
    })
    if (validated !== null && task === 'classification')
      tell({
        type: 'confusion',
        model: model.id,
        epoch,
        part: 'validation',
        classes: classes.length,
        counts: validated.counts,
      })
    const weights = contestant.step.readWeights()
    await saveSnapshot(contestant, weights)

    const monitored = valLoss ?? meanLoss(tally)
    const { earlyStopping } = recipe
    if (contestant.best === null || monitored < contestant.bestMonitored - (earlyStopping?.minDelta ?? 0)) {
      contestant.bestMonitored = monitored
      contestant.best = { epoch, valLoss, valAccuracy }
      contestant.epochsWithoutGain = 0
      if (earlyStopping?.restoreBest === true) contestant.bestWeights = weights
    } else contestant.epochsWithoutGain++
    if (earlyStopping !== undefined && contestant.epochsWithoutGain >= earlyStopping.patience) {
      contestant.finished = 'early-stopping'
      log('info', `${model.name} has not improved for ${earlyStopping.patience} epochs and stops after epoch ${epoch}.`)
    }
  }

  const finishModel = async (contestant: Contestant): Promise<void> => {
    const { model, best, finished } = contestant
    if (contestant.bestWeights !== null && best !== null) {
      contestant.step.writeWeights(contestant.bestWeights)
      results[model.id] = best.epoch
    }
    const { test } = dataset.descriptor.counts
    const positions = Int32Array.from({ length: test }, (_, index) => index)
    const tested = test > 0 ? await evaluate(contestant, 'test', positions, false) : null
    if (tested !== null && task === 'classification')
      tell({ type: 'confusion', model: model.id, epoch, part: 'test', classes: classes.length, counts: tested.counts })
    tell({
      type: 'model-finished',
      model: model.id,
      reason: finished ?? 'completed',
      best,
      test:
        tested === null
          ? null
          : { loss: meanLoss(tested.tally), accuracy: accuracyOf(tested.tally), samples: tested.tally.samples },
    })
  }

  const trainEpoch = async (): Promise<boolean> => {
    epoch++
    const learningRate = learningRateAt(recipe, epoch)
    for (const contestant of contestants) {
      contestant.tally = emptyTally()
      contestant.trainingMs = 0
    }
    const order = epochOrder(split.train, recipe.seed, epoch)
    const size = recipe.batchSize
    for (let start = 0; start < order.length;) {
      if (!(await breathe())) return false
      const running = contestants.filter(({ finished }) => finished === null)
      if (running.length === 0) return true
      const several = Math.max(...running.map((contestant) => contestant.step.several?.count ?? 1))
      const batches = start + several * size <= order.length ? several : 1
      trainBatches(
        Array.from({ length: batches }, (_, index) => order.subarray(start + index * size, start + (index + 1) * size)),
        learningRate,
      )
      start += batches * size
    }
    for (const contestant of contestants) {
      if (contestant.finished === null) await closeEpoch(contestant, learningRate)
    }
    progress(true)
    return wanted !== 'stop'
  }

  const train = async (): Promise<void> => {
    state('preparing')
    await writer.record(record('running', null))
    tell({
      type: 'run-started',
      run,
      dir: options.folder,
      backend: backend.status.backend,
      device: backend.status.device,
      models: contestants.map(({ model, compiled }) => ({
        id: model.id,
        name: model.name,
        parameters: compiled.parameters,
      })),
      samples: {
        train: split.train.length,
        validation: split.validation.positions.length,
        test: dataset.descriptor.counts.test,
      },
      epochs: recipe.epochs,
      stepsPerEpoch,
    })
    if (dataset.descriptor.origin !== 'real')
      log('info', `The data "${dataset.descriptor.title}" are made by a program, not taken from the world.`)
    for (const note of notes) log('info', note)
    for (const contestant of contestants) await saveSnapshot(contestant)
    state('running')
    clockMs = performance.now()
    let isGoingOn = true
    while (isGoingOn && epoch < recipe.epochs && contestants.some(({ finished }) => finished === null)) {
      isGoingOn = await trainEpoch()
    }
    if (wanted === 'stop') {
      state('stopping')
      for (const contestant of contestants) contestant.finished ??= 'stopped'
    }
    for (const contestant of contestants) {
      if (contestant.finished === 'stopped' || contestant.finished === 'diverged') await saveSnapshot(contestant)
      await finishModel(contestant)
    }
    await writer.record(record('finished', new Date().toISOString()))
    state('finished')
    tell({ type: 'run-finished', run })
  }

  const ended = train()
    .catch(async (error: unknown) => {
      const { code, message, details } = fileFailure(error, options.folder)
      if (details !== undefined) console.error(details)
      const event: TrainingEvent = { type: 'failed', code, message }
      // The disk may be the reason: the host must hear of it even when the file cannot.
      try {
        writer.event(event)
        await writer.record(record('failed', new Date().toISOString()))
      } catch {
        // Said already.
      }
      options.tell(event)
    })
    .finally(() => {
      writer.close()
      for (const { step: trained } of contestants) trained.dispose()
    })

  const want = (value: typeof wanted) => {
    if (wanted !== 'stop') wanted = value
    changed()
  }
  return {
    pause: () => {
      want('pause')
    },
    resume: () => {
      want('run')
    },
    stop: () => {
      want('stop')
    },
    watch: (request) => {
      watched = request
      lastProbeMs = 0
      changed()
    },
    ended,
  }
}
