import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism, cpus, freemem } from 'node:os'
import path from 'node:path'
import type { DatasetDescriptor, DataSource } from '../../common/data/dataset.ts'
import { adaptToData } from '../../common/project/adapt-to-data.ts'
import type { Project } from '../../common/project/project.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import { advance, cellsToBegin, isClearlyWorse, secondsLeftOf } from '../../common/sweep/advance.ts'
import { projectOfCell } from '../../common/sweep/cells.ts'
import { measuresOf, valueOfEpoch } from '../../common/sweep/measures.ts'
import type { SweepCell, SweepDetail, SweepPlan, SweepState } from '../../common/sweep/plan.ts'
import { detailOf } from '../../common/sweep/plan.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import { isBetter } from '../../common/training/monitor.ts'
import { reasonsOf } from '../../common/training/way-on.ts'
import { newRunId, readRunFolder } from '../run-store.ts'
import type { TrainingOptions, TrainingSession } from '../training-session.ts'
import { createTrainingSession } from '../training-session.ts'
import { writeSweep } from './sweep-store.ts'

/** A trainer with TensorFlow, a small model and its data. */
const TRAINER_BYTES = 1.2e9

export interface SweepOptions extends Pick<TrainingOptions, 'device' | 'createTrainer'> {
  readonly runsFolder: string
  readonly plan: SweepPlan
  /** Makes data ready, so that cells that learn from the same do not all make them. */
  readonly describe: (source: DataSource) => Promise<Result<DatasetDescriptor>>
  readonly onChange: (detail: SweepDetail) => void
  readonly freeBytes?: () => number
}

/** A sweep at work, until it ends, is paused or is given up. */
export interface SweepRunner {
  readonly detail: () => SweepDetail
  /** Lets cells under way end at their next batch; they go on from there when the sweep goes on. */
  readonly pause: () => void
  readonly cancel: () => void
  /** Ends every trainer at once, as a crash would. */
  readonly close: () => void
  /** The plan as it was left; a failure is one of the disk. */
  readonly ended: Promise<Result<SweepPlan>>
}

/** How many trainers a machine bears at a time: half its cores, and what fits into its free memory. */
export function usualTogether(cores = availableCores(), freeBytes = freemem()): number {
  return Math.max(1, Math.min(8, Math.floor(cores / 2), Math.floor(freeBytes / TRAINER_BYTES)))
}

function availableCores(): number {
  // Not in Node 16.
  return typeof availableParallelism === 'function' ? availableParallelism() : cpus().length
}

interface Work {
  readonly cell: string
  readonly session: TrainingSession
  readonly startedMs: number
  run: string
  /** Why it was asked to stop; null where it was not. */
  stopping: 'pruned' | 'paused' | null
  ended: boolean
}

/**
 * Trains the cells of a plan, several at a time, each in a run of its own. The plan is written before a cell begins and after
 * it ends: whatever happens to this process, a cell is gone on with where it was, and none is trained twice.
 */
