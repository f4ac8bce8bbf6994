import type { Events, RunDetail, RunSummary } from '../../src-main/common/contract.ts'
import type { Text } from '../../src-main/common/layers/text.ts'
import type { Project } from '../../src-main/common/project/project.ts'
import type { Result } from '../../src-main/common/result.ts'
import type { DeviceDecision } from '../../src-main/common/training/device.ts'
import type { BackendName, RunState, TrainedData, TrainingEvent } from '../../src-main/common/training/events.ts'
import type { Moment } from '../../src-main/common/training/moment.ts'
import { isSameMoment } from '../../src-main/common/training/moment.ts'
import type { WayOn } from '../../src-main/common/training/way-on.ts'
import { stateAfter, stateAtEnd, wayOnOf } from '../../src-main/common/training/way-on.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { plainCopy } from './project-state.svelte.ts'
import { atNextTick } from './tick.ts'

type EventOf<T extends TrainingEvent['type']> = Extract<TrainingEvent, { type: T }>

/** All that one model of a run has told, in the order of time. */
export interface ModelHistory {
  readonly id: string
  readonly name: string
  readonly parameters: number
  readonly device?: DeviceDecision
  readonly steps: EventOf<'step'>[]
  readonly epochs: readonly EventOf<'epoch'>[]
  readonly confusions: readonly EventOf<'confusion'>[]
  readonly finished: EventOf<'model-finished'> | null
}

export interface RunView {
  readonly run: string
  readonly project: Project
  readonly state: RunState
  readonly backend: BackendName | null
  readonly device: string
  readonly samples: EventOf<'run-started'>['samples'] | null
  /** What it learns from; null for runs of earlier versions. */
  readonly data: TrainedData | null
  readonly epochs: number
  readonly stepsPerEpoch: number
  readonly progress: EventOf<'progress'> | null
  /** The learning rate as it is now; null where it was not told. */
  readonly learningRate: number | null
  readonly models: readonly ModelHistory[]
  readonly log: EventOf<'log'>[]
  readonly failure: EventOf<'failed'> | null
  /** Moments whose weights are stored, by model, in the order of time. */
  readonly snapshots: Readonly<Record<string, readonly Moment[]>>
  /** False for runs of the past from which nothing leads on. */
  readonly hasCheckpoint: boolean
}

/** The title of the data that a run learns from; where it is not told, what names them in the project. */
export function trainedTitle({ data, project: { dataset } }: Pick<RunView, 'data' | 'project'>): Text {
  const name = dataset === null ? '' : 'source' in dataset ? dataset.source : (dataset.path.split(/[/\\]/).at(-1) ?? '')
  return data?.titles ?? { en: name, ko: name }
}

/** How the run in view can go on; null where it cannot. */
export function wayOnOfView(view: RunView): WayOn | null {
  if (!view.hasCheckpoint) return null
  return wayOnOf(
    view.state,
    view.models.flatMap(({ finished }) => (finished ? [finished.reason] : [])),
  )
}

/**
 * Folds one event into a view, for a run read from disk as for one under way. Objects are new where they change;
 * `steps` and `log` only ever grow, so they are added to in place: a long run tells hundreds of thousands.
 */
export function foldEvent(view: RunView, event: TrainingEvent): RunView {
  switch (event.type) {
    case 'run-started':
      return {
        ...view,
        // A folder that was copied tells of the one it was made of.
        run: view.run || event.run,
        state: 'running',
        backend: event.backend,
        device: event.device,
        samples: event.samples,
        data: event.data ?? null,
        epochs: event.epochs,
        stepsPerEpoch: event.stepsPerEpoch,
        models: event.models.map((model) => ({ ...model, steps: [], epochs: [], confusions: [], finished: null })),
        snapshots: Object.fromEntries(event.models.map((model) => [model.id, [{ epoch: 0 }]])),
      }
    case 'run-resumed':
      return {
        ...view,
        state: 'running',
        backend: event.backend,
        device: event.device,
        epochs: event.epochs,
        stepsPerEpoch: event.stepsPerEpoch,
        models: view.models.map(({ device: _, ...model }) => {
          const device = event.models.find(({ id }) => id === model.id)?.device
          return { ...model, finished: null, ...(device && { device }) }
        }),
        failure: null,
      }
    case 'step':
      return changeModel(view, event.model, (model) => {
        model.steps.push(event)
        return { ...model }
      })
    case 'epoch':
      return {
        ...changeModel(view, event.model, (model) => ({ ...model, epochs: [...model.epochs, event] })),
        snapshots: {
          ...view.snapshots,
          [event.model]: [...(view.snapshots[event.model] ?? []), { epoch: event.epoch }],
        },
      }
    case 'moments':
      return { ...view, snapshots: { ...view.snapshots, [event.model]: event.moments } }
    case 'confusion':
      return changeModel(view, event.model, (model) => ({ ...model, confusions: [...model.confusions, event] }))
    case 'model-finished':
      return changeModel(view, event.model, (model) => ({ ...model, finished: event }))
    case 'progress':
      return { ...view, progress: event, learningRate: event.learningRate ?? view.learningRate }
    case 'rate-changed':
      return { ...view, learningRate: event.to }
    case 'state':
      return { ...view, state: event.state }
    case 'log':
      view.log.push(event)
      return { ...view }
    case 'run-finished':
      return { ...view, state: stateAtEnd(view.models.flatMap(({ finished }) => finished?.reason ?? [])) }
    case 'failed':
      return { ...view, state: stateAfter(event), failure: event }
  }
}

