import type { EngineConnection, FromEngine, ToEngine } from '../common/engine-protocol.ts'

/** What Electron gives its utility processes as `process.parentPort`. */
interface ParentPort {
  readonly on: (event: 'message', listener: (message: { readonly data: unknown }) => void) => void
  readonly postMessage: (message: unknown) => void
}

/** The line to whoever started this process: Electron's port where there is one, else Node's. */
export function openConnection(): EngineConnection {
  const { parentPort } = process as unknown as { readonly parentPort?: ParentPort | null }
  if (parentPort) {
    return {
      send: (message: FromEngine) => {
        parentPort.postMessage(message)
      },
      onMessage: (listener) => {
        parentPort.on('message', ({ data }) => {
          listener(data as ToEngine)
        })
      },
      close: () => process.exit(0),
    }
  }
  // Without its parent an engine has no purpose, and training would go on unseen.
  process.on('disconnect', () => process.exit(0))
  return {
    send: (message: FromEngine) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
    },
    onMessage: (listener) => {
      process.on('message', (message) => {
        listener(message as ToEngine)
      })
    },
    close: () => process.exit(0),
  }
}