export function startSweep(options: SweepOptions): SweepRunner {
  const { runsFolder, freeBytes = freemem } = options
  // Cells that a budget, a cancel or a failure left out are wanted again; those under way were cut off.
  let plan: SweepPlan = {
    ...options.plan,
    state: 'running',
    cells: options.plan.cells.map((cell) =>
      ['running', 'skipped', 'failed'].includes(cell.state)
        ? { ...cell, state: 'waiting', message: null, text: null }
        : cell,
    ),
  }
  let together = plan.settings.together ?? usualTogether()
  const startedMs = performance.now()
  const secondsBefore = plan.seconds
  const works = new Map<string, Work>()
  const idle: TrainingSession[] = []
  /** By cell: the watched value of each epoch. */
  const histories = new Map<string, number[]>()
  const described = new Map<string, Promise<Result<DatasetDescriptor>>>()
  let asked: 'paused' | 'cancelled' | null = null
  let fault: Result<never> | null = null
  let isOver = false
  let filling: Promise<void> = Promise.resolve()
  let finish: (result: Result<SweepPlan>) => void = () => undefined
  const ended = new Promise<Result<SweepPlan>>((resolve) => {
    finish = resolve
  })

  const elapsed = () => (performance.now() - startedMs) / 1000
  const progressNow = () =>
    Object.fromEntries(
      [...works.keys()].map((cell) => {
        const history = histories.get(cell) ?? []
        return [cell, { epoch: history.length, value: history.at(-1) ?? null }]
      }),
    )
  const detail = (): SweepDetail => {
    const progress = progressNow()
    return detailOf(plan, { progress, secondsLeft: secondsLeftOf(plan, progress, together), active: !isOver })
  }
  const tell = () => {
    options.onChange(detail())
  }
  const cellOf = (id: string) => plan.cells.find((cell) => cell.id === id) as SweepCell
  const change = (id: string, changes: Partial<SweepCell>) => {
    plan = { ...plan, cells: plan.cells.map((cell) => (cell.id === id ? { ...cell, ...changes } : cell)) }
  }
  const save = async () => {
    plan = { ...plan, seconds: secondsBefore + elapsed() }
    const written = await writeSweep(runsFolder, plan)
    if (written.ok || fault !== null) return
    // What cannot be written down would be trained again.
    fault = written
    stopAll('paused')
  }

  function stopAll(reason: 'paused') {
    for (const work of works.values()) stopWork(work, reason)
  }

  function stopWork(work: Work, reason: 'pruned' | 'paused') {
    if (work.stopping !== null || work.ended) return
    work.stopping = reason
    void work.session.stop(work.run)
  }

  const isSpent = () => {
    const { minutes } = plan.settings.budget
    return minutes !== null && elapsed() >= minutes * 60
  }
  const timer =
    plan.settings.budget.minutes === null
      ? null
      : setTimeout(
          () => {
            asked ??= 'paused'
            stopAll('paused')
          },
          Math.min(2 ** 31 - 1, plan.settings.budget.minutes * 60_000),
        )

  /** Begins what may begin; ends the sweep where nothing is left. One call at a time. */
  function fill() {
    filling = filling.then(fillNow).catch((error: unknown) => {
      fault ??= failureIn(
        'internal',
        { en: 'The sweep could not go on.', ko: '스윕을 계속하지 못했습니다.' },
        String(error),
      )
      if (works.size === 0) void end()
    })
  }

  async function fillNow() {
    if (isOver) return
    if (asked === null && fault === null && !isSpent()) {
      plan = advance(plan)
      for (const cell of cellsToBegin(plan)) {
        if (works.size >= together || (works.size > 0 && freeBytes() < TRAINER_BYTES)) break
        await begin(cell)
        if (asked !== null || fault !== null) break
      }
    }
    if (works.size === 0) {
      // A cell may have failed at once, and others wait.
      const mayGoOn = asked === null && fault === null && !isSpent()
      plan = mayGoOn ? advance(plan) : plan
      if (mayGoOn && plan.state === 'running' && cellsToBegin(plan).length > 0) fill()
      else await end()
    }
    tell()
  }

  async function end() {
    if (isOver) return
    if (timer !== null) clearTimeout(timer)
    const state: SweepState = asked ?? (plan.state === 'running' ? 'paused' : plan.state)
    const cells = plan.cells.map((cell): SweepCell =>
      state === 'cancelled' && cell.state === 'waiting' ? { ...cell, state: 'skipped' } : cell,
    )
    plan = { ...plan, state, cells }
    await save()
    isOver = true
    for (const session of idle) session.close()
    tell()
    finish(fault ?? success(plan))
  }

  async function begin(cell: SweepCell) {
    const project = await fittedProject(cell)
    if (!project.ok) {
      change(cell.id, { state: 'failed', ...saidOf(project.error) })
      await save()
      return
    }
    const run = cell.run ?? unusedRunId(runsFolder)
    const session = idle.pop() ?? createSession()
    const work: Work = { cell: cell.id, session, startedMs: performance.now(), run, stopping: null, ended: false }
    change(cell.id, { state: 'running', run })
    works.set(cell.id, work)
    await save()
    if (fault !== null) {
      await leave(work, { state: 'waiting' })
      return
    }
    const begun = await beginRun(work, cell, project.value)
    if (!begun.ok) {
      await leave(work, { state: 'failed', ...saidOf(begun.error) })
      return
    }
    if (asked !== null) stopWork(work, 'paused')
  }

  /** Starts a cell's run, or goes on with it; a run that has ended already is only looked at. */
  async function beginRun(work: Work, cell: SweepCell, project: Project): Promise<Result<unknown>> {
    const { session, run } = work
    const folder = path.join(runsFolder, run)
    const stored = await readRunFolder(folder, run, null)
    if (!stored.ok || (stored.value.wayOn === null && stored.value.state !== 'finished')) {
      // Nothing was learnt yet: a checkpoint comes before the first step.
      histories.set(cell.id, [])
      await rm(folder, { recursive: true, force: true })
      return session.start(runsFolder, project, plan.models, run)
    }
    const { events, wayOn, project: trained } = stored.value
    histories.set(cell.id, historyOf(events))
    const planned = trained.recipe.epochs
    if (wayOn === 'as-planned')
      return session.goOn(runsFolder, run, planned < cell.epochs ? cell.epochs - planned : null)
    const hasReasonToGoOn = reasonsOf(events).includes('completed')
    if (planned < cell.epochs && hasReasonToGoOn && wayOn === 'more-epochs')
      return session.goOn(runsFolder, run, cell.epochs - planned)
    await endCell(work)
    return success(null)
  }

  /** A cell whose data are not the project's gets an input and an answer that fit them, by the window's mends. */
  async function fittedProject(cell: SweepCell): Promise<Result<Project>> {
    const project = projectOfCell(plan, cell)
    if (!project.ok) return project
    const { dataset } = project.value
    if (dataset === null) {
      return failureIn('missing-dataset', {
        en: 'Choose data before you start a sweep.',
        ko: '스윕을 시작하려면 먼저 데이터를 선택하세요.',
      })
    }
    const key = JSON.stringify(dataset)
    const asking = described.get(key) ?? options.describe(dataset)
    described.set(key, asking)
    const data = await asking
    if (!data.ok) return data
    if (key === JSON.stringify(plan.project.dataset)) return project
    const adapted = adaptToData(project.value, plan.models, data.value)
    const [left] = adapted.left
    return left === undefined ? success(adapted.project) : failureIn('invalid-model', left.problem.text)
  }

  function createSession(): TrainingSession {
    return createTrainingSession({
      device: options.device,
      createTrainer: options.createTrainer,
      onEvents: (run, events) => {
        const work = [...works.values()].find((one) => one.run === run)
        if (work) receive(work, events)
      },
      onProbe: () => undefined,
      onProgress: () => undefined,
    })
  }

  function receive(work: Work, events: readonly TrainingEvent[]) {
    let isNew = false
    for (const event of events) {
      if (event.type === 'epoch') {
        isNew = true
        remember(work.cell, event)
      }
      if (event.type === 'run-finished' || event.type === 'failed') {
        void endCell(work, event.type === 'failed' ? event : null)
        return
      }
    }
    if (!isNew) return
    tell()
    if (plan.settings.prune && isWorse(work.cell)) stopWork(work, 'pruned')
  }

  /** Of several models, the best at each epoch. */
  function remember(cell: string, event: Extract<TrainingEvent, { type: 'epoch' }>) {
    const history = histories.get(cell) ?? []
    const value = valueOfEpoch(event, plan.settings.metric)
    if (value !== null) {
      const before = history[event.epoch - 1]
      const isFirst = before === undefined || isBetter(plan.settings.metric, value, before, 0)
      history[event.epoch - 1] = isFirst ? value : before
    }
    histories.set(cell, history)
  }

  function historyOf(events: readonly TrainingEvent[]): number[] {
    const key = ' '
    histories.delete(key)
    for (const event of events) if (event.type === 'epoch') remember(key, event)
    const history = histories.get(key) ?? []
    histories.delete(key)
    return history
  }

  function isWorse(id: string): boolean {
    const others = plan.cells.filter((cell) => cell.id !== id).map((cell) => histories.get(cell.id) ?? [])
    const { metric } = plan.settings
    return isClearlyWorse({ metric, values: histories.get(id) ?? [], others, epochs: cellOf(id).epochs })
  }

  async function endCell(work: Work, failed: Extract<TrainingEvent, { type: 'failed' }> | null = null) {
    if (work.ended) return
    work.ended = true
    const stored = await readRunFolder(path.join(runsFolder, work.run), work.run, null)
    const measures = stored.ok ? measuresOf(stored.value.events, stored.value.project.recipe) : []
    // What was trained before this process was there counts, too.
    if (stored.ok)
      change(work.cell, { seconds: Math.max(cellOf(work.cell).seconds, secondsBeforeOf(work, stored.value.events)) })
    const reasons = stored.ok ? reasonsOf(stored.value.events) : []
    const wasStopped = reasons.includes('stopped')
    const hasDiverged = reasons.length > 0 && reasons.every((reason) => reason === 'diverged')
    if (failed?.code === 'out-of-memory' && together > 1) {
      // Fewer at a time fit; what was learnt is kept.
      together -= 1
      await leave(work, { state: 'waiting' })
    } else if (failed) await leave(work, { state: 'failed', measures: [...measures], ...saidOf(failed) })
    else if (work.stopping === 'pruned' && wasStopped) await leave(work, { state: 'pruned', measures: [...measures] })
    else if (work.stopping === 'paused' && wasStopped) await leave(work, { state: 'waiting' })
    else {
      const state = hasDiverged ? 'diverged' : 'done'
      await leave(work, { state, measures: [...measures], message: null, text: null })
    }
  }

  async function leave(work: Work, changes: Partial<SweepCell>) {
    work.ended = true
    const seconds = cellOf(work.cell).seconds + (performance.now() - work.startedMs) / 1000
    change(work.cell, { ...changes, seconds })
    works.delete(work.cell)
    // A run that could not begin leaves its session as it was, one that ended has ended its trainer.
    idle.push(work.session)
    await save()
    tell()
    fill()
  }

  const stop = (state: 'paused' | 'cancelled') => {
    if (isOver) return
    asked = state === 'cancelled' ? state : (asked ?? state)
    stopAll('paused')
    fill()
  }

  /** What other cells came to is what pruning judges by, also after a pause. */
  async function recall() {
    if (!plan.settings.prune) return
    for (const cell of plan.cells) {
      if (cell.run === null || cell.state === 'waiting') continue
      const stored = await readRunFolder(path.join(runsFolder, cell.run), cell.run, null)
      if (stored.ok) histories.set(cell.id, historyOf(stored.value.events))
    }
  }

  filling = recall()
  fill()
  return {
    detail,
    pause: () => {
      stop('paused')
    },
    cancel: () => {
      stop('cancelled')
    },
    close: () => {
      isOver = true
      if (timer !== null) clearTimeout(timer)
      for (const { session } of works.values()) session.close()
      for (const session of idle) session.close()
    },
    ended,
  }
}

/** Why a cell failed, as its plan keeps it. */
function saidOf({ message, text }: { readonly message: string; readonly text?: Text }) {
  return { message, text: text ?? null }
}

/** Seconds of epochs that were over before a cell was taken up again. */
function secondsBeforeOf({ startedMs }: Pick<Work, 'startedMs'>, events: readonly TrainingEvent[]): number {
  const trained = events.reduce((sum, event) => (event.type === 'epoch' ? sum + event.seconds : sum), 0)
  return Math.max(0, trained - (performance.now() - startedMs) / 1000)
}

function unusedRunId(runsFolder: string): string {
  let run = newRunId()
  while (existsSync(path.join(runsFolder, run))) run = newRunId()
  return run
}
