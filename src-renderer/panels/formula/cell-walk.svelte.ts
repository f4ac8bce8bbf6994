import type { Place } from '../../../src-main/common/layers/cells/cell.ts'

/** A cell of one node's output. */
export interface ShownCell {
  readonly model: string
  readonly node: string
  readonly at: Place
}

/** Which cell's sum is written out, and how far it has been added up. */
export class CellWalk {
  #cell = $state.raw<ShownCell | null>(null)
  #pinned = $state(false)
  #step = $state<number | null>(null)
  #playing = $state(false)
  #group = $state(0)

  get cell() {
    return this.#cell
  }
  /** True while the pointer does not change the cell any more. */
  get pinned() {
    return this.#pinned
  }
  /** The step shown, from 0; null is the whole sum. */
  get step() {
    return this.#step
  }
  get playing() {
    return this.#playing
  }
  /** The channel whose window is shown in full. */
  get group() {
    return this.#group
  }
  set group(group: number) {
    this.#group = group
    this.#step = null
    this.#playing = false
  }

  /** The pointer only shows what is not pinned; keys always do. */
  show(cell: ShownCell, by: 'pointer' | 'key') {
    if (by === 'pointer' && this.#pinned) return
    if (isSame(cell, this.#cell)) return
    if (cell.node !== this.#cell?.node || cell.model !== this.#cell.model) this.#group = 0
    this.#cell = cell
    this.#step = null
    this.#playing = false
  }

  /** Keeps a cell; the kept one again lets go of it. */
  pin(cell: ShownCell) {
    this.#pinned = !(this.#pinned && isSame(cell, this.#cell))
    this.show(cell, 'key')
  }

  release() {
    this.#pinned = false
    this.showWhole()
  }

  showWhole() {
    this.#step = null
    this.#playing = false
  }

  /** One step on or back of `count`; past the last one the whole sum is shown. */
  move(by: 1 | -1, count: number) {
    if (by === 1) this.#step = this.#step === null ? 0 : this.#step + 1
    else this.#step = this.#step === null ? count - 1 : Math.max(0, this.#step - 1)
    if (this.#step >= count) this.showWhole()
  }

  play() {
    this.#pinned = true
    this.#playing = true
  }

  pause() {
    this.#playing = false
  }
}

function isSame(one: ShownCell, other: ShownCell | null): boolean {
  return one.model === other?.model && one.node === other.node && one.at.join() === other.at.join()
}
