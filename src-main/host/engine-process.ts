import { fork } from 'node:child_process'
import type { EngineStart, FromEngine, ToEngine } from '../common/engine-protocol.ts'

export interface EngineExit {
  readonly code: number | null
  readonly signal: string | null
  /** The end of what the process wrote to its error output. */
  readonly lastWords: string
}

/** A running engine process, whichever kind of process it is. */
export interface EngineProcess {
  readonly pid: () => number | null
  readonly send: (message: ToEngine) => void
  readonly onMessage: (listener: (message: FromEngine) => void) => void
  /** Called once, when the process is gone or could not be started. */
  readonly onExit: (listener: (exit: EngineExit) => void) => void
  readonly kill: () => void
}

export type SpawnEngine = (start: EngineStart) => EngineProcess

const LAST_WORDS_LENGTH = 4_000

/** Keeps the end of a stream of text. */
export function createTail(length = LAST_WORDS_LENGTH): { add: (chunk: unknown) => void; text: () => string } {
  let text = ''
  return {
    add: (chunk) => {
      text = (text + String(chunk)).slice(-length)
    },
    text: () => text.trim(),
  }
}

/**
 * The C library gives freed memory back to the system, and takes it anew, at every step: the maps of a batch are large, and
 * each page taken costs a fault. A trainer keeps it instead, which costs some 15 % more memory. Read by
 * glibc alone, which has it read when the process starts; what the user has set stays.
 */
const KEEP_FREED_MEMORY: NodeJS.ProcessEnv = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(4 * 2 ** 30),
  MALLOC_TOP_PAD_: String(64 * 2 ** 20),
}

/** The environment variables of a trainer's process. */
export function trainerEnvironment(): NodeJS.ProcessEnv {
  return { ...KEEP_FREED_MEMORY, ...process.env }
}

/** Engines as Node child processes, for the web host and the command line. They end when their parent does. */
export function createNodeSpawn(engineScript: string): SpawnEngine {
  return (start) => {
    const child = fork(engineScript, [JSON.stringify(start)], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C reaches the whole foreground group; an engine must outlive it until the host has stopped it at a batch.
      detached: process.platform !== 'win32',
      execArgv: [],
      env: start.engine === 'trainer' ? trainerEnvironment() : process.env,
    })
    const tail = createTail()
    child.stdout?.on('data', tail.add)
    child.stderr?.on('data', tail.add)
    const killWithParent = () => child.kill('SIGKILL')
    process.once('exit', killWithParent)
    return {
      pid: () => child.pid ?? null,
      send: (message) => {
        if (child.connected) child.send(message, () => undefined)
      },
      onMessage: (listener) => {
        child.on('message', (message) => {
          listener(message as FromEngine)
        })
      },
      onExit: (listener) => {
        let told = false
        const tell = (code: number | null, signal: string | null) => {
          if (told) return
          told = true
          process.off('exit', killWithParent)
          listener({ code, signal, lastWords: tail.text() })
        }
        child.on('exit', tell)
        child.on('error', (error) => {
          tail.add(error)
          if (child.pid === undefined) tell(null, null)
        })
      },
      kill: () => {
        child.kill('SIGKILL')
      },
    }
  }
}
