import type { RunDetail } from '../common/contract.ts'
import type { EngineMethod, EngineRequests } from '../common/engine-protocol.ts'
import type { Project } from '../common/project/project.ts'
import type { Result } from '../common/result.ts'
import { failure, success } from '../common/result.ts'
import type { DeviceChoice } from '../common/training/device.ts'
import type { RunState, TrainingEvent } from '../common/training/events.ts'
import type { StepSize } from '../common/training/step-size.ts'
import { stepSizeOf } from '../common/training/step-size.ts'
import type { Engine, EngineNews } from './engine-supervisor.ts'
import { appendRunEvents, createRunFolder } from './run-store.ts'

const FAREWELL_MS = 1_000
const UNWATCHED_MS = 60_000

export interface TrainingOptions {
  /** Where the person wants to compute. */
  readonly device: () => Promise<DeviceChoice>
  /** A trainer of its own for one run; its news go to the listener. */
  readonly createTrainer: (plan: {
    readonly step: StepSize
    readonly onNews: (news: EngineNews) => void
    /** With the sentence that tells why. */
    readonly onCrash: (message: string) => void
  }) => Engine
  readonly onEvents: (run: string, events: readonly TrainingEvent[]) => void
  readonly onProbe: (run: string, probe: Extract<EngineNews, { kind: 'probe' }>['probe']) => void
  readonly onProgress: (progress: Extract<EngineNews, { kind: 'progress' }>['progress']) => void
}

export interface TrainingSession {
  readonly start: (
    runsFolder: string,
    project: Project,
    models: readonly string[],
  ) => Promise<Result<{ readonly run: string }>>
  /** Passes a request on to the trainer of this run. */
  readonly request: <M extends EngineMethod>(
    run: string,
    method: M,
    params: EngineRequests[M]['params'],
  ) => Promise<Result<EngineRequests[M]['result']>>
  /** The run under way with all its events; null when there is none. */
  readonly current: () => RunDetail | null
  /** The trainer of the run under way, or of the last one. */
  readonly trainer: () => Engine | null
  /** Nobody looks any more: pictures of kernels and maps are made for nothing. */
  readonly unwatch: () => void
  readonly close: () => void
}

interface Run {
  readonly run: string
  readonly folder: string
  readonly project: Project
  readonly trainer: Engine
  readonly events: TrainingEvent[]
  state: RunState
}

/** One run at a time, each in a trainer process of its own that ends with it. */
export function createTrainingSession(options: TrainingOptions): TrainingSession {
  let current: Run | null = null
  let starting = false

  const isOver = (run: Run) => run.state === 'finished' || run.state === 'failed'

  function receive(run: Run, events: readonly TrainingEvent[]) {
    for (const event of events) remember(run, event)
    options.onEvents(run.run, events)
    if (isOver(run)) endTrainer(run.trainer)
  }

  function remember(run: Run, event: TrainingEvent) {
    // Progress is a state, not a history: only the newest is of use to a renderer that joins later.
    const last = run.events.at(-1)
    if (event.type === 'progress' && last?.type === 'progress') run.events[run.events.length - 1] = event
    else run.events.push(event)
    if (event.type === 'state') run.state = event.state
    if (event.type === 'run-finished') run.state = 'finished'
    if (event.type === 'failed') run.state = 'failed'
  }

  /** A moment later, so that answers which are on their way still arrive. */
  function endTrainer(trainer: Engine) {
    setTimeout(trainer.stop, FAREWELL_MS).unref()
  }

  function fail(run: Run, message: string) {
    if (isOver(run)) return
    const events: readonly TrainingEvent[] = [
      { type: 'log', level: 'error', message, time: new Date().toISOString() },
      { type: 'state', state: 'failed' },
      { type: 'failed', code: 'engine-crashed', message },
    ]
    void appendRunEvents(run.folder, events)
    receive(run, events)
  }

  /** Asked before a folder is made, so that a refusal leaves nothing behind. */
  function checkModels(project: Project, models: readonly string[]): Result<null> {
    if (project.models.length === 0) {
      return failure(
        'invalid-model',
        'The project has no model to train. Add one on the canvas, or start from a template.',
      )
    }
    const ids = project.models.map(({ id }) => id)
    if (models.length === 0) {
      return failure('invalid-model', `At least one model to train was expected, of ${ids.join(', ')}. Received: none`)
    }
    const unknown = models.find((id) => !ids.includes(id))
    return unknown === undefined
      ? success(null)
      : failure('invalid-model', `One of the project's models (${ids.join(', ')}) was expected. Received: ${unknown}`)
  }

  async function startRun(
    runsFolder: string,
    project: Project,
    models: readonly string[],
  ): Promise<Result<{ readonly run: string }>> {
    const created = await createRunFolder(runsFolder)
    if (!created.ok) return created
    const { run: id, folder } = created.value
    const trainer = options.createTrainer({
      step: stepSizeOf(project, models),
      onNews: (news) => {
        if (news.kind === 'training') receive(run, news.events)
        else if (news.kind === 'probe') options.onProbe(id, news.probe)
        else options.onProgress(news.progress)
      },
      onCrash: (message) => {
        fail(run, message)
      },
    })
    const run: Run = { run: id, folder, project, trainer, events: [], state: 'preparing' }
    current?.trainer.stop()
    current = run
    const device = await options.device()
    const started = await trainer.request('training.start', { run: id, folder, project, models, device })
    if (started.ok) return success({ run: id })
    run.state = 'failed'
    trainer.stop()
    return started
  }

  return {
    start: async (runsFolder, project, models) => {
      if (starting || (current && !isOver(current))) {
        return failure('unsupported', 'A run is under way. Stop it, or wait for its end, before you start another.')
      }
      const known = checkModels(project, models)
      if (!known.ok) return known
      starting = true
      try {
        return await startRun(runsFolder, project, models)
      } finally {
        starting = false
      }
    },
    request: async (run, method, params) => {
      if (current?.run !== run || isOver(current)) {
        return failure('invalid-run', `The run ${run} is not under way.`)
      }
      return current.trainer.request(method, params)
    },
    current: () => {
      if (!current || isOver(current)) return null
      const { run, project, state, events } = current
      return { run, project, state, events: [...events], snapshots: {} }
    },
    trainer: () => current?.trainer ?? null,
    unwatch: () => {
      if (!current || isOver(current)) return
      const picture = { part: 'test', index: 0 } as const
      void current.trainer.request('training.watch', { picture, views: [], intervalMs: UNWATCHED_MS })
    },
    close: () => current?.trainer.stop(),
  }
}
