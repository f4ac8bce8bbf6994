import type { Project } from '../project/project.ts'
import { applyEdit, applyEdits } from './apply-edit.ts'
import type { Edit } from './edit.ts'

interface Change {
  readonly edit: Edit
  readonly inverse: readonly Edit[]
}

/**
 * A project with undo and redo: everything between two marks is one step. Repeated edits of the same thing within a
 * step (a drag, typing a number) are kept as one.
 */
export class History {
  #project: Project
  #done: (readonly Change[])[] = []
  #undone: (readonly Change[])[] = []
  #open: Change[] = []

  constructor(project: Project) {
    this.#project = project
  }

  get project(): Project {
    return this.#project
  }

  get canUndo(): boolean {
    return this.#open.length > 0 || this.#done.length > 0
  }

  get canRedo(): boolean {
    return this.#undone.length > 0
  }

  /** Closes the open step; what follows is undone on its own. */
  mark(): void {
    if (this.#open.length > 0) this.#done.push(this.#open)
    this.#open = []
  }

  /** Applies edits as part of the open step; what was undone can then no longer be redone. All of them or none. */
  apply(edits: readonly Edit[]): void {
    let project = this.#project
    const changes = [...this.#open]
    for (const edit of edits) {
      const applied = applyEdit(project, edit)
      project = applied.project
      squash(changes, { edit, inverse: applied.inverse })
    }
    if (edits.length === 0) return
    this.#project = project
    this.#open = changes
    this.#undone = []
  }

  /** Applies edits as a step of their own. */
  applyStep(edits: readonly Edit[]): void {
    this.mark()
    this.apply(edits)
    this.mark()
  }

  /** Takes back everything since the last mark, as if it had never been: for a cancelled drag. */
  bail(): void {
    this.#project = applyEdits(this.#project, inverseOf(this.#open)).project
    this.#open = []
  }

  /** Takes the last step back; answers the edits that did it, null where there was none. */
  undo(): readonly Edit[] | null {
    this.mark()
    const step = this.#done.pop()
    if (!step) return null
    const edits = inverseOf(step)
    this.#project = applyEdits(this.#project, edits).project
    this.#undone.push(step)
    return edits
  }

  /** Does the last undone step again; answers its edits, null where there was none. */
  redo(): readonly Edit[] | null {
    const step = this.#undone.pop()
    if (!step) return null
    const edits = step.map((change) => change.edit)
    this.#project = applyEdits(this.#project, edits).project
    this.#done.push(step)
    return edits
  }
}

function inverseOf(step: readonly Change[]): readonly Edit[] {
  return [...step].reverse().flatMap((change) => change.inverse)
}

/** Adds a change, or lets it replace an earlier one of the same target where only edits of its own type lie between. */
function squash(changes: Change[], change: Change): void {
  const key = targetOf(change.edit)
  if (key !== null) {
    for (let index = changes.length - 1; index >= 0; index--) {
      const earlier = changes[index]!
      if (earlier.edit.type !== change.edit.type) break
      if (targetOf(earlier.edit) !== key) continue
      changes[index] = { edit: change.edit, inverse: earlier.inverse }
      return
    }
  }
  changes.push(change)
}

/** What an edit sets, where setting it again makes the first one moot. */
function targetOf(edit: Edit): string | null {
  switch (edit.type) {
    case 'move-node':
    case 'rename-node':
      return JSON.stringify([edit.model, edit.node])
    case 'set-param':
      return JSON.stringify([edit.model, edit.node, edit.param])
    case 'rename-model':
      return edit.model
    case 'rename-project':
    case 'set-dataset':
    case 'set-recipe':
      return ''
    default:
      return null
  }
}
