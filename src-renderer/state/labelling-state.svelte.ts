import type { LabelDraftListing, LabelTarget } from '../../src-main/common/data/labelling.ts'
import type { FileSource } from '../../src-main/common/data/reading.ts'
import type { Text } from '../../src-main/common/layers/text.ts'
import type { Failure } from '../../src-main/common/result.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Picture } from './dataset-state.svelte.ts'
import type { Labels } from './label-book.ts'
import { asDraft, countLabels, LabelBook } from './label-book.ts'

export type LabellingStage = 'none' | 'opening' | 'open'
/** What is shown: everything, what has no label yet, or one class. */
export type LabelFilter = 'all' | 'unlabelled' | number

/** What was written last, and how it is opened as data. */
export interface SavedLabels {
  readonly to: LabelTarget
  readonly written: number
  readonly paths: readonly string[]
}

const KEEP_AFTER_MS = 300
const ASK_AFTER_MS = 30
const CACHED_THUMBNAILS = 1_500
const ASKED_AT_ONCE = 48
export const THUMBNAIL_PX = 96
export const LARGE_PX = 256

/** Pictures that are being labelled by hand, and what was begun before. Nothing of it needs to be imported. */
export class LabellingState {
  #bridge: Bridge
  #stage = $state<LabellingStage>('none')
  #source = $state.raw<FileSource | null>(null)
  #name = $state('')
  #files = $state.raw<readonly string[]>([])
  #book: LabelBook | null = null
  #labels = $state.raw<Labels>({ classes: [], labels: new Int32Array(0) })
  #canUndo = $state(false)
  #canRedo = $state(false)
  #filter = $state<LabelFilter>('all')
  #selected = $state.raw<ReadonlySet<number>>(new Set())
  #focus = $state(0)
  #anchor = 0
  #failure = $state.raw<Failure | null>(null)
  #saving = $state(false)
  #saved = $state.raw<SavedLabels | null>(null)
  #drafts = $state.raw<readonly LabelDraftListing[]>([])
  #thumbnails = new Map<string, Picture>()
  #faults = $state.raw<ReadonlyMap<string, Text>>(new Map())
  /** Grows when thumbnails came in. */
  #seen = $state(0)
  #wanted: readonly number[] = []
  #asking = false
  #keepTimer: ReturnType<typeof setTimeout> | null = null
  #keeping: Promise<unknown> = Promise.resolve()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  get stage() {
    return this.#stage
  }
  get source() {
    return this.#source
  }
  get name() {
    return this.#name
  }
  get files() {
    return this.#files
  }
  get classes() {
    return this.#labels.classes
  }
  get failure() {
    return this.#failure
  }
  get saving() {
    return this.#saving
  }
  get saved() {
    return this.#saved
  }
  get drafts() {
    return this.#drafts
  }
  get canUndo() {
    return this.#canUndo
  }
  get canRedo() {
    return this.#canRedo
  }
  get filter() {
    return this.#filter
  }
  get selected() {
    return this.#selected
  }
  /** The picture that keys act on when none is selected, as a position in `files`. */
  get focus() {
    return this.#focus
  }

  readonly counts = $derived.by(() => countLabels(this.#labels))

  /** Positions in `files` that are shown, in order. */
  readonly shown: readonly number[] = $derived.by(() => {
    const { labels } = this.#labels
    const filter = this.#filter
    const fits = (label: number) => filter === 'all' || label === (filter === 'unlabelled' ? -1 : filter)
    return Array.from(labels.keys()).filter((file) => fits(labels[file] ?? -1))
  })

  labelOf(file: number): number {
    return this.#labels.labels[file] ?? -1
  }

  /** Null while it has not come yet. */
  thumbnail(file: number, sizePx = THUMBNAIL_PX): Picture | null {
    void this.#seen
    return this.#thumbnails.get(`${sizePx}/${file}`) ?? null
  }

  faultOf(file: number): Text | null {
    return this.#faults.get(this.#files[file] ?? '') ?? null
  }

  async listDrafts() {
    const result = await this.#bridge.request('dataset.labelDrafts', {})
    if (result.ok) this.#drafts = result.value
  }

  async open(source: FileSource) {
    await this.close()
    this.#stage = 'opening'
    this.#source = source
    this.#failure = null
    const result = await this.#bridge.request('dataset.openLabels', { source: plain(source) })
    if (this.#source !== source) return
    if (!result.ok) {
      this.#failure = result.error
      return
    }
    const { name, files, labelling } = result.value
    this.#name = name
    this.#files = files
    this.#book = new LabelBook(files, labelling)
    this.#filter = 'all'
    this.#thumbnails.clear()
    this.#faults = new Map()
    this.#select([])
    this.#focus = 0
    this.#refresh()
    this.#stage = 'open'
  }

  /** Goes away from it; what was done is kept. */
  async close() {
    // What is kept goes with its source: first written, then put away.
    const kept = this.flush()
    this.#stage = 'none'
    this.#source = null
    this.#saved = null
    this.#book = null
    await kept
    await this.listDrafts()
  }

  /** Throws away what was begun. */
  async discard(source: FileSource) {
    await this.#keeping
    await this.#bridge.request('dataset.keepLabels', { source: plain(source), draft: null })
    await this.listDrafts()
  }

  /** Writes what is not kept yet. */
  async flush() {
    if (this.#keepTimer !== null) {
      clearTimeout(this.#keepTimer)
      this.#keepTimer = null
      this.#keep()
    }
    await this.#keeping
  }

  addClass(name: string): boolean {
    const isAdded = this.#book?.addClass(name) === true
    if (isAdded) this.#changed()
    return isAdded
  }

  renameClass(label: number, name: string): boolean {
    const isRenamed = this.#book?.renameClass(label, name) === true
    if (isRenamed) this.#changed()
    return isRenamed
  }

  deleteClass(label: number) {
    const filter = this.#filter
    this.#book?.deleteClass(label)
    if (typeof filter === 'number') this.#filter = filter === label ? 'all' : filter > label ? filter - 1 : filter
    this.#changed()
  }

  /** Labels what is selected, or the picture that has the focus, and goes on to the next one where it was a single one. */
  assign(label: number) {
    const files = this.#selected.size > 0 ? [...this.#selected] : this.shown.includes(this.#focus) ? [this.#focus] : []
    if (files.length === 0 || label >= this.classes.length) return
    const before = this.shown
    this.#book?.assign(files, label)
    this.#changed()
    const after = this.shown
    const [file = 0] = files
    const place = before.indexOf(file)
    // What no longer fits the filter went away: the next one has its place now.
    const next = after.includes(file) ? (files.length === 1 ? place + 1 : place) : place
    const target = after[Math.max(0, Math.min(after.length - 1, next))]
    if (target === undefined) this.#select([])
    else if (files.length === 1 || !after.includes(file)) this.choose(target)
  }

  undo() {
    this.#book?.undo()
    this.#changed()
  }

  redo() {
    this.#book?.redo()
    this.#changed()
  }

  show(filter: LabelFilter) {
    this.#filter = filter
    this.#select([])
    this.#focus = this.shown[0] ?? 0
    this.#anchor = this.#focus
  }

  /** Selects one, adds or takes away one, or takes all from the last one chosen to this one. */
  choose(file: number, how: 'only' | 'toggle' | 'range' = 'only') {
    this.#focus = file
    if (how === 'range') {
      const [from, to] = [this.shown.indexOf(this.#anchor), this.shown.indexOf(file)]
      this.#selected = new Set(this.shown.slice(Math.min(Math.max(0, from), to), Math.max(from, to) + 1))
      return
    }
    this.#anchor = file
    const others = how === 'toggle' ? [...this.#selected].filter((one) => one !== file) : []
    this.#select(how === 'toggle' && this.#selected.has(file) ? others : [...others, file])
  }

  select(files: Iterable<number>) {
    this.#select(files)
  }

  /** Fetches the pictures of some files; those asked for last come first. */
  want(files: readonly number[]) {
    this.#wanted = files
    if (!this.#asking) void this.#fetchWanted()
  }

  async wantLarge(file: number) {
    const source = this.#source
    const name = this.#files[file]
    if (!source || name === undefined || this.#thumbnails.has(`${LARGE_PX}/${file}`)) return
    await this.#fetch(source, [file], LARGE_PX)
  }

  async save(to: LabelTarget) {
    const source = this.#source
    if (!source || this.#saving) return
    this.#saving = true
    this.#failure = null
    await this.flush()
    const labelling = asDraft(this.#files, this.#labels)
    const result = await this.#bridge.request('dataset.saveLabels', { source: plain(source), labelling, to })
    this.#saving = false
    if (this.#source !== source) return
    if (!result.ok) {
      this.#failure = result.error
      return
    }
    const paths = to.as === 'folders' ? [to.folder] : [source.path, ...(source.more ?? []), to.file]
    this.#saved = { to, written: result.value.written, paths: [...new Set(paths)] }
  }

  #select(files: Iterable<number>) {
    this.#selected = new Set(files)
  }

  #changed() {
    this.#refresh()
    this.#saved = null
    this.#failure = null
    const present = new Set(this.shown)
    const kept = [...this.#selected].filter((file) => present.has(file))
    if (kept.length !== this.#selected.size) this.#select(kept)
    if (this.#keepTimer !== null) clearTimeout(this.#keepTimer)
    this.#keepTimer = setTimeout(() => {
      this.#keepTimer = null
      this.#keep()
    }, KEEP_AFTER_MS)
  }

  #refresh() {
    if (!this.#book) return
    this.#labels = this.#book.now
    this.#canUndo = this.#book.canUndo
    this.#canRedo = this.#book.canRedo
  }

  #keep() {
    const source = this.#source
    if (!source) return
    const draft = asDraft(this.#files, this.#labels)
    this.#keeping = this.#keeping.then(() =>
      this.#bridge.request('dataset.keepLabels', { source: plain(source), draft }),
    )
  }

  async #fetchWanted() {
    this.#asking = true
    // Several changes of what is in view become one question.
    await new Promise((resolve) => setTimeout(resolve, ASK_AFTER_MS))
    for (;;) {
      const source = this.#source
      const missing = this.#wanted.filter((file) => !this.#thumbnails.has(`${THUMBNAIL_PX}/${file}`))
      if (!source || missing.length === 0) break
      if (this.#thumbnails.size > CACHED_THUMBNAILS) this.#thumbnails.clear()
      if (!(await this.#fetch(source, missing.slice(0, ASKED_AT_ONCE), THUMBNAIL_PX))) break
    }
    this.#asking = false
  }

  async #fetch(source: FileSource, files: readonly number[], sizePx: number): Promise<boolean> {
    const names = files.map((file) => this.#files[file] ?? '')
    const result = await this.#bridge.request('dataset.thumbnails', { source: plain(source), files: names, sizePx })
    if (!result.ok || this.#source !== source) return false
    const { pixels, faults } = result.value
    const size = sizePx * sizePx * 3
    for (const [place, file] of files.entries()) {
      const values = pixels.slice(place * size, (place + 1) * size)
      const picture: Picture = { ref: { part: 'train', index: file }, shape: [sizePx, sizePx, 3], label: 0, values }
      this.#thumbnails.set(`${sizePx}/${file}`, picture)
    }
    if (faults.length > 0)
      this.#faults = new Map([...this.#faults, ...faults.map(({ file, reason }) => [file, reason] as const)])
    this.#seen++
    return true
  }
}

/** Requests take what is mutable; a source never is. */
function plain(source: FileSource): FileSource {
  return JSON.parse(JSON.stringify(source)) as FileSource
}
