import type { JobProgress } from '../../src-main/common/contract.ts'
import type { ImportedDataset } from '../../src-main/common/data/imported.ts'
import type { Inspection } from '../../src-main/common/data/inspection.ts'
import type { FileFormat, ReadingChoices } from '../../src-main/common/data/reading.ts'
import type { Failure, Result } from '../../src-main/common/result.ts'
import { success } from '../../src-main/common/result.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { DroppedFiles, FileContent } from '../bridge/dropped-files.ts'
import { sendFile } from '../bridge/send-file.ts'

/** What becomes of the files that were opened: sent to the host, looked at, shown with options, decoded. */
export type ImportStage = 'none' | 'receiving' | 'inspecting' | 'preview' | 'importing'

const INSPECT_AFTER_MS = 200

/** Files on their way to become a data set, and the data sets that were made of files before. */
export class ImportState {
  #bridge: Bridge
  #stage = $state<ImportStage>('none')
  #paths: readonly string[] = []
  #inspection = $state.raw<Inspection | null>(null)
  #choices = $state.raw<ReadingChoices | null>(null)
  #name = $state<string | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #progress = $state.raw<JobProgress | null>(null)
  /** The option that was changed last, for a fault that comes of it. */
  #changed = $state<string | null>(null)
  #received = $state<{ readonly done: number; readonly total: number } | null>(null)
  #renewing = $state(false)
  #imported = $state.raw<readonly ImportedDataset[]>([])
  #job = ''
  /** Counts what was opened: whatever belongs to an earlier one is dropped. */
  #turn = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onEvent((name, payload) => {
      const progress = payload as JobProgress
      if (name === 'progress' && progress.job === this.#job)
        this.#progress = progress.state === 'running' ? progress : null
    })
  }

  get stage() {
    return this.#stage
  }
  get inspection() {
    return this.#inspection
  }
  /** Why the files, or what was chosen for them, cannot be used. */
  get failure() {
    return this.#failure
  }
  /** What is wrong with an option, where that is known. */
  faultAt(option: string): Failure | null {
    if (this.#failure) return option === this.#changed ? this.#failure : null
    const text = this.#inspection?.recognised[0].faults?.[option]
    return text ? { code: 'invalid-dataset', message: text.en, text } : null
  }
  /** False where the files cannot be imported as they are read now. */
  get isPossible() {
    return this.#failure === null && Object.keys(this.#inspection?.recognised[0].faults ?? {}).length === 0
  }
  get progress() {
    return this.#progress
  }
  /** Bytes on their way to a host that cannot read the files itself. */
  get received() {
    return this.#received
  }
  /** The preview is of former options; the new one is on its way. */
  get renewing() {
    return this.#renewing
  }
  /** Last used first. */
  get imported() {
    return this.#imported
  }
  get name() {
    return this.#name ?? this.#inspection?.name ?? ''
  }
  set name(name: string) {
    this.#name = name
  }

  async list() {
    const result = await this.#bridge.request('dataset.imported', {})
    if (result.ok) this.#imported = result.value
  }

  /** Takes the decoded samples away; the files stay. */
  async remove(id: string): Promise<Result<null>> {
    const result = await this.#bridge.request('dataset.remove', { id })
    await this.list()
    return result
  }

  async open(dropped: DroppedFiles) {
    const turn = await this.#begin()
    if (dropped.kind === 'paths') this.#paths = dropped.paths
    else {
      this.#stage = 'receiving'
      const received = await this.#send(dropped.contents, turn)
      if (turn !== this.#turn) return
      if (!received.ok) {
        this.#failure = received.error
        return
      }
      this.#paths = received.value
    }
    await this.#inspect(turn)
  }

  /** Opens files with choices, and decodes them at once where that can be done as they are. */
  async openAndImport(paths: readonly string[], choices: ReadingChoices): Promise<ImportedDataset | null> {
    const turn = await this.#begin()
    this.#paths = paths
    this.#choices = choices
    await this.#inspect(turn)
    return this.#failure === null ? this.import() : null
  }

  /** Changes how the files are read; the preview follows. Undefined leaves the choice to Convas again. */
  choose(change: object) {
    const format = this.#inspection?.recognised[0].format
    if (!format) return
    this.#changed = Object.keys(change)[0] ?? null
    const choices = { ...(this.#choices ?? { format }), ...change }
    const kept = Object.entries(choices).filter(([, value]) => value !== undefined)
    this.#chooseAll(Object.fromEntries(kept) as ReadingChoices)
  }

  /** Takes the files for something else. */
  chooseFormat(format: FileFormat) {
    this.#changed = null
    this.#chooseAll({ format })
  }

  #chooseAll(choices: ReadingChoices) {
    this.#choices = choices
    this.#renewing = true
    clearTimeout(this.#timer)
    const turn = this.#turn
    this.#timer = setTimeout(() => void this.#inspect(turn), INSPECT_AFTER_MS)
  }

  /** Decodes the files; null when that was cancelled or failed. */
  async import(): Promise<ImportedDataset | null> {
    const inspection = this.#inspection
    if (!inspection || this.#stage !== 'preview' || this.#renewing) return null
    const turn = this.#turn
    this.#stage = 'importing'
    this.#failure = null
    const job = this.#newJob()
    const name = this.name.trim()
    const { source } = inspection
    const result = await this.#bridge.request('dataset.import', { source, name: name === '' ? null : name, job })
    if (turn !== this.#turn) return null
    this.#progress = null
    this.#stage = 'preview'
    if (!result.ok) {
      this.#failure = result.error.code === 'cancelled' ? null : result.error
      return null
    }
    this.#stage = 'none'
    this.#inspection = null
    void this.list()
    return result.value
  }

  /** Ends an import and goes back to its preview; anything else is put away. */
  async cancel() {
    if (this.#stage === 'importing') await this.#bridge.request('job.cancel', { job: this.#job })
    else await this.close()
  }

  async close() {
    await this.#begin()
    this.#stage = 'none'
  }

  async #begin(): Promise<number> {
    const turn = ++this.#turn
    const [stage, job] = [this.#stage, this.#job]
    clearTimeout(this.#timer)
    this.#stage = 'inspecting'
    this.#inspection = null
    this.#choices = null
    this.#changed = null
    this.#name = null
    this.#failure = null
    this.#progress = null
    this.#received = null
    this.#renewing = false
    if (stage === 'inspecting' || stage === 'importing') await this.#bridge.request('job.cancel', { job })
    return turn
  }

  async #inspect(turn: number) {
    if (turn !== this.#turn) return
    if (this.#inspection === null) this.#stage = 'inspecting'
    else await this.#bridge.request('job.cancel', { job: this.#job })
    const job = this.#newJob()
    const choices = this.#choices
    const result = await this.#bridge.request('dataset.inspect', {
      paths: [...this.#paths],
      ...(choices && { options: $state.snapshot(choices) }),
      job,
    })
    if (turn !== this.#turn || job !== this.#job) return
    this.#renewing = false
    this.#failure = result.ok ? null : result.error
    if (result.ok) this.#inspection = result.value
    if (this.#inspection) this.#stage = 'preview'
  }

  /** Sends files piece by piece; the answer is what to inspect. */
  async #send(contents: readonly FileContent[], turn: number): Promise<Result<readonly string[]>> {
    const transfer = this.#newJob()
    const total = contents.reduce((sum, { file }) => sum + file.size, 0)
    const paths = new Set<string>()
    let done = 0
    this.#received = { done, total }
    for (const content of contents) {
      const sent = await sendFile(this.#bridge, transfer, content, (bytes) => {
        if (turn !== this.#turn) return false
        done += bytes
        this.#received = { done, total }
        return true
      })
      if (!sent.ok) return sent
      paths.add(sent.value)
    }
    return success([...paths])
  }

  #newJob(): string {
    this.#job = `data-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
    return this.#job
  }
}
