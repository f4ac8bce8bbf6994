import { spawn } from 'node:child_process'
import path from 'node:path'
import { findElectron, hasDisplay } from '../electron-binary.ts'
import { readProjectFile } from '../project-store.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, reportFailure } from './outcome.ts'
import type { ServeOptions } from './serve.ts'
import { serve } from './serve.ts'
import type { Surroundings } from './surroundings.ts'

/** An Electron that ends this soon with a fault never showed its window. */
const FAILED_START_MS = 10_000

export interface OpenOptions extends Omit<ServeOptions, 'project'> {
  /** Serves on the web host even where there is a window. */
  readonly web: boolean
}

/** Opens the desktop app; the web host where there is no Electron or no display. */
export async function open(
  project: string | undefined,
  options: OpenOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  if (project !== undefined) {
    const document = await readProjectFile(project)
    if (!document.ok) return reportFailure(document.error, false)
  }
  const electron = findElectron(surroundings.projectFolder)
  if (options.web) return serve({ ...options, project }, surroundings)
  if (!hasDisplay()) print('There is no display here, so Convas is served on this machine instead.')
  else if (!electron) print('There is no Electron here, so Convas is served on this machine instead.')
  else {
    const started = Date.now()
    const code = await runElectron(electron, project, surroundings.projectFolder)
    if (code === 0 || Date.now() - started > FAILED_START_MS) return code === 0 ? exitCodes.done : exitCodes.failed
    print('Electron could not open its window, so Convas is served on this machine instead.')
  }
  return serve({ ...options, project }, surroundings)
}

function runElectron(electron: string, project: string | undefined, projectFolder: string): Promise<number> {
  return new Promise((resolve) => {
    // Chromium refuses to sandbox itself for root.
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const file = project === undefined ? [] : [path.resolve(project)]
    const environment = { ...process.env }
    delete environment.ELECTRON_RUN_AS_NODE
    const child = spawn(electron, [...asRoot, projectFolder, ...file], { stdio: 'inherit', env: environment })
    const endToo = () => child.kill('SIGTERM')
    process.on('SIGINT', endToo)
    process.on('SIGTERM', endToo)
    child.on('error', () => {
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      process.off('SIGINT', endToo)
      process.off('SIGTERM', endToo)
      resolve(signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : (code ?? 1))
    })
  })
}
