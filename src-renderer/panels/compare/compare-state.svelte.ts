import type { JudgedWeights } from '../../../src-main/common/comparison/judged-weights.ts'
import { judgedWeights } from '../../../src-main/common/comparison/judged-weights.ts'
import type { ComparedAnswers, RunSummary } from '../../../src-main/common/contract.ts'
import type { DistortionCurves, DistortionKind } from '../../../src-main/common/comparison/distortion.ts'
import { distortionKinds } from '../../../src-main/common/comparison/distortion.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'
import { useWorkspace } from '../../state/workspace.svelte.ts'
import type { RunView } from '../../state/training-state.svelte.ts'
import { viewOf } from '../../state/training-state.svelte.ts'
import { Remembered } from '../remembered.svelte.ts'
import { Look } from '../why/look.svelte.ts'

export const compareViews = ['overview', 'pictures', 'confusion', 'classes', 'shift'] as const
export type CompareView = (typeof compareViews)[number]

export interface ModelOfRun {
  readonly run: string
  readonly model: string
}

export const mostModels = 8

/** What is compared, and what was found out of it; what was compared once is there at once when the room is opened again. */
export class CompareState {
  readonly look: Look<ComparedAnswers>
  readonly sweepLook: Look<DistortionCurves>
  readonly view = new Remembered<CompareView>('compare.view', 'overview', (value) => compareViews.includes(value))
  readonly axis = new Remembered<'epoch' | 'seconds' | 'operations'>('compare.axis', 'epoch', (value) =>
    ['epoch', 'seconds', 'operations'].includes(value),
  )
  /** Each model as it was at its best, which is the fairer, or as its run ended. */
  readonly weights = new Remembered<JudgedWeights>('compare.weights', 'best', (value) => judgedWeights.includes(value))
  #workspace: Workspace
  /** Null follows the project: the models of its newest run that has several. */
  #picked = $state.raw<{ readonly path: string | null; readonly models: readonly ModelOfRun[] } | null>(null)
  #answers = $state.raw<ReadonlyMap<string, ComparedAnswers>>(new Map())
  #sweeps = $state.raw<ReadonlyMap<string, DistortionCurves>>(new Map())
  #views = $state.raw<ReadonlyMap<string, RunView>>(new Map())

  constructor(workspace: Workspace) {
    this.#workspace = workspace
    this.look = new Look(workspace.bridge)
    this.sweepLook = new Look(workspace.bridge)
  }

  /** Runs that came to their end or were stopped, the newest first. */
  readonly finished: readonly RunSummary[] = $derived.by(() =>
    this.#workspace.training.runs.filter(({ state }) => state === 'finished' || state === 'stopped'),
  )

  readonly chosen: readonly ModelOfRun[] = $derived.by(() => {
    const present = (one: ModelOfRun) =>
      this.finished.some(({ run, models }) => run === one.run && models.some(({ id }) => id === one.model))
    const { path } = this.#workspace.project
    if (this.#picked?.path === path) return (this.#picked?.models ?? []).filter(present)
    const several = this.finished.find(({ models }) => models.length >= 2)
    const all = (runs: readonly RunSummary[]) =>
      runs.flatMap(({ run, models }) => models.map(({ id }) => ({ run, model: id })))
    return several ? all([several]).slice(0, mostModels) : all(this.finished).slice(0, 2)
  })

  choose(models: readonly ModelOfRun[]) {
    this.#picked = { path: this.#workspace.project.path, models }
  }

  /** What comes next is followed again, such as a duel that begins. */
  follow() {
    this.#picked = null
  }

  /** Changes where another answer is to be had: a run that went on has other weights. */
  readonly key: string = $derived.by(() => {
    const runs = this.finished.filter(({ run }) => this.chosen.some((one) => one.run === run))
    const { path } = this.#workspace.project
    return JSON.stringify([path, this.weights.value, this.chosen, runs.map(({ results, epochs }) => [results, epochs])])
  })

  get answer(): ComparedAnswers | null {
    return this.#answers.get(this.key) ?? null
  }

  /** Compares what is chosen, unless it was compared before. */
  async compare() {
    const { path } = this.#workspace.project
    const [key, models] = [this.key, this.chosen]
    if (path === null || models.length < 2 || this.#answers.has(key)) {
      this.look.clear()
      return
    }
    await this.look.ask((job) => this.#workspace.bridge.request('run.compare', { path, ...this.#judged(), job }))
    if (this.look.value && key === this.key) this.#answers = new Map([...this.#answers, [key, this.look.value]])
  }

  #judged() {
    return { models: this.chosen.map((one) => ({ ...one })), weights: this.weights.value }
  }

  sweep(kind: DistortionKind): DistortionCurves | null {
    return this.#sweeps.get(this.key + kind) ?? null
  }

  /** Changes whose curves are there for what is chosen. */
  get swept(): readonly DistortionKind[] {
    return distortionKinds.filter((kind) => this.sweep(kind) !== null)
  }

  async askSweep(kind: DistortionKind) {
    const { path } = this.#workspace.project
    const key = this.key + kind
    if (path === null || this.chosen.length === 0) return
    await this.sweepLook.ask((job) =>
      this.#workspace.bridge.request('run.sweep', { path, ...this.#judged(), kind, job }),
    )
    const { value } = this.sweepLook
    if (value?.kind === kind && key === this.key + kind) this.#sweeps = new Map([...this.#sweeps, [key, value]])
  }

  /** The history of a run: as it goes on, or as it is stored once it has been read. */
  historyOf(run: string): RunView | null {
    const { view } = this.#workspace.training
    return view?.run === run ? view : (this.#views.get(run) ?? null)
  }

  async readHistories() {
    const { path } = this.#workspace.project
    if (path === null) return
    for (const run of new Set(this.chosen.map((one) => one.run))) {
      if (this.historyOf(run)) continue
      const read = await this.#workspace.bridge.request('run.read', { path, run })
      if (read.ok) this.#views = new Map([...this.#views, [run, viewOf(read.value)]])
    }
  }
}

const states = new WeakMap<Workspace, CompareState>()

export function useCompareState(): CompareState {
  const workspace = useWorkspace()
  const known = states.get(workspace)
  if (known) return known
  // In a root of its own: what is derived in a component stands still once that component is gone.
  $effect.root(() => {
    states.set(workspace, new CompareState(workspace))
  })
  return useCompareState()
}
