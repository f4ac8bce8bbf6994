import type {
  Events,
  RequestName,
  RequestParams,
  RequestResult,
  RunCurves,
  RunSummary,
  RunTrash,
  Trashed,
} from '../../src-main/common/contract.ts'
import type { Project } from '../../src-main/common/project/project.ts'
import type { Failure, Result } from '../../src-main/common/result.ts'
import type { SweepDetail, SweepSettings } from '../../src-main/common/sweep/plan.ts'
import type { RunNotes } from '../../src-main/common/training/run-notes.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { plainCopy } from './project-state.svelte.ts'

/** A change of the list of runs, with what takes it back. */
interface Change {
  /** False where it was refused. */
  readonly run: () => Promise<boolean>
  readonly undo: () => Promise<boolean>
}

interface RunsOptions {
  readonly bridge: Bridge
  readonly path: () => string | null
  /** Reads the list again. */
  readonly refresh: () => Promise<void>
  readonly onFailure: (failure: Failure) => void
  /** Something was changed, or taken back. */
  readonly onStep: () => void
}

/** What is done with the runs of the project, undoable by itself; their curves, and the sweeps that made some of them. */
export class RunsState {
  readonly #options: RunsOptions
  #trash = $state.raw<RunTrash>({ entries: [], bytes: 0 })
  #ticked = $state.raw<ReadonlySet<string>>(new Set())
  #curves = $state.raw<ReadonlyMap<string, RunCurves>>(new Map())
  #sweeps = $state.raw<readonly SweepDetail[]>([])
  #done = $state.raw<readonly Change[]>([])
  #undone = $state.raw<readonly Change[]>([])
  #last: Promise<unknown> = Promise.resolve()

  /** The sweep at work in this host; null where there is none. */
  readonly working = $derived(this.#sweeps.find(({ active }) => active) ?? null)

  constructor(options: RunsOptions) {
    this.#options = options
    options.bridge.onEvent((name, payload) => {
      if (name === 'sweep') this.#receive(payload as Events['sweep'])
    })
  }

  get trash() {
    return this.#trash
  }
  /** Runs whose curves are laid over one another. */
  get ticked() {
    return this.#ticked
  }
  get curves() {
    return this.#curves
  }
  /** The newest first. */
  get sweeps() {
    return this.#sweeps
  }
  get canUndo() {
    return this.#done.length > 0
  }
  get canRedo() {
    return this.#undone.length > 0
  }

  /** For another project. */
  clear() {
    this.#ticked = new Set()
    this.#curves = new Map()
    this.#sweeps = []
    this.#done = []
    this.#undone = []
  }

  tick(run: string, on: boolean) {
    const ticked = new Set(this.#ticked)
    if (on) ticked.add(run)
    else ticked.delete(run)
    this.#ticked = ticked
  }

  untickAll() {
    this.#ticked = new Set()
  }

  undo() {
    const change = this.#done.at(-1)
    if (!change) return
    this.#options.onStep()
    this.#done = this.#done.slice(0, -1)
    this.#undone = [...this.#undone, change]
    void this.#inTurn(change.undo)
  }

  redo() {
    const change = this.#undone.at(-1)
    if (!change) return
    this.#options.onStep()
    this.#undone = this.#undone.slice(0, -1)
    this.#done = [...this.#done, change]
    void this.#inTurn(change.run)
  }

  /** Names, stars, hides or notes runs. */
  annotate(runs: readonly RunSummary[], changes: Partial<RunNotes>) {
    const before = runs.map(({ run, notes }) => [run, notes] as const)
    return this.#change({
      run: () => this.#write(before.map(([run, notes]) => [run, { ...notes, ...changes }])),
      undo: () => this.#write(before),
    })
  }