function changeModel(view: RunView, id: string, change: (model: ModelHistory) => ModelHistory): RunView {
  return { ...view, models: view.models.map((model) => (model.id === id ? change(model) : model)) }
}

function emptyView(run: string, project: Project): RunView {
  return {
    run,
    project,
    state: 'preparing',
    backend: null,
    device: '',
    samples: null,
    data: null,
    epochs: project.recipe.epochs,
    stepsPerEpoch: 0,
    progress: null,
    learningRate: null,
    models: [],
    log: [],
    failure: null,
    snapshots: {},
    hasCheckpoint: true,
  }
}

/** A stored run, or one under way, as it is shown. */
export function viewOf(detail: RunDetail): RunView {
  const folded = detail.events.reduce(foldEvent, emptyView(detail.run, detail.project))
  // A run under way tells of its snapshots as it goes; those of the disk are listed once it is over.
  const listed = Object.keys(detail.snapshots).length > 0
  const isLive = liveStates.includes(detail.state)
  return {
    ...folded,
    state: detail.state,
    snapshots: listed ? detail.snapshots : folded.snapshots,
    hasCheckpoint: isLive || detail.wayOn !== null,
  }
}

const liveStates: readonly RunState[] = ['preparing', 'running', 'paused', 'stopping']

/** More rows than any window is high. */
const RUNS_AT_FIRST = 60

/** The run under way or looked back at, and the list of the project's runs. */
export class TrainingState {
  #bridge: Bridge
  #view = $state.raw<RunView | null>(null)
  #runs = $state.raw<readonly RunSummary[]>([])
  #hasMoreRuns = $state(false)
  #listing: { readonly path: string; again: boolean; ended: Promise<void> } | null = null
  /** The first rows of the project's list, whoever asked for them. */
  #firstListed: Promise<unknown> | null = null
  #starting = $state(false)
  /** The moment that maps, kernels, matrices and predictions are shown of; null follows the training. */
  #moment = $state.raw<Moment | null>(null)
  #pending: TrainingEvent[] = []
  #scheduled = false

