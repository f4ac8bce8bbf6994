import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { BackendChoice, EngineMethod, EngineRequests } from '../../common/engine-protocol.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import { createEngine } from '../engine-supervisor.ts'
import { createProgressLine } from './progress-line.ts'
import type { Surroundings } from './surroundings.ts'

export interface WorkbenchOptions {
  readonly surroundings: Surroundings
  readonly backend: BackendChoice
  /** Progress is for people only. */
  readonly quiet: boolean
}

export type Ask = <M extends EngineMethod>(
  method: M,
  params: EngineRequests[M]['params'],
) => Promise<Result<EngineRequests[M]['result']>>

/** Asks a workbench engine one thing and ends it. Ctrl-C ends it too, as 'cancelled'. */
export async function askWorkbench<M extends EngineMethod>(
  options: WorkbenchOptions,
  method: M,
  params: EngineRequests[M]['params'],
): Promise<Result<EngineRequests[M]['result']>> {
  return withWorkbench(options, (ask) => ask(method, params))
}

/** Asks one workbench engine whatever `work` asks, one after the other, and ends it. Ctrl-C ends it too, as 'cancelled'. */
export async function withWorkbench<T>(
  { surroundings, backend, quiet }: WorkbenchOptions,
  work: (ask: Ask, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const line = createProgressLine(!quiet)
  const engine = createEngine({
    spawn: surroundings.spawn,
    start: { engine: 'workbench', backend, cacheFolder: surroundings.datasetCache },
    onNews: (news) => {
      if (news.kind === 'progress') line.showJob(news.progress)
    },
    onState: () => undefined,
  })
  const interruption = new AbortController()
  const interrupt = () => {
    interruption.abort()
    engine.stop()
  }
  process.once('SIGINT', interrupt)
  try {
    return await work(async (method, params) => {
      const answer = await engine.request(method, params)
      line.end()
      return answer
    }, interruption.signal)
  } finally {
    process.off('SIGINT', interrupt)
    engine.stop()
  }
}

/** The folder of a stored run as it was named on the command line. */
export function findRunFolder(run: string): Result<string> {
  const folder = path.resolve(run)
  if (existsSync(path.join(folder, 'run.json'))) return success(folder)
  const found = existsSync(folder) ? (statSync(folder).isDirectory() ? 'a folder without one' : 'a file') : 'nothing'
  return failure('not-found', `The folder of a run, with its run.json, was expected at ${folder}. Found: ${found}.`)
}
