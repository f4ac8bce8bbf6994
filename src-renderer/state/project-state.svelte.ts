import type { Events, ProjectDocument, SaveTerms } from '../../src-main/common/contract.ts'
import type { PictureRef } from '../../src-main/common/data/dataset.ts'
import type { ModelAnalysis, TaskContext } from '../../src-main/common/graph/analysis.ts'
import { analyzeModel } from '../../src-main/common/graph/analyze.ts'
import type { Edit } from '../../src-main/common/graph/edit.ts'
import type { Model } from '../../src-main/common/graph/graph.ts'
import { History } from '../../src-main/common/graph/history.ts'
import type { Project } from '../../src-main/common/project/project.ts'
import type { Failure, Result } from '../../src-main/common/result.ts'
import { success } from '../../src-main/common/result.ts'
import type { Bridge } from '../bridge/bridge.ts'

const AUTOSAVE_MS = 400
export const firstPicture: PictureRef = { part: 'test', index: 0 }
/** Edits that share a `join` key and follow one another within this time are one step of undo. */
const JOIN_MS = 1_200

export type SaveState = 'saved' | 'pending' | 'saving' | 'failed'

/** The open project: its content, its undo history, what follows from each model, and its file. */
export class ProjectState {
  #bridge: Bridge
  #task: () => TaskContext | null
  #onStep: () => void
  #onChangedElsewhere: () => void
  #path = $state<string | null>(null)
  /** What the file held when it was last read or written here. */
  #file: { readonly path: string; revision: string } | null = null
  #project = $state.raw<Project | null>(null)
  #picture = $state.raw<PictureRef>(firstPicture)
  #history: History | null = null
  #canUndo = $state(false)
  #canRedo = $state(false)
  #saveState = $state<SaveState>('saved')
  #saveFailure = $state.raw<Failure | null>(null)
  #saveTimer: ReturnType<typeof setTimeout> | null = null
  /** This window's name among those that write the file. */
  readonly #writer = Math.random().toString(36).slice(2)
  #saving: Promise<void> = Promise.resolve()
  /** Counts what changes the project, so that what follows from a step knows whether it is still the last. */
  #step = 0
  #lastJoin: { readonly key: string; readonly time: number } | null = null
  #analyses = new WeakMap<Model, { readonly task: TaskContext | null; readonly analysis: ModelAnalysis }>()

