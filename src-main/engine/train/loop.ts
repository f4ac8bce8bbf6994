import type { WatchRequest } from '../../common/engine-protocol.ts'
import type { Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import type { RunState, TrainingEvent } from '../../common/training/events.ts'
import { makeBatch, splitFault, splitFor } from './batches.ts'
import type { RecipeSplit } from './batches.ts'
import { createContestants, disposeContestants } from './contestant.ts'
import type { Contestants } from './contestant.ts'
import { finishModel, saveSnapshot } from './epoch-end.ts'
import { trainEpoch } from './epoch.ts'
import { failureOf } from './failures.ts'
import { createProgress } from './progress.ts'
import { followedRecipe } from './recipe-notes.ts'
import { createRunClock } from './run-clock.ts'
import { createRunControl } from './run-control.ts'
import type { TrainingControl } from './run-control.ts'
import { openRunWriter } from './run-folder.ts'
import type { RunRecord, RunWriter } from './run-folder.ts'
import { createTeller } from './teller.ts'
import type { Position, TrainingOptions, TrainingRun } from './training-run.ts'

/** Checks and builds everything, then trains in the background. A refusal comes before the run has begun. */
export async function startTraining(asked: TrainingOptions): Promise<Result<TrainingControl>> {
  const { dataset, folder } = asked
  const fault = splitFault(dataset, asked.project.recipe)
  if (fault !== null) return { ok: false, error: fault }
  const split = splitFor(dataset, asked.project.recipe)
  const { recipe, notes } = followedRecipe(asked.project.recipe, dataset, split)
  const options = { ...asked, project: { ...asked.project, recipe } }
  const contestants = createContestants(options)
  if (!contestants.ok) return contestants
  try {
    const writer = await openRunWriter(folder)
    const { list } = contestants.value
    return success(trainInBackground(options, { list, notes: [...notes, ...contestants.value.notes] }, split, writer))
  } catch (error) {
    disposeContestants(contestants.value.list)
    return { ok: false, error: failureOf(error, folder) }
  }
}

function trainInBackground(
  options: TrainingOptions,
  { list: contestants, notes }: Contestants,
  split: RecipeSplit,
  writer: RunWriter,
): TrainingControl {
  const { recipe } = options.project
  const stepsPerEpoch = Math.ceil(split.train.length / recipe.batchSize)
  const position: Position = { epoch: 0, taken: 0, step: 0, samples: 0 }
  const clock = createRunClock()
  const teller = createTeller(writer, options.tell)
  const control = createRunControl({
    clock,
    teller,
    probe: (watched) => {
      showProbes(run, watched)
    },
  })
  const run: TrainingRun = {
    options,
    contestants,
    split,
    stepsPerEpoch,
    position,
    clock,
    control,
    teller,
    tellProgress: createProgress({ clock, teller, position, total: split.train.length * recipe.epochs }),
    writer,
    results: {},
  }
  const startedAt = new Date().toISOString()
  const record = (state: RunState) => recordOf(run, startedAt, state)

  const train = async (): Promise<void> => {
    teller.state('preparing')
    await writer.record(record('running'))
    tellStart(run)
    for (const note of notes) teller.log('info', note)
    for (const contestant of contestants) await saveSnapshot(run, contestant)
    teller.state('running')
    clock.start()
    let isGoingOn = true
    while (isGoingOn && position.epoch < recipe.epochs && contestants.some(({ finished }) => finished === null)) {
      isGoingOn = await trainEpoch(run)
    }
    if (control.isStopped()) {
      teller.state('stopping')
      for (const contestant of contestants) contestant.finished ??= 'stopped'
    }
    for (const contestant of contestants) {
      if (contestant.finished === 'stopped' || contestant.finished === 'diverged') await saveSnapshot(run, contestant)
      await finishModel(run, contestant)
    }
    await writer.record(record('finished'))
    teller.state('finished')
    teller.tell({ type: 'run-finished', run: options.run })
  }

  const ended = train()
    .catch(async (error: unknown) => {
      const { code, message, details } = failureOf(error, options.folder)
      if (details !== undefined) console.error(details)
      const event: TrainingEvent = { type: 'failed', code, message }
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
  return { pause, resume, stop, watch, ended }
}

/** The first things that a run tells of itself. */
function tellStart({ options, contestants, split, stepsPerEpoch, teller }: TrainingRun): void {
  const { backend, dataset, project } = options
  const { titles, origin, counts } = dataset.descriptor
  teller.tell({
    type: 'run-started',
    run: options.run,
    dir: options.folder,
    backend: backend.status.backend,
    device: backend.status.device,
    models: contestants.map(({ model, compiled, step }) => ({
      id: model.id,
      name: model.name,
      parameters: compiled.parameters,
      ...(step.device && { device: step.device }),
    })),
    samples: { train: split.train.length, validation: split.validation.positions.length, test: counts.test },
    epochs: project.recipe.epochs,
    stepsPerEpoch,
  })
  if (origin !== 'real')
    teller.log('info', {
      en: `The data "${titles.en}" are made by a program, not taken from the world.`,
      ko: `"${titles.ko}" 데이터는 실제로 수집한 것이 아니라 프로그램이 만든 것입니다.`,
    })
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
  const { picture, views } = watched
  if (picture.index >= dataset.descriptor.counts[picture.part]) return
  const batch = makeBatch(backend.tf, dataset, picture.part, Int32Array.of(picture.index))
  try {
    for (const { model, ...wanted } of views) {
      const contestant = contestants.find((candidate) => candidate.model.id === model)
      if (contestant === undefined) continue
      const looked = contestant.step.look(batch.inputs(), wanted)
      show({
        model,
        step: position.step,
        epoch: Math.floor(position.step / stepsPerEpoch),
        picture,
        ...looked,
      })
    }
  } finally {
    batch.dispose()
  }
}
