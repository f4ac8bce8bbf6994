import type { WatchRequest } from '../../common/engine-protocol.ts'
import type { Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import type { RunState, TrainingEvent } from '../../common/training/events.ts'
import { stateAtEnd } from '../../common/training/way-on.ts'
import { samplesTensor } from '../inspect/samples.ts'
import { splitFault, splitFor } from './batches.ts'
import type { RecipeSplit } from './batches.ts'
import { createCheckpointer } from './checkpointer.ts'
import { createContestants, disposeContestants } from './contestant.ts'
import type { Contestant, Contestants } from './contestant.ts'
import { ignorantLossOf } from './divergence.ts'
import { finishModel, keepFinite, saveSnapshot } from './epoch-end.ts'
import { trainEpoch } from './epoch.ts'
import { failureOf } from './failures.ts'
import { stepsToKeep, tellMoments, thinMoments } from './moments.ts'
import { createProgress } from './progress.ts'
import { changeRate, learningRateOf } from './learning-rate.ts'
import { followedRecipe } from './recipe-notes.ts'
import { captureRun, takeUp } from './resume.ts'
import { createRunClock } from './run-clock.ts'
import { createRunControl } from './run-control.ts'
import type { TrainingControl } from './run-control.ts'
import { openRunWriter, removeSnapshotsAfter } from './run-folder.ts'
import type { RunRecord, RunWriter } from './run-folder.ts'
import { tellSteps } from './tell-steps.ts'
import { createTeller } from './teller.ts'
import type { Position, StartingPoint, TrainingOptions, TrainingRun } from './training-run.ts'

/** Checks and builds everything, then trains in the background. A refusal comes before the run has begun. */
export async function startTraining(asked: TrainingOptions): Promise<Result<TrainingControl>> {
  const { dataset, folder, from } = asked
  const fault = splitFault(dataset, asked.project.recipe)
  if (fault !== null) return { ok: false, error: fault }
  const split = splitFor(dataset, asked.project.recipe)
  const { recipe, notes } = followedRecipe(asked.project.recipe, dataset, split)
  const options = { ...asked, project: { ...asked.project, recipe } }
  let contestants: readonly Contestant[] = []
  try {
    const created = createContestants(options)
    if (!created.ok) return created
    contestants = created.value.list
    if (from !== undefined) {
      const taken = takeUp(contestants, from.checkpoint)
      if (!taken.ok) {
        disposeContestants(contestants)
        return taken
      }
      const { step } = from.checkpoint.position
      for (const { model, closed } of contestants) await removeSnapshotsAfter(folder, model.id, { epoch: closed, step })
    }
    const writer = await openRunWriter(folder, from?.checkpoint.history)
    // Of a run that goes on, what the recipe asked for has been said before.
    const said = from === undefined ? [...notes, ...created.value.notes] : created.value.notes
    return success(trainInBackground(options, { list: contestants, notes: said }, split, writer))
  } catch (error) {
    disposeContestants(contestants)
    return { ok: false, error: failureOf(error, folder, recipe.batchSize) }
  }
}

function trainInBackground(
  options: TrainingOptions,
  { list: contestants, notes }: Contestants,
  split: RecipeSplit,
  writer: RunWriter,
): TrainingControl {
  const { dataset, project, folder, from } = options
  const { recipe } = project
  const { checkpoint } = from ?? {}
  const stepsPerEpoch = Math.ceil(split.train.length / recipe.batchSize)
  const position: Position = { done: 0, taken: 0, step: 0, samples: 0, ...checkpoint?.position, epoch: 0 }
  position.epoch = position.done
  const clock = createRunClock(checkpoint?.activeMs)
  const teller = createTeller(writer, options.tell)
  let isEnding = false
  const checkpointer = createCheckpointer({
    folder,
    // When the models are tested they may have other weights than those that training goes on with.
    capture: () => (isEnding ? null : captureRun(run, recordOf(run, startedAt, 'running'))),
    // A run that goes on from a checkpoint makes no moment anew that came before it.
    beforeWrite: () => writer.settled().catch(() => undefined),
    onWritten: ({ models }) => thinMoments(run, models).catch(() => undefined),
    onFailure: (error) => {
      const reason = failureOf(error, folder, recipe.batchSize)
      teller.log('warning', {
        en: `The run could not be saved half-way; training goes on. ${reason.message}`,
        ko: `실행 도중의 상태를 저장하지 못했지만 학습은 계속합니다. ${reason.text?.ko ?? reason.message}`,
      })
    },
    pace: options.checkpoints,
  })
  const control = createRunControl({
    clock,
    teller,
    onPause: checkpointer.now,
    probe: (watched) => {
      showProbes(run, watched)
    },
  })
  const rate = { change: checkpoint?.rateChange ?? null }
  const total = split.train.length * recipe.epochs
  const learningRate = () => {
    const running = contestants.find(({ finished }) => finished === null) ?? contestants[0]
    return running === undefined ? 0 : learningRateOf(run, running, position.step + 1)
  }
  const run: TrainingRun = {
    options,
    contestants,
    split,
    stepsPerEpoch,
    position,
    clock,
    control,
    checkpointer,
    rate,
    ignorantLoss: ignorantLossOf(dataset, recipe.loss),
    teller,
    tellProgress: createProgress({ clock, teller, position, learningRate, total }),
    writer,
    keptSteps: stepsToKeep(options, contestants, stepsPerEpoch),
    results: { ...checkpoint?.results },
  }
  const startedAt = from?.started ?? new Date().toISOString()
  const record = (state: RunState) => recordOf(run, startedAt, state)

  const begin = async (): Promise<void> => {
    if (from === undefined) teller.state('preparing')
    await writer.record(record('running'))
    if (from === undefined) tellStart(run)
    else {
      tellResumption(run, from)
      await tellMoments(run)
    }
    for (const note of notes) teller.log('info', note)
    if (from === undefined) {
      for (const contestant of contestants) await saveSnapshot(run, contestant)
      await checkpointer.now()
    }
    teller.state('running')
  }
  const train = async (): Promise<void> => {
    await begin()
    clock.start()
    let isGoingOn = true
    while (isGoingOn && position.done < recipe.epochs && contestants.some(({ finished }) => finished === null)) {
      isGoingOn = await trainEpoch(run)
    }
    for (const contestant of contestants) if (contestant.finished === null) tellSteps(run, contestant)
    await checkpointer.now()
    isEnding = true
    if (control.isStopped()) {
      teller.state('stopping')
      if (position.done < recipe.epochs) for (const contestant of contestants) contestant.finished ??= 'stopped'
    }
    for (const contestant of contestants) {
      if (contestant.finished === 'diverged') await keepFinite(run, contestant)
      if (contestant.finished === 'stopped') await saveSnapshot(run, contestant)
      await finishModel(run, contestant)
    }
    await thinMoments(run, contestants)
    // A model that was stopped or diverged has weights that no epoch's end told of.
    if (contestants.some(({ finished }) => finished === 'stopped' || finished === 'diverged')) await tellMoments(run)
    // Written before it is told, for whoever hears of it may end this process; the history first, for it decides what a run is.
    const state = stateAtEnd(contestants.map(({ finished }) => finished ?? 'completed'))
    const end: readonly TrainingEvent[] = [
      { type: 'state', state },
      { type: 'run-finished', run: options.run },
    ]
    for (const event of end) writer.event(event)
    await writer.record(record(state))
    for (const event of end) options.tell(event)
  }

  const history = writer.historyLength()
  const ended = train()
    .catch(async (error: unknown) => {
      const { code, message, text, details } = failureOf(error, folder, recipe.batchSize)
      if (details !== undefined) console.error(details)
      const event: TrainingEvent = { type: 'failed', code, message, ...(text && { text }) }
      // The disk may be the reason: the host must hear of it even when the file cannot.
      try {
        writer.event(event)
        await writer.record(record('failed'))
      } catch {
        // Said already.
      }
      options.tell(event)
    })
    .finally(() => {
      writer.close()
      disposeContestants(contestants)
    })
  const { pause, resume, stop, watch } = control
  return {
    pause,
    resume,
    stop,
    watch,
    changeRate: (wanted) => {
      changeRate(run, wanted)
    },
    history,
    ended,
  }
}

/** What a run tells of itself when it is taken up again. */
function tellResumption(
  { options, contestants, position, stepsPerEpoch, teller }: TrainingRun,
  { notes }: StartingPoint,
): void {
  const { backend, project, run, folder } = options
  const { epochs } = project.recipe
  const { done, step } = position
  const { backend: name, device } = backend.status
  const time = new Date().toISOString()
  teller.tell({
    type: 'run-resumed',
    run,
    dir: folder,
    backend: name,
    device,
    models: modelsOf(contestants),
    epochs,
    stepsPerEpoch,
    epoch: done,
    step,
    time,
  })
  teller.log('info', {
    en: `The run goes on after step ${step}, with ${done} of ${epochs} epochs done.`,
    ko: `${step}번째 스텝에 이어서 학습합니다(${epochs}에포크 중 ${done}에포크 완료).`,
  })
  for (const note of notes) teller.log('warning', note)
}

/** The first things that a run tells of itself. */
function tellStart({ options, contestants, split, stepsPerEpoch, teller }: TrainingRun): void {
  const { backend, dataset, project } = options
  const { titles, shape, hash, origin, counts } = dataset.descriptor
  teller.tell({
    type: 'run-started',
    run: options.run,
    dir: options.folder,
    backend: backend.status.backend,
    device: backend.status.device,
    models: modelsOf(contestants),
    samples: { train: split.train.length, validation: split.validation.positions.length, test: counts.test },
    data: { titles, shape, hash },
    epochs: project.recipe.epochs,
    stepsPerEpoch,
  })
  if (origin !== 'real')
    teller.log('info', {
      en: `The data "${titles.en}" are made by a program, not taken from the world.`,
      ko: `"${titles.ko}" 데이터는 실제로 수집한 것이 아니라 프로그램이 만든 것입니다.`,
    })
}

function modelsOf(contestants: readonly Contestant[]) {
  return contestants.map(({ model: { id, name }, compiled: { parameters }, step: { device } }) => ({
    id,
    name,
    parameters,
    ...(device && { device }),
  }))
}

/** The content of run.json; an end is dated now. */
function recordOf({ options, contestants, results }: TrainingRun, started: string, state: RunState): RunRecord {
  const { backend, dataset, project, run } = options
  return {
    format: 'convas-run',
    version: 1,
    run,
    started,
    finished: state === 'running' ? null : new Date().toISOString(),
    state,
    project,
    models: contestants.map(({ model }) => model.id),
    data: project.dataset === null ? null : { source: project.dataset, hash: dataset.descriptor.hash },
    seed: project.recipe.seed,
    backend: { name: backend.status.backend, device: backend.status.device, version: backend.status.version },
    versions: { tfjs: backend.tf.version['tfjs-core'] ?? '', node: process.version },
    results,
  }
}

/** Shows kernels and maps of the watched nodes for the watched picture, as they are now. */
function showProbes({ options, contestants, position, stepsPerEpoch }: TrainingRun, watched: WatchRequest): void {
  const { backend, dataset, show } = options
  const { picture, given, views } = watched
  const fits = given === undefined || given.shape.join() === dataset.descriptor.shape.join()
  if (!fits || picture.index >= dataset.descriptor.counts[picture.part]) return
  const input = samplesTensor(backend.tf, dataset, [given ?? picture])
  try {
    for (const { model, ...wanted } of views) {
      const contestant = contestants.find((candidate) => candidate.model.id === model)
      if (contestant === undefined) continue
      const looked = contestant.step.look(input, wanted)
      show({
        model,
        step: position.step,
        epoch: Math.floor(position.step / stepsPerEpoch),
        picture,
        ...looked,
      })
    }
  } finally {
    input.dispose()
  }
}
