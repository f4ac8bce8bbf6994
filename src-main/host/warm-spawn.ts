import { freemem } from 'node:os'
import type { EngineStart, FromEngine } from '../common/engine-protocol.ts'
import type { EngineExit, EngineProcess, SpawnEngine } from './engine-process.ts'

/** Whoever has just opened or changed something is not disturbed by TensorFlow being loaded. */
const QUIET_MS = 2_500
/** An engine that waits takes about 300 MB; a full machine has better uses for them. */
const LEAST_FREE_BYTES = 1.5e9

/** Starts engines, one of them before it is asked for. */
export interface WarmSpawn {
  readonly spawn: SpawnEngine
  /** Has an engine for this start waiting, once nothing new was asked for a while; one for another start is ended. */
  readonly prepare: (start: EngineStart) => void
  readonly close: () => void
}

interface Spare {
  readonly key: string
  readonly process: EngineProcess
  readonly take: () => EngineProcess
}

export function createWarmSpawn(
  spawn: SpawnEngine,
  { quietMs = QUIET_MS, freeBytes = freemem }: { readonly quietMs?: number; readonly freeBytes?: () => number } = {},
): WarmSpawn {
  let spare: Spare | null = null
  let timer: NodeJS.Timeout | null = null
  const forget = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const drop = () => {
    const dropped = spare
    spare = null
    dropped?.process.kill()
  }
  const keep = (start: EngineStart) => {
    timer = null
    if (freeBytes() < LEAST_FREE_BYTES) return
    const made = createSpare(spawn(start), JSON.stringify(start), () => {
      if (spare === made) spare = null
    })
    spare = made
  }

  return {
    spawn: (start) => {
      forget()
      const found = spare
      if (found?.key !== JSON.stringify(start)) return spawn(start)
      spare = null
      return found.take()
    },
    prepare: (start) => {
      if (spare?.key === JSON.stringify(start)) return
      drop()
      forget()
      timer = setTimeout(() => {
        keep(start)
      }, quietMs)
      timer.unref()
    },
    close: () => {
      forget()
      drop()
    },
  }
}

/** A process that nobody listens to yet: what it says meanwhile is told to whoever takes it. */
function createSpare(process: EngineProcess, key: string, onGone: () => void): Spare {
  const said: FromEngine[] = []
  let tell = (message: FromEngine): void => void said.push(message)
  let end: (exit: EngineExit) => void = onGone
  process.onMessage((message) => {
    tell(message)
  })
  process.onExit((exit) => {
    end(exit)
  })
  const take = (): EngineProcess => ({
    ...process,
    onMessage: (listener) => {
      // As from a process: after the caller is done, and in order.
      setImmediate(() => {
        for (const message of said.splice(0)) listener(message)
        tell = listener
      })
    },
    onExit: (listener) => {
      end = listener
    },
  })
  return { key, process, take }
}
