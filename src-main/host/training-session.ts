import path from 'node:path'
import type { EngineInfo, RunDetail } from '../common/contract.ts'
import type { EngineMethod, EngineRequests } from '../common/engine-protocol.ts'
import type { Project } from '../common/project/project.ts'
import type { Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import type { DeviceChoice } from '../common/training/device.ts'
import type { RunState, TrainingEvent } from '../common/training/events.ts'
import { stepSizeOf, wantsOneThreadAnOp } from '../common/training/step-size.ts'
import { reasonsOf, stateAfter, stateAtEnd } from '../common/training/way-on.ts'
import type { Engine, EngineNews } from './engine-supervisor.ts'
import { crashFailure } from './engine-supervisor.ts'
import { appendRunEvents, createRunFolder, readHistory, readRunPlan, removeEmptyRun } from './run-store.ts'

const FAREWELL_MS = 1_000
const UNWATCHED_MS = 60_000

export interface TrainingOptions {
  /** Where the person wants to compute. */
  readonly device: () => Promise<DeviceChoice>
  /** A trainer of its own for one run; its news go to the listener. */
  readonly createTrainer: (plan: {
    readonly oneThreadAnOp: boolean
    readonly onNews: (news: EngineNews) => void
    readonly onCrash: (crash: EngineInfo) => void
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
    /** A name that was chosen before; otherwise it gets one. */
    name?: string,
  ) => Promise<Result<{ readonly run: string }>>
  /** Takes up a run of `runsFolder` again; `moreEpochs` are on top of those it was to have. */
  readonly goOn: (
    runsFolder: string,
    run: string,
    moreEpochs: number | null,
  ) => Promise<Result<{ readonly run: string }>>
  /** Passes a request on to the trainer of this run. */
  readonly request: <M extends EngineMethod>(
    run: string,
    method: M,
    params: EngineRequests[M]['params'],
  ) => Promise<Result<EngineRequests[M]['result']>>
  /** Ends a run, at any moment of it; null is the one that is being started and has no name yet. */
  readonly stop: (run: string | null) => Promise<Result<null>>
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
  /** Null until it is known of a run that is taken up again. */
  project: Project | null
  readonly trainer: Engine
  readonly events: TrainingEvent[]
  state: RunState
}

/** One run at a time, each in a trainer process of its own that ends with it. */
export function createTrainingSession(options: TrainingOptions): TrainingSession {
  let current: Run | null = null
  let starting = false
  /** A stop came before there was anything to stop. */
  let stopAsked = false

  const isOver = (run: Run) => ['finished', 'stopped', 'interrupted', 'failed'].includes(run.state)

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
    if (event.type === 'run-finished') run.state = stateAtEnd(reasonsOf(run.events))
    if (event.type === 'failed') run.state = stateAfter(event)
  }

  /** A moment later, so that answers which are on their way still arrive. */
  function endTrainer(trainer: Engine) {
    setTimeout(trainer.stop, FAREWELL_MS).unref()
  }

  function fail(run: Run, crash: EngineInfo) {
    if (isOver(run)) return
    const { code, message, text } = crashFailure(crash)
    const said = { message, ...(text && { text }) }
    const events: readonly TrainingEvent[] = [
      { type: 'log', level: 'error', ...said, time: new Date().toISOString() },
      { type: 'state', state: 'interrupted' },
      { type: 'failed', code, ...said },
    ]
    void appendRunEvents(run.folder, events)
    receive(run, events)
  }

  /** Asked before a folder is made, so that a refusal leaves nothing behind. */
  function checkModels(project: Project, models: readonly string[]): Result<null> {
    if (project.models.length === 0) {
      return failureIn('invalid-model', {
        en: 'The project has no model to train. Add one on the canvas, or start from a template.',
        ko: '프로젝트에 학습할 모델이 없습니다. 캔버스에 모델을 추가하거나 템플릿으로 시작하세요.',
      })
    }
    const ids = project.models.map(({ id }) => id)
    if (models.length === 0) {
      return failureIn('invalid-model', {
        en: `At least one model to train was expected, of ${ids.join(', ')}. Received: none`,
        ko: `학습할 모델이 하나 이상이어야 합니다. 프로젝트의 모델: ${ids.join(', ')}. 받은 값: 없음`,
      })
    }
    const unknown = models.find((id) => !ids.includes(id))
    return unknown === undefined
      ? success(null)
      : failureIn('invalid-model', {
          en: `One of the project's models (${ids.join(', ')}) was expected. Received: ${unknown}`,
          ko: `프로젝트의 모델(${ids.join(', ')}) 가운데 하나여야 합니다. 받은 값: ${unknown}`,
        })
  }

  async function startRun(
    runsFolder: string,
    project: Project,
    models: readonly string[],
    name?: string,
  ): Promise<Result<{ readonly run: string }>> {
    const created = await createRunFolder(runsFolder, name)
    if (!created.ok) return created
    const { run: id, folder } = created.value
    const run = createRun(id, folder, project, wantsOneThreadAnOp(stepSizeOf(project, models)))
    const device = await options.device()
    const started = await run.trainer.request('training.start', { run: id, folder, project, models, device })
    if (started.ok) {
      if (stopAsked) void run.trainer.request('training.stop', {})
      return success({ run: id })
    }
    await removeEmptyRun(folder)
    return giveUp(run, started)
  }

  async function continueRun(
    id: string,
    folder: string,
    moreEpochs: number | null,
  ): Promise<Result<{ readonly run: string }>> {
    // As many threads as it began with: they may show in the last bits.
    const plan = await readRunPlan(folder)
    if (!plan.ok) return plan
    const run = createRun(id, folder, null, wantsOneThreadAnOp(stepSizeOf(plan.value.project, plan.value.models)))
    const device = await options.device()
    const resumed = await run.trainer.request('training.goOn', { run: id, folder, moreEpochs, device })
    if (!resumed.ok) return giveUp(run, resumed)
    run.project = resumed.value.project
    // What it told since then has come already.
    run.events.unshift(...(await readHistory(folder, resumed.value.history)))
    if (stopAsked) void run.trainer.request('training.stop', {})
    return success({ run: id })
  }

  function giveUp(run: Run, refusal: Result<never>): Result<never> {
    run.state = 'failed'
    run.trainer.stop()
    return refusal
  }

  /** A run with a trainer of its own, from now on the current one. */
  function createRun(id: string, folder: string, project: Project | null, oneThreadAnOp: boolean): Run {
    const trainer = options.createTrainer({
      oneThreadAnOp,
      onNews: (news) => {
        if (news.kind === 'training') receive(run, news.events)
        else if (news.kind === 'probe') options.onProbe(id, news.probe)
        else options.onProgress(news.progress)
      },
      onCrash: (crash) => {
        fail(run, crash)
      },
    })
    const run: Run = { run: id, folder, project, trainer, events: [], state: 'preparing' }
    current?.trainer.stop()
    current = run
    return run
  }

  /** One at a time. */
  async function begin<T>(start: () => Promise<Result<T>>): Promise<Result<T>> {
    if (starting || (current && !isOver(current))) {
      return failureIn('unsupported', {
        en: 'A run is under way. Stop it, or wait for its end, before you start another.',
        ko: '진행 중인 실행이 있습니다. 정지하거나 끝나기를 기다린 뒤 새로 시작하세요.',
      })
    }
    starting = true
    stopAsked = false
    try {
      return await start()
    } finally {
      starting = false
    }
  }

  const requestOf: TrainingSession['request'] = async (run, method, params) => {
    if (current?.run !== run || isOver(current))
      return failureIn('invalid-run', {
        en: `The run ${run} is not under way.`,
        ko: `진행 중인 실행이 아닙니다: ${run}`,
      })
    return current.trainer.request(method, params)
  }

  return {
    start: (runsFolder, project, models, name) =>
      begin(async () => {
        const known = checkModels(project, models)
        return known.ok ? startRun(runsFolder, project, models, name) : known
      }),
    goOn: (runsFolder, run, moreEpochs) => begin(() => continueRun(run, path.join(runsFolder, run), moreEpochs)),
    request: requestOf,
    stop: async (run) => {
      if (!starting) return requestOf(run ?? current?.run ?? '', 'training.stop', {})
      stopAsked = true
      // Data may be on their way in.
      if (current && !isOver(current)) void current.trainer.request('job.cancel', { job: current.run })
      return success(null)
    },
    current: () => {
      if (!current?.project || isOver(current)) return null
      const { run, project, state, events } = current
      return { run, project, state, events: [...events], snapshots: {}, wayOn: null }
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
