import type { JobProgress } from '../../../src-main/common/contract.ts'
import type { Failure, Result } from '../../../src-main/common/result.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'

/** Something that is written to a place of one's choice: where, how far it is, and what came of it. */
export class ExportTask<T> {
  #workspace: Workspace
  #name: () => string
  #typed = $state<string | null>(null)
  #job = $state('')
  #progress = $state.raw<JobProgress | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #outcome = $state.raw<T | null>(null)
  #isCancelled = $state(false)

  /** `name` is what it is called in the projects folder where no other place is typed. */
  constructor(workspace: Workspace, name: () => string) {
    this.#workspace = workspace
    this.#name = name
  }

  get path(): string {
    return this.#typed ?? [this.#workspace.info?.projectsFolder ?? '', this.#name()].join(this.#separator)
  }
  set path(path: string) {
    this.#typed = path
    if (this.mayReplace) this.#failure = null
  }
  get isBusy() {
    return this.#job !== ''
  }
  get progress() {
    return this.#progress
  }
  /** A file of ours stands where it was to be written. */
  get mayReplace() {
    return this.#failure?.code === 'already-exists'
  }
  get failure() {
    return this.#failure
  }
  /** Ended by whoever asked for it; nothing was written. */
  get isCancelled() {
    return this.#isCancelled
  }
  get outcome() {
    return this.#outcome
  }

  get #separator() {
    return this.#workspace.info?.platform === 'win32' ? '\\' : '/'
  }

  /** Hears of progress until the answer is called. */
  listen(): () => void {
    return this.#workspace.bridge.onEvent((event, payload) => {
      const told = payload as JobProgress
      if (event === 'progress' && told.job === this.#job) this.#progress = told.state === 'running' ? told : null
    })
  }

  /** Asks with the system's dialog for the folder to write into. */
  async pick() {
    const picked = await this.#workspace.bridge.request('dataset.pick', { kind: 'folder' })
    const [folder] = picked.ok ? (picked.value ?? []) : []
    if (folder !== undefined) this.#typed = `${folder}${this.#separator}${this.#name()}`
  }

  /** Forgets the place and what came of it, as where something else is to be written. */
  startAnew() {
    this.#typed = null
    this.#outcome = null
    this.#failure = null
    this.#isCancelled = false
  }

  async run(write: (to: string, job: string) => Promise<Result<T>>) {
    if (this.isBusy) return
    this.#job = `export-${Date.now().toString(36)}`
    this.#failure = null
    this.#outcome = null
    this.#isCancelled = false
    const result = await write(this.path.trim(), this.#job)
    this.#job = ''
    this.#progress = null
    if (result.ok) this.#outcome = result.value
    else if (result.error.code === 'cancelled') this.#isCancelled = true
    else this.#failure = result.error
  }

  cancel() {
    void this.#workspace.bridge.request('job.cancel', { job: this.#job })
  }
}

/** A file's name without what some systems do not allow in one. */
export function fileNameOf(title: string): string {
  return title.replace(/[<>:"/\\|?*]/g, '-')
}

/** The project's name, the form, and of a run what it is called, else when it began: every run's exports stand beside each other. */
export function exportName(
  { project, training }: Pick<Workspace, 'project' | 'training'>,
  as: string,
  run: string | null,
): string {
  const called = training.runs.find((one) => one.run === run)?.notes.name ?? ''
  const parts = [
    project.current?.name ?? 'model',
    as,
    ...(run === null ? [] : [called === '' ? run.slice(0, secondsEnd) : called]),
  ]
  return fileNameOf(parts.join('-'))
}

/** Of "2026-11-29T09-41-34-749a". */
const secondsEnd = 19
