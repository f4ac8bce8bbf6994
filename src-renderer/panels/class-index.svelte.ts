import type { Part } from '../../src-main/common/data/dataset.ts'
import type { DatasetState } from '../state/dataset-state.svelte.ts'

const BATCH = 500

/** Places of the samples of one class, found batch by batch as they are scrolled to: labels come with the pictures. */
export class ClassIndex {
  #dataset: DatasetState
  #part: Part
  #label: number
  #count: number
  #scanned = $state(0)
  #found = $state.raw<readonly number[]>([])
  #busy = false

  constructor(dataset: DatasetState, options: { readonly part: Part; readonly label: number; readonly count: number }) {
    this.#dataset = dataset
    this.#part = options.part
    this.#label = options.label
    this.#count = options.count
  }

  get found(): readonly number[] {
    return this.#found
  }
  get complete(): boolean {
    return this.#scanned >= this.#count
  }

  /** Looks through the next batches until `wanted` more are found or the part ends. */
  async more(wanted: number) {
    if (this.#busy) return
    this.#busy = true
    const goal = this.#found.length + wanted
    while (!this.complete && this.#found.length < goal) {
      const from = this.#scanned
      const length = Math.min(BATCH, this.#count - from)
      const pictures = await this.#dataset.pictures(
        this.#part,
        Array.from({ length }, (_, offset) => from + offset),
      )
      if (pictures.length === 0) break
      const fitting = pictures.filter((picture) => picture.label === this.#label).map((picture) => picture.ref.index)
      this.#found = [...this.#found, ...fitting]
      this.#scanned = from + length
    }
    this.#busy = false
  }
}