  /** Moves runs into the trash of the project; whether it was done. */
  async remove(runs: readonly string[]): Promise<boolean> {
    const removed = await this.#change({
      run: () => this.#move('run.delete', runs),
      undo: () => this.#move('run.restore', runs),
    })
    if (removed) for (const run of runs) this.tick(run, false)
    return removed
  }

  removeSweep(sweep: string): Promise<boolean> {
    return this.#change({
      run: () => this.#moveSweep('sweep.remove', sweep),
      undo: () => this.#moveSweep('sweep.restore', sweep),
    })
  }

  /** Takes runs and sweeps out of the trash; this, too, can be undone. */
  putBack(entries: readonly Trashed[]): Promise<boolean> {
    const runs = entries.flatMap(({ kind, id }) => (kind === 'run' ? [id] : []))
    const sweeps = entries.flatMap(({ kind, id }) => (kind === 'sweep' ? [id] : []))
    const move = async (run: 'run.delete' | 'run.restore', sweep: 'sweep.remove' | 'sweep.restore') => {
      let isDone = runs.length === 0 || (await this.#move(run, runs))
      for (const one of sweeps) isDone = (await this.#moveSweep(sweep, one)) && isDone
      return isDone
    }
    return this.#change({
      run: () => move('run.restore', 'sweep.restore'),
      undo: () => move('run.delete', 'sweep.remove'),
    })
  }

  async emptyTrash() {
    const path = this.#options.path()
    if (path === null) return null
    const emptied = await this.#ask('run.emptyTrash', { path })
    // What is gone cannot be taken back.
    this.#done = []
    this.#undone = []
    await this.measureTrash()
    return emptied
  }

  async measureTrash() {
    const path = this.#options.path()
    if (path === null) return
    const measured = await this.#options.bridge.request('run.trash', { path })
    if (measured.ok) this.#trash = measured.value
  }

  /** Reads the curves of runs that are not known yet, or are asked for anew because they grow. */
  async readCurves(runs: readonly string[], anew: readonly string[] = []) {
    const path = this.#options.path()
    const missing = runs.filter((run) => !this.#curves.has(run) || anew.includes(run))
    if (path === null || missing.length === 0) return
    const read = await this.#options.bridge.request('run.curves', { path, runs: missing })
    if (!read.ok) return
    this.#curves = new Map([...this.#curves, ...read.value.map((curves) => [curves.run, curves] as const)])
  }

  async listSweeps() {
    const path = this.#options.path()
    if (path === null) return
    const listed = await this.#options.bridge.request('sweep.list', { path })
    if (listed.ok) this.#sweeps = listed.value
  }

  async startSweep(project: Project, models: readonly string[], settings: SweepSettings): Promise<string | null> {
    const path = this.#options.path()
    if (path === null) return null
    const started = await this.#ask('sweep.start', {
      path,
      project: plainCopy(project),
      models: [...models],
      settings: plainCopy(settings),
    })
    await this.listSweeps()
    return started?.sweep ?? null
  }

  async controlSweep(name: 'sweep.goOn' | 'sweep.pause' | 'sweep.cancel', sweep: string) {
    const path = this.#options.path()
    if (path === null) return
    await this.#ask(name, { path, sweep })
    await this.listSweeps()
  }

  #receive({ path, detail }: Events['sweep']) {
    if (path !== this.#options.path()) return
    const before = this.#sweeps.find(({ sweep }) => sweep === detail.sweep)
    this.#sweeps = before ? this.#sweeps.map((one) => (one === before ? detail : one)) : [detail, ...this.#sweeps]
    const stateOf = (one: SweepDetail | undefined) => one?.cells.map(({ state }) => state).join()
    if (stateOf(before) !== stateOf(detail) || before?.active !== detail.active) void this.#options.refresh()
  }

  /** One after the other: what is taken back at once has first been done. */
  #inTurn(act: () => Promise<boolean>): Promise<boolean> {
    const result = this.#last.then(act)
    this.#last = result.catch(() => false)
    return result
  }

  async #change(change: Change): Promise<boolean> {
    this.#options.onStep()
    // It can be taken back from now on, not only when all lists have been read again.
    const undone = this.#undone
    this.#done = [...this.#done, change]
    this.#undone = []
    const isDone = await this.#inTurn(change.run)
    if (isDone || !this.#done.includes(change)) return isDone
    this.#done = this.#done.filter((one) => one !== change)
    this.#undone = undone
    return false
  }

  async #write(notes: readonly (readonly [string, RunNotes])[]) {
    const path = this.#options.path()
    if (path === null) return false
    let isDone = true
    for (const [run, wanted] of notes)
      isDone = (await this.#isGranted('run.annotate', { path, run, notes: wanted })) && isDone
    await this.#options.refresh()
    return isDone
  }

  async #move(name: 'run.delete' | 'run.restore', runs: readonly string[]) {
    const path = this.#options.path()
    if (path === null) return false
    const isDone = await this.#isGranted(name, { path, runs: [...runs] })
    await this.#options.refresh()
    await this.measureTrash()
    return isDone
  }

  async #moveSweep(name: 'sweep.remove' | 'sweep.restore', sweep: string) {
    const path = this.#options.path()
    if (path === null) return false
    const isDone = await this.#isGranted(name, { path, sweep })
    await this.listSweeps()
    await this.#options.refresh()
    await this.measureTrash()
    return isDone
  }

  async #isGranted<N extends RequestName>(name: N, params: RequestParams<N>): Promise<boolean> {
    const answer: Result<RequestResult<N>> = await this.#options.bridge.request(name, params)
    if (!answer.ok) this.#options.onFailure(answer.error)
    return answer.ok
  }

  async #ask<N extends RequestName>(name: N, params: RequestParams<N>) {
    const answer: Result<RequestResult<N>> = await this.#options.bridge.request(name, params)
    if (answer.ok) return answer.value
    this.#options.onFailure(answer.error)
    return null
  }
}
