import type { CatalogueEntry, JobProgress } from '../../src-main/common/contract.ts'
import type { DatasetDescriptor, DataSource, Part, PictureRef } from '../../src-main/common/data/dataset.ts'
import type { TaskContext } from '../../src-main/common/graph/analysis.ts'
import { taskOf } from '../../src-main/common/graph/task-output.ts'
import type { Failure } from '../../src-main/common/result.ts'
import type { Bridge } from '../bridge/bridge.ts'

/** One sample as the model gets it: `values` row-major in [height, width, channels]; pictures 0…255, series as stored. */
export interface Picture {
  readonly ref: PictureRef
  readonly shape: readonly number[]
  readonly label: number
  readonly values: Uint8Array | Float32Array
  /** The file that it comes from, where it has its own. */
  readonly name?: string
}

const CACHED_PICTURES = 4_000
const ASKED_AT_ONCE = 500

/** The project's data set: its description, its progress while it is made, and the pictures that were looked at. */
export class DatasetState {
  #bridge: Bridge
  #source = $state.raw<DataSource | null>(null)
  #descriptor = $state.raw<DatasetDescriptor | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #progress = $state.raw<JobProgress | null>(null)
  #catalogue = $state.raw<readonly CatalogueEntry[]>([])
  #pictures = new Map<string, Picture>()
  #job = ''

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onEvent((name, payload) => {
      if (name === 'progress') this.#receiveProgress(payload as JobProgress)
    })
  }

  get source() {
    return this.#source
  }
  get descriptor() {
    return this.#descriptor
  }
  get failure() {
    return this.#failure
  }
  get progress() {
    return this.#progress
  }
  get catalogue() {
    return this.#catalogue
  }

  /** What the data ask of every model; null until they are known. */
  readonly task: TaskContext | null = $derived(this.#descriptor && taskOf(this.#descriptor))

  /** Names of the classes by label; empty where there are none. */
  readonly classes: readonly string[] = $derived(this.#descriptor?.classes ?? [])

  async use(source: DataSource | null) {
    if (JSON.stringify(source) === JSON.stringify(this.#source)) return
    if (this.#progress?.state === 'running') await this.cancel()
    this.#source = source
    this.#descriptor = null
    this.#failure = null
    this.#progress = null
    this.#pictures.clear()
    if (source) await this.#describe(source)
  }

  /** Tries again after a failure or a cancel. */
  async retry() {
    if (this.#source) await this.#describe(this.#source)
  }

  async cancel() {
    await this.#bridge.request('job.cancel', { job: this.#job })
  }

  async loadCatalogue() {
    const result = await this.#bridge.request('dataset.catalogue', {})
    if (result.ok) this.#catalogue = result.value
  }

  /** The pictures that are known already come at once; the others are fetched together. */
  async pictures(part: Part, indices: readonly number[]): Promise<readonly Picture[]> {
    const source = this.#source
    if (!source) return []
    const missing = indices.filter((index) => !this.#pictures.has(`${part}/${index}`))
    if (missing.length > 0 && this.#pictures.size > CACHED_PICTURES) this.#pictures.clear()
    for (let start = 0; start < missing.length; start += ASKED_AT_ONCE) {
      const asked = missing.slice(start, start + ASKED_AT_ONCE)
      const result = await this.#bridge.request('dataset.pictures', { source, part, indices: asked })
      if (!result.ok || this.#source !== source) return []
      const { shape, labels, pixels, numbers, names } = result.value
      const length = shape.reduce((product, axis) => product * axis, 1)
      for (const [position, index] of asked.entries()) {
        const values = (numbers ?? pixels).slice(position * length, (position + 1) * length)
        const name = names?.[position]
        this.#pictures.set(`${part}/${index}`, {
          ref: { part, index },
          shape,
          label: labels[position] ?? 0,
          values,
          ...(name !== undefined && { name }),
        })
      }
    }
    return indices.flatMap((index) => this.#pictures.get(`${part}/${index}`) ?? [])
  }

  async #describe(source: DataSource) {
    this.#failure = null
    this.#progress = null
    this.#job = `describe-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
    const result = await this.#bridge.request('dataset.describe', { source, job: this.#job })
    if (this.#source !== source) return
    this.#progress = null
    if (result.ok) this.#descriptor = result.value
    else this.#failure = result.error
    void this.loadCatalogue()
  }

  #receiveProgress(progress: JobProgress) {
    if (progress.job === this.#job) this.#progress = progress.state === 'running' ? progress : null
  }
}
