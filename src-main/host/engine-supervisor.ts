import type { EngineInfo } from '../common/contract.ts'
import type { EngineMethod, EngineRequests, EngineStart, FromEngine } from '../common/engine-protocol.ts'
import type { Text } from '../common/layers/text.ts'
import type { Failure, Result } from '../common/result.ts'
import { refusal } from '../common/result.ts'
import type { EngineExit, EngineProcess, SpawnEngine } from './engine-process.ts'
import { countMemoryKills } from './memory-kills.ts'

/** Loading TensorFlow from a cold, slow disk takes a minute at worst; beyond this it hangs. */
const READY_TIMEOUT_MS = 180_000

export type EngineNews = Exclude<FromEngine, { kind: 'ready' } | { kind: 'answer' }>

export interface EngineOptions {
  readonly spawn: SpawnEngine
  readonly start: EngineStart
  readonly onNews: (news: EngineNews) => void
  readonly onState: (info: EngineInfo) => void
  /** Counts what the system has ended for lack of memory. */
  readonly memoryKills?: () => number | null
}

/** One engine: started at its first request, started anew at the first request after a crash. */
export interface Engine {
  readonly request: <M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
  ) => Promise<Result<EngineRequests[M]['result']>>
  readonly info: () => EngineInfo
  /** Ends the process; whoever still waits for an answer gets 'cancelled'. */
  readonly stop: () => void
}

/** Supervises one engine process: a crash fails what was asked of it, tells why, and costs nothing else. */
export function createEngine({ spawn, start, onNews, onState, memoryKills = countMemoryKills }: EngineOptions): Engine {
  const name = start.engine
  let info: EngineInfo = { engine: name, pid: null, state: 'stopped', message: null }
  let current: RunningEngine | null = null

  function setState(next: EngineInfo) {
    info = next
    onState(info)
  }

  function ensureRunning(): RunningEngine {
    if (current) return current
    const killsBefore = memoryKills()
    const running = new RunningEngine(spawn(start), {
      onReady: () => {
        setState({ engine: name, pid: running.pid(), state: 'ready', message: null })
      },
      onNews,
      onGone: (exit) => {
        if (current !== running) return
        current = null
        const kills = memoryKills()
        const isOutOfMemory =
          memoryWords.test(exit.lastWords) || (kills !== null && killsBefore !== null && kills > killsBefore)
        const text = describeCrash(name, isOutOfMemory ? outOfMemory : crashReason(exit))
        const said = { message: text.en, text }
        setState({ engine: name, pid: null, state: 'crashed', ...said, ...(isOutOfMemory && { isOutOfMemory }) })
        running.failAll({ ...crashFailure(info), ...(exit.lastWords && { details: exit.lastWords }) })
      },
    })
    current = running
    setState({ engine: name, pid: running.pid(), state: 'starting', message: null })
    return running
  }

  return {
    request: (method, params) => ensureRunning().ask(method, params),
    info: () => info,
    stop: () => {
      const running = current
      if (!running) return
      current = null
      running.end()
      running.failAll(
        refusal('cancelled', {
          en: `The ${name} was ended before it could answer.`,
          ko: '응답하기 전에 엔진이 종료되었습니다.',
        }),
      )
      setState({ engine: name, pid: null, state: 'stopped', message: null })
    },
  }
}

interface RunningListeners {
  readonly onReady: () => void
  readonly onNews: (news: EngineNews) => void
  readonly onGone: (exit: EngineExit) => void
}

type Waiting = (result: Result<never>) => void

/** A process and the requests it has not answered yet. Requests wait until it has said that it listens. */
class RunningEngine {
  readonly #process: EngineProcess
  readonly #waiting = new Map<number, Waiting>()
  readonly #startTimer: NodeJS.Timeout
  #unsent: (() => void)[] | null = []
  #nextId = 1

  constructor(process: EngineProcess, listeners: RunningListeners) {
    this.#process = process
    this.#startTimer = setTimeout(() => {
      process.kill()
    }, READY_TIMEOUT_MS)
    this.#startTimer.unref()
    process.onMessage((message) => {
      if (message.kind === 'ready') {
        clearTimeout(this.#startTimer)
        const unsent = this.#unsent ?? []
        this.#unsent = null
        listeners.onReady()
        for (const send of unsent) send()
      } else if (message.kind === 'answer') {
        const answer = this.#waiting.get(message.id)
        this.#waiting.delete(message.id)
        answer?.(message.result as Result<never>)
      } else {
        listeners.onNews(message)
      }
    })
    process.onExit((exit) => {
      clearTimeout(this.#startTimer)
      listeners.onGone(exit)
    })
  }

  pid(): number | null {
    return this.#process.pid()
  }

  ask<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
  ): Promise<Result<EngineRequests[M]['result']>> {
    return new Promise((resolve) => {
      const id = this.#nextId++
      this.#waiting.set(id, resolve)
      const send = () => {
        this.#process.send({ id, method, params } as Parameters<EngineProcess['send']>[0])
      }
      if (this.#unsent) this.#unsent.push(send)
      else send()
    })
  }

  failAll(error: Failure): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const answer of waiting) answer({ ok: false, error })
  }

  end(): void {
    clearTimeout(this.#startTimer)
    this.#process.kill()
  }
}

const names: Readonly<Record<EngineStart['engine'], Text>> = {
  workbench: { en: 'workbench', ko: '작업대' },
  trainer: { en: 'trainer', ko: '학습기' },
}

const nextSteps: Readonly<Record<EngineStart['engine'], Text>> = {
  workbench: {
    en: 'Your project is safe; start it again to go on.',
    ko: '프로젝트는 안전하며, 다시 시작하면 계속할 수 있습니다.',
  },
  trainer: {
    en: 'Your project is safe, and the run can go on from where it was last saved.',
    ko: '프로젝트는 안전하며, 실행은 마지막으로 저장된 곳에서 이어 갈 수 있습니다.',
  },
}

/** A crashed engine as a refusal. */
export function crashFailure({ message, text, isOutOfMemory }: EngineInfo): Failure {
  return {
    code: isOutOfMemory ? 'out-of-memory' : 'engine-crashed',
    message: message ?? 'The engine ended unexpectedly.',
    ...(text && { text }),
  }
}

const memoryWords = /out of memory|bad_alloc|OOM when allocating/i
const outOfMemory: Text = { en: 'it ran out of memory', ko: '메모리가 부족함' }

/** What happened, in words for a person; the process's last words go into the failure's details instead. */
function describeCrash(engine: EngineStart['engine'], reason: Text): Text {
  const name = names[engine]
  const next = nextSteps[engine]
  return {
    en: `The ${name.en} process ended unexpectedly (${reason.en}). ${next.en}`,
    ko: `${name.ko} 프로세스가 갑자기 끝났습니다(${reason.ko}). ${next.ko}`,
  }
}

function crashReason({ code, signal }: EngineExit): Text {
  if (signal !== null) return { en: `ended by ${signal}`, ko: `${signal} 신호로 종료됨` }
  if (code !== null) return { en: `exit code ${code}`, ko: `종료 코드 ${code}` }
  return { en: 'it could not be started', ko: '시작할 수 없음' }
}