  readonly active = $derived(this.#view !== null && liveStates.includes(this.#view.state))
  readonly #liveRun = $derived(this.active ? (this.#view?.run ?? null) : null)
  readonly #liveState = $derived(this.active ? (this.#view?.state ?? null) : null)
  /** What is under way tells its state sooner than its folder. */
  readonly #told = $derived.by((): readonly RunSummary[] => {
    const [live, state] = [this.#liveRun, this.#liveState]
    if (live === null || state === null) return this.#runs
    return this.#runs.map((one) => (one.run === live ? { ...one, state, wayOn: null } : one))
  })

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onEvent((name, payload) => {
      if (name === 'training') this.#receive(payload as Events['training'])
    })
  }

  get view() {
    return this.#view
  }
  get runs() {
    return this.#told
  }
  /** Older runs are being read yet. */
  get hasMoreRuns() {
    return this.#hasMoreRuns
  }
  get starting() {
    return this.#starting
  }
  get moment() {
    return this.#moment
  }
  set moment(moment: Moment | null) {
    // The same moment as another object changes nothing.
    if (!isSameMoment(moment, this.#moment)) this.#moment = moment
  }

  async start(path: string, project: Project, models: readonly string[]): Promise<Result<{ readonly run: string }>> {
    this.#starting = true
    this.#moment = null
    this.#pending = []
    this.#view = emptyView('', project)
    const result = await this.#bridge.request('training.start', {
      path,
      project: plainCopy(project),
      models: [...models],
    })
    this.#starting = false
    if (!result.ok) this.#view = null
    else if (this.#view) this.#view = { ...this.#view, run: result.value.run }
    this.#schedule()
    return result
  }

  /** Takes up a run again, in the same folder: its curves go on from where its newest checkpoint is. */
  async goOn(path: string, run: string, moreEpochs: number | null): Promise<Result<{ readonly run: string }>> {
    this.#starting = true
    this.#moment = null
    const result = await this.#bridge.request('training.goOn', { path, run, moreEpochs })
    if (result.ok) {
      const current = await this.#bridge.request('training.current', {})
      // All that was told so far is among its events.
      this.#pending = []
      if (current.ok && current.value?.run === run) this.#view = viewOf(current.value)
      else await this.look(path, run)
    }
    this.#starting = false
    return result
  }

  async setLearningRate(learningRate: number) {
    const run = this.#view?.run
    if (run) await this.#bridge.request('training.setLearningRate', { run, learningRate })
  }

  pause() {
    return this.#control('training.pause')
  }
  resume() {
    return this.#control('training.resume')
  }
  stop() {
    // While it is being prepared, a run has no name yet.
    return this.#bridge.request('training.stop', { run: this.#view?.run || null })
  }

  /** Takes up a run that is under way, after the window was opened again; otherwise the project's newest run. */
  async restore(path: string) {
    const current = await this.#bridge.request('training.current', {})
    if (current.ok && current.value) this.#view = viewOf(current.value)
    const listing = this.listRuns(path)
    await this.#firstListed
    const newest = this.#runs.at(0)
    if (!this.#view && newest) await this.look(path, newest.run)
    await listing
  }

  /** Reads the list of runs; what is asked while it is read is one reading more at its end. */
  listRuns(path: string): Promise<void> {
    if (this.#listing?.path === path) {
      this.#listing.again = true
      return this.#listing.ended
    }
    const listing = { path, again: false, ended: Promise.resolve() }
    this.#listing = listing
    listing.ended = this.#list(listing)
    return listing.ended
  }

  async #list(listing: { readonly path: string; again: boolean }) {
    const ask = async (newest?: number) => {
      const { path } = listing
      const result = await this.#bridge.request('run.list', { path, ...(newest !== undefined && { newest }) })
      const isWanted = this.#listing === listing
      if (isWanted && result.ok) {
        this.#runs = result.value
        this.#hasMoreRuns = newest !== undefined && result.value.length === newest
      }
      return isWanted
    }
    let isWanted = true
    if (this.#runs.length === 0) {
      // The first time, each history of thousands may have to be read: what is in view comes before the rest.
      const first = ask(RUNS_AT_FIRST)
      this.#firstListed = first
      isWanted = await first
      if (isWanted && !this.#hasMoreRuns && !listing.again) {
        this.#listing = null
        return
      }
    }
    while (isWanted) {
      listing.again = false
      isWanted = await ask()
      if (isWanted && !listing.again) {
        this.#listing = null
        return
      }
    }
  }

  /** Shows a run of the past. Leaves the view as it is while another trains. */
  async look(path: string, run: string): Promise<Result<RunDetail> | null> {
    if (this.active) return null
    const result = await this.#bridge.request('run.read', { path, run })
    if (result.ok) {
      this.#moment = null
      this.#view = viewOf(result.value)
    }
    return result
  }

  clear() {
    if (!this.active) this.#view = null
    this.#moment = null
    this.#runs = []
    this.#hasMoreRuns = false
    // What is on its way is of the project before.
    this.#listing = null
    this.#firstListed = null
  }

  async #control(name: 'training.pause' | 'training.resume') {
    const run = this.#view?.run
    if (run) await this.#bridge.request(name, { run })
  }

  #receive({ run, events }: Events['training']) {
    const view = this.#view
    if (view && view.run !== '' && view.run !== run) return
    this.#pending.push(...events)
    this.#schedule()
  }

  /** Events are folded a few times a second: a fast run tells more than an eye can read, and drawing costs training. */
  #schedule() {
    if (this.#scheduled || this.#pending.length === 0) return
    // The first losses are waited for.
    if (this.#view?.models.every(({ steps }) => steps.length === 0)) {
      this.#fold()
      return
    }
    this.#scheduled = true
    atNextTick(() => {
      this.#scheduled = false
      this.#fold()
    })
  }

  #fold() {
    if (!this.#view) return
    const events = this.#pending
    this.#pending = []
    this.#view = events.reduce(foldEvent, this.#view)
  }
}
