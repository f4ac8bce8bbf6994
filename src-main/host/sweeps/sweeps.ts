import type { DatasetDescriptor, DataSource } from '../../common/data/dataset.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import { planSweep } from '../../common/sweep/cells.ts'
import type { SweepDetail, SweepPlan, SweepSettings } from '../../common/sweep/plan.ts'
import { detailOf } from '../../common/sweep/plan.ts'
import { newRunId, runsFolderOf } from '../run-store.ts'
import { deleteSweep } from '../runs/run-trash.ts'
import type { SweepOptions, SweepRunner } from './sweep-runner.ts'
import { startSweep } from './sweep-runner.ts'
import { listSweeps, lockSweep, readSweep, writeSweep } from './sweep-store.ts'

const TELL_MS = 250

export interface SweepsOptions extends Pick<SweepOptions, 'device' | 'createTrainer'> {
  readonly describe: (source: DataSource) => Promise<Result<DatasetDescriptor>>
  /** A run of another kind is under way. */
  readonly isTraining: () => boolean
  readonly tell: (path: string, detail: SweepDetail) => void
}

/** The sweeps of a host, of which one at a time works. */
export interface Sweeps {
  readonly start: (
    path: string,
    project: Project,
    models: readonly string[],
    settings: SweepSettings,
  ) => Promise<Result<{ readonly sweep: string }>>
  readonly goOn: (path: string, sweep: string) => Promise<Result<null>>
  readonly pause: (sweep: string) => Result<null>
  readonly cancel: (sweep: string) => Result<null>
  readonly list: (path: string) => Promise<readonly SweepDetail[]>
  readonly remove: (path: string, sweep: string) => Promise<Result<null>>
  readonly isAtWork: () => boolean
  /** Runs of cells under way. */
  readonly liveRuns: () => readonly string[]
  /** Ends every trainer at once; what was learnt is kept. */
  readonly close: () => void
}

export function createSweeps(options: SweepsOptions): Sweeps {
  let current: { readonly sweep: string; readonly path: string; readonly runner: SweepRunner } | null = null
  let isStarting = false

  const notAtWork = (sweep: string) =>
    failureIn('invalid-run', { en: `The sweep ${sweep} is not at work.`, ko: `진행 중인 스윕이 아닙니다: ${sweep}` })

  async function work(path: string, plan: SweepPlan): Promise<Result<{ readonly sweep: string }>> {
    const runsFolder = runsFolderOf(path)
    const lock = await lockSweep(runsFolder, plan.sweep)
    if (!lock.ok) return lock
    const written = await writeSweep(runsFolder, plan)
    if (!written.ok) {
      await lock.value()
      return written
    }
    const tell = createThrottle((detail: SweepDetail) => {
      options.tell(path, detail)
    })
    const { describe, device, createTrainer } = options
    const runner = startSweep({ runsFolder, plan, describe, device, createTrainer, onChange: tell.later })
    current = { sweep: plan.sweep, path, runner }
    void runner.ended.then(async () => {
      await lock.value()
      if (current?.runner === runner) current = null
      tell.now(runner.detail())
    })
    return success({ sweep: plan.sweep })
  }

  async function begin(
    make: () => Promise<Result<{ readonly sweep: string }>>,
  ): Promise<Result<{ readonly sweep: string }>> {
    if (isStarting || current !== null)
      return failureIn('unsupported', {
        en: 'A sweep is at work. Pause or cancel it before you start another.',
        ko: '스윕이 진행 중입니다. 먼저 일시 정지하거나 취소한 뒤 다른 스윕을 시작하세요.',
      })
    if (options.isTraining())
      return failureIn('unsupported', {
        en: 'A run is under way. Stop it, or wait for its end, before you start a sweep.',
        ko: '학습이 진행 중입니다. 중지하거나 끝난 뒤에 스윕을 시작하세요.',
      })
    isStarting = true
    try {
      return await make()
    } finally {
      isStarting = false
    }
  }

  return {
    start: (path, project, models, settings) =>
      begin(async () => {
        const created = new Date()
        const named = { sweep: newRunId(created), created: created.toISOString() }
        const plan = planSweep({ ...named, project, models, settings })
        return plan.ok ? work(path, plan.value) : plan
      }),
    goOn: async (path, sweep) => {
      const begun = await begin(async () => {
        const plan = await readSweep(runsFolderOf(path), sweep)
        return plan.ok ? work(path, plan.value) : plan
      })
      return begun.ok ? success(null) : begun
    },
    pause: (sweep) => {
      if (current?.sweep !== sweep) return notAtWork(sweep)
      current.runner.pause()
      return success(null)
    },
    cancel: (sweep) => {
      if (current?.sweep !== sweep) return notAtWork(sweep)
      current.runner.cancel()
      return success(null)
    },
    list: async (path) => {
      const plans = await listSweeps(runsFolderOf(path))
      return plans.map((plan) =>
        current?.sweep === plan.sweep && current.path === path
          ? current.runner.detail()
          : detailOf(plan, { progress: {}, secondsLeft: null, active: false }),
      )
    },
    remove: async (path, sweep) => {
      if (current?.sweep === sweep) {
        return failureIn('unsupported', {
          en: 'The sweep is at work. Cancel it first.',
          ko: '스윕이 진행 중입니다. 먼저 취소하세요.',
        })
      }
      return deleteSweep(runsFolderOf(path), sweep)
    },
    isAtWork: () => isStarting || current !== null,
    liveRuns: () =>
      current?.runner.detail().cells.flatMap(({ state, run }) => (state === 'running' && run !== null ? [run] : [])) ??
      [],
    close: () => current?.runner.close(),
  }
}

/** At most so often, and always the newest last. */
function createThrottle<T>(tell: (value: T) => void): {
  readonly later: (value: T) => void
  readonly now: (value: T) => void
} {
  let waiting: { readonly value: T } | null = null
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    timer = null
    if (!waiting) return
    const { value } = waiting
    waiting = null
    tell(value)
    timer = setTimeout(flush, TELL_MS)
    timer.unref()
  }
  return {
    later: (value) => {
      waiting = { value }
      if (timer === null) flush()
    },
    now: (value) => {
      waiting = null
      tell(value)
    },
  }
}
