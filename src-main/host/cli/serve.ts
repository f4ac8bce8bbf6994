import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import { findWriteFault } from '../folder.ts'
import { createHost } from '../host.ts'
import { startWebServer } from '../web-server.ts'
import { openInBrowser } from './browser.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printError, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'

export interface ServeOptions {
  readonly project: string | undefined
  readonly port: number
  readonly open: boolean
  readonly backend: BackendChoice
}

/** Serves the app on the loopback interface until it is interrupted. */
export async function serve(
  { project, port, open, backend }: ServeOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const host = createHost({
    kind: 'web',
    version: surroundings.version,
    locale: Intl.DateTimeFormat().resolvedOptions().locale,
    folders: surroundings.folders,
    projectFolder: surroundings.projectFolder,
    backend,
    spawn: surroundings.spawn,
    pickProject: null,
    pickData: null,
  })
  const fault = await findWriteFault(surroundings.folders.data)
  if (fault) {
    printError(`settings and new projects cannot be kept. ${fault.message} Set CONVAS_HOME to a folder of your own.`)
  }
  if (project !== undefined) {
    const opened = await host.dispatch('project.open', { path: path.resolve(project) })
    if (!opened.ok) {
      host.close()
      return reportFailure(opened.error, false)
    }
  }
  const server = await startWebServer({
    rendererFolder: surroundings.rendererFolder,
    port,
    dispatch: host.dispatch,
    onEvent: host.onEvent,
    onNobody: host.unwatch,
  })
  if (!server.ok) {
    host.close()
    return reportFailure(server.error, false)
  }
  print(`Convas is ready at ${server.value.address}`)
  print('Only whoever has this address can open it. Ctrl-C ends it.')
  if (open) openInBrowser(server.value.address)
  await interrupted()
  host.close()
  await server.value.close()
  return exitCodes.done
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve()
    })
    process.once('SIGTERM', () => {
      resolve()
    })
  })
}
