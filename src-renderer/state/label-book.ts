import type { LabelDraft } from '../../src-main/common/data/labelling.ts'

/** Classes in the order of their labels, and the label of each file; −1 where it has none. */
export interface Labels {
  readonly classes: readonly string[]
  readonly labels: Int32Array
}

interface Step {
  readonly classes: readonly [before: readonly string[], after: readonly string[]]
  readonly files: Int32Array
  readonly labels: readonly [before: Int32Array, after: Int32Array]
}

const MOST_STEPS = 1_000

/** Labels given to files, with undo and redo. Every change is a new value; what was changed is kept, not the whole. */
export class LabelBook {
  #now: Labels
  #done: Step[] = []
  #undone: Step[] = []

  constructor(files: readonly string[], draft: LabelDraft) {
    const labels = Int32Array.from(files, (file) => {
      const label = draft.labels[file] ?? -1
      return label < draft.classes.length ? label : -1
    })
    this.#now = { classes: draft.classes, labels }
  }

  get now(): Labels {
    return this.#now
  }
  get canUndo(): boolean {
    return this.#done.length > 0
  }
  get canRedo(): boolean {
    return this.#undone.length > 0
  }

  /** Gives files a label; −1 takes it away. */
  assign(files: Iterable<number>, label: number): void {
    const labels = this.#now.labels.slice()
    for (const file of files) if (file >= 0 && file < labels.length) labels[file] = label
    this.#change({ classes: this.#now.classes, labels })
  }

  /** False where the name is empty or taken. */
  addClass(name: string): boolean {
    if (!this.#isFree(name, -1)) return false
    this.#change({ ...this.#now, classes: [...this.#now.classes, name.trim()] })
    return true
  }

  /** False where the name is empty or another class has it. */
  renameClass(label: number, name: string): boolean {
    if (!this.#isFree(name, label)) return false
    this.#change({ ...this.#now, classes: this.#now.classes.map((old, at) => (at === label ? name.trim() : old)) })
    return true
  }

  /** Its pictures have no label then. */
  deleteClass(label: number): void {
    const { classes, labels } = this.#now
    this.#change({
      classes: classes.filter((_, at) => at !== label),
      labels: labels.map((old) => (old === label ? -1 : old > label ? old - 1 : old)),
    })
  }

  undo(): void {
    const step = this.#done.pop()
    if (!step) return
    this.#undone.push(step)
    this.#apply(step, 0)
  }

  redo(): void {
    const step = this.#undone.pop()
    if (!step) return
    this.#done.push(step)
    this.#apply(step, 1)
  }

  #isFree(name: string, own: number): boolean {
    const wanted = name.trim()
    return wanted !== '' && wanted.length <= 200 && !this.#now.classes.some((old, at) => old === wanted && at !== own)
  }

  #change(next: Labels): void {
    const before = this.#now
    const files = Int32Array.from(before.labels.keys()).filter((file) => before.labels[file] !== next.labels[file])
    const isSame = files.length === 0 && JSON.stringify(before.classes) === JSON.stringify(next.classes)
    if (isSame) return
    this.#done.push({
      classes: [before.classes, next.classes],
      files,
      labels: [files.map((file) => before.labels[file] ?? -1), files.map((file) => next.labels[file] ?? -1)],
    })
    if (this.#done.length > MOST_STEPS) this.#done.shift()
    this.#undone = []
    this.#now = next
  }

  #apply({ classes, files, labels }: Step, side: 0 | 1): void {
    const restored = this.#now.labels.slice()
    files.forEach((file, place) => (restored[file] = labels[side][place] ?? -1))
    this.#now = { classes: classes[side], labels: restored }
  }
}

/** How many files have each label, and how many have one at all. */
export function countLabels({ classes, labels }: Labels): {
  readonly each: readonly number[]
  readonly labelled: number
} {
  const each = new Array<number>(classes.length).fill(0)
  let labelled = 0
  for (const label of labels) {
    if (label < 0) continue
    each[label] = (each[label] ?? 0) + 1
    labelled++
  }
  return { each, labelled }
}

/** As it is kept and written. */
export function asDraft(files: readonly string[], { classes, labels }: Labels): LabelDraft {
  const given: Record<string, number> = {}
  labels.forEach((label, file) => {
    const name = files[file]
    if (label >= 0 && name !== undefined) given[name] = label
  })
  return { classes: [...classes], labels: given }
}