  /** `onStep` hears of each new step, of undo and of redo before they happen. */
  constructor(
    bridge: Bridge,
    task: () => TaskContext | null,
    { onStep, onChangedElsewhere }: { readonly onStep: () => void; readonly onChangedElsewhere: () => void },
  ) {
    this.#bridge = bridge
    this.#task = task
    this.#onStep = onStep
    this.#onChangedElsewhere = onChangedElsewhere
    bridge.onEvent((name, payload) => {
      if (name !== 'saved') return
      const saved = payload as Events['saved']
      if (saved.path === this.#path && saved.writer !== this.#writer) void this.lookAgain()
    })
  }

  get path() {
    return this.#path
  }
  get current() {
    return this.#project
  }
  /** The pinned picture: the one whose maps are shown everywhere. Kept with the project, never undone. */
  get picture() {
    return this.#picture
  }
  get canUndo() {
    return this.#canUndo
  }
  get canRedo() {
    return this.#canRedo
  }
  get saveState() {
    return this.#saveState
  }
  get saveFailure() {
    return this.#saveFailure
  }
  readonly models: readonly Model[] = $derived(this.#project?.models ?? [])

  /** Shapes, counts and problems of every model, by id. Only changed models are looked at again. */
  readonly analyses: ReadonlyMap<string, ModelAnalysis> = $derived.by(() => {
    const task = this.#task()
    return new Map(this.models.map((model) => [model.id, this.#analysisOf(model, task)]))
  })

  model(id: string | null): Model | null {
    return this.models.find((model) => model.id === id) ?? null
  }

  show(document: ProjectDocument) {
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    this.#saveTimer = null
    this.#file = { path: document.path, revision: document.revision }
    this.#path = document.path
    this.#project = document.project
    this.#picture = document.project.picture ?? firstPicture
    this.#history = new History(document.project)
    this.#lastJoin = null
    this.#saveState = 'saved'
    this.#saveFailure = null
    this.#refresh()
  }

  pin(picture: PictureRef) {
    if (picture.part === this.#picture.part && picture.index === this.#picture.index) return
    this.#picture = picture
    this.#scheduleSave()
  }

  /** Applies edits as one step of undo; with `join`, as part of the last step if that had the same key just before. Answers the step. */
  edit(edits: readonly Edit[], options: { readonly join?: string } = {}): number {
    if (!this.#history || edits.length === 0) return this.#step
    const now = performance.now()
    const joins =
      options.join !== undefined && this.#lastJoin?.key === options.join && now - this.#lastJoin.time < JOIN_MS
    if (!joins) {
      this.#onStep()
      this.#history.mark()
    }
    this.#history.apply(edits)
    this.#lastJoin = options.join === undefined ? null : { key: options.join, time: now }
    this.#changed()
    return this.#step
  }

  /** Adds what follows from a step to it, so that one undo takes both back; where it is no longer the last, as a step. */
  follow(step: number, edits: readonly Edit[]) {
    if (step !== this.#step) {
      this.edit(edits)
      return
    }
    this.#history?.apply(edits)
    this.#changed()
  }

  undo() {
    this.#onStep()
    if (!this.#history?.undo()) return
    this.#lastJoin = null
    this.#changed()
  }

  redo() {
    this.#onStep()
    if (!this.#history?.redo()) return
    this.#lastJoin = null
    this.#changed()
  }

  /** Writes what is not written yet; resolves when the file is whole. */
  async flush() {
    if (this.#saveTimer !== null) void this.#save('refuse')
    await this.#saving
  }

  /**
   * The same for a project that is left: where its file was changed elsewhere meanwhile, it is written beside it. Answers where
   * that is; null where there was no need.
   */
  async leave(): Promise<string | null> {
    return this.#saveState === 'saved' ? null : this.#save('beside')
  }

  async retrySave() {
    await this.#save('refuse')
  }

  /** Takes the file in where it was changed elsewhere and nothing here is unsaved; one undo brings back what was here. */
  async lookAgain() {
    const file = this.#file
    if (!file || this.#saveState !== 'saved') return
    const changed = await this.#bridge.request('project.changed', file)
    // Meanwhile something may have been edited here: its saving is refused, and says so.
    if (!changed.ok || changed.value === null || file !== this.#file || this.#saveState !== 'saved') return
    this.#takeIn(changed.value)
    this.#onChangedElsewhere()
  }

  /** Takes the version of the file in place of what could not be saved over it; one undo brings that back. */
  async takeOther(): Promise<Result<unknown>> {
    const file = this.#file
    if (!file) return success(null)
    await this.#saving
    const read = await this.#bridge.request('project.changed', { path: file.path, revision: '' })
    if (!read.ok || file !== this.#file) return read
    if (read.value === null) await this.#save('refuse')
    else this.#takeIn(read.value)
    return read
  }

  /** Saves what is here over what was changed elsewhere; answers where that is kept. */
  async keepMine(): Promise<string | null> {
    return this.#save('replace')
  }

  #takeIn({ path, revision, project }: ProjectDocument) {
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    this.#saveTimer = null
    this.#file = { path, revision }
    // What is the same stays the same object, so that nothing is computed anew for it.
    const known = new Map(this.models.map((model) => [JSON.stringify(model), model]))
    const models = project.models.map((model) => known.get(JSON.stringify(model)) ?? model)
    this.#history?.applyStep([{ type: 'set-project', project: { ...project, models } }])
    this.#lastJoin = null
    this.#picture = project.picture ?? firstPicture
    this.#saveState = 'saved'
    this.#saveFailure = null
    this.#step++
    this.#refresh()
  }

  #changed() {
    this.#step++
    this.#refresh()
    this.#scheduleSave()
  }

  #scheduleSave() {
    if (!this.#project) return
    this.#saveState = 'pending'
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    this.#saveTimer = setTimeout(() => {
      void this.#save('refuse')
    }, AUTOSAVE_MS)
  }

  #refresh() {
    this.#project = this.#history?.project ?? null
    this.#canUndo = this.#history?.canUndo ?? false
    this.#canRedo = this.#history?.canRedo ?? false
  }

  /** Answers where the version lies that did not go into the file; null where there is but one. */
  async #save(otherwise: SaveTerms['otherwise']): Promise<string | null> {
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer)
    this.#saveTimer = null
    const project = this.#project
    const file = this.#file
    if (!project || !file) return null
    const written = plainCopy({ ...project, picture: this.#picture })
    this.#saveState = 'saving'
    let beside: string | null = null
    this.#saving = this.#saving.then(async () => {
      const terms = { revision: file.revision, writer: this.#writer, otherwise }
      const result = await this.#bridge.request('project.save', { path: file.path, project: written, terms })
      if (result.ok) {
        file.revision = result.value.revision
        beside = result.value.beside
      }
      if (file !== this.#file) return
      this.#saveFailure = result.ok ? null : result.error
      if (!result.ok) this.#saveState = 'failed'
      else if (this.#saveTimer === null && project === this.#project) this.#saveState = 'saved'
    })
    await this.#saving
    return beside
  }

  #analysisOf(model: Model, task: TaskContext | null): ModelAnalysis {
    const known = this.#analyses.get(model)
    if (known && known.task === task) return known.analysis
    const analysis = analyzeModel(model, task)
    this.#analyses.set(model, { task, analysis })
    return analysis
  }
}

/** The contract's types are mutable where the project's are readonly; the copy is neither's. */
export function plainCopy(project: object) {
  return JSON.parse(JSON.stringify(project)) as never
}
