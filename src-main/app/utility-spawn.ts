import { utilityProcess } from 'electron'
import type { FromEngine } from '../common/engine-protocol.ts'
import type { SpawnEngine } from '../host/engine-process.ts'
import { createTail } from '../host/engine-process.ts'

/** Engines as Electron utility processes, which end with the program. */
export function createUtilitySpawn(engineScript: string): SpawnEngine {
  return (start) => {
    const child = utilityProcess.fork(engineScript, [JSON.stringify(start)], {
      serviceName: `Convas ${start.engine}`,
      stdio: 'pipe',
    })
    const tail = createTail()
    child.stdout?.on('data', tail.add)
    child.stderr?.on('data', tail.add)
    return {
      pid: () => child.pid ?? null,
      send: (message) => {
        child.postMessage(message)
      },
      onMessage: (listener) => {
        child.on('message', (message: FromEngine) => {
          listener(message)
        })
      },
      onExit: (listener) => {
        child.on('exit', (code) => {
          listener({ code, signal: null, lastWords: tail.text() })
        })
      },
      kill: () => {
        child.kill()
      },
    }
  }
}
