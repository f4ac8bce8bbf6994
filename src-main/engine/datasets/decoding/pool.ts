import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import os from 'node:os'
import type { Text } from '../../../common/layers/text.ts'
import { InvalidData } from '../invalid-data.ts'
import type { PictureTarget } from '../../../common/pictures/fit-picture.ts'
import { fromSent } from './protocol.ts'
import type { DecoderStart, FromDecoder, ToDecoder } from './protocol.ts'
import type { DecodingItem, DecodingResult } from './worker.ts'

const mostProcesses = 2
const batchItems = 32
const batchBytes = 8_000_000
const batchTimeLimitMs = 90_000
/** So many in a row are not the pictures' fault. */
const mostDeaths = 40
const idleMs = 20_000
/** So few pictures are not worth starting another process for. */
const itemsWorthAnother = 64

export interface DecoderPoolOptions extends DecoderStart {
  /** The bundled main.ts of this folder. */
  readonly script: string
}

export interface DecoderPool {
  /**
   * Decodes pictures in processes of its own and tells each one's result as it comes, in no order. Throws InvalidData
   * where results cannot be written, 'cancelled' where that was asked for.
   */
  readonly decode: (
    items: readonly DecodingItem[],
    target: PictureTarget,
    listener: {
      readonly onResult: (index: number, result: DecodingResult) => void
      readonly isCancelled: () => boolean
    },
  ) => Promise<void>
  /** Starts its processes, for they take half a second, while something else is done. */
  readonly prepare: () => void
  /** Ends its processes; they come back when they are needed. */
  readonly close: () => void
}

interface Batch {
  readonly indices: readonly number[]
}

export function createDecoderPool(options: DecoderPoolOptions): DecoderPool {
  const idle: DecoderProcess[] = []
  let idleTimer: NodeJS.Timeout | null = null
  const close = () => {
    for (const process of idle.splice(0)) process.end()
  }
  const take = () => {
    if (idleTimer !== null) clearTimeout(idleTimer)
    return idle.pop() ?? new DecoderProcess(options)
  }
  const giveBack = (process: DecoderProcess) => {
    idle.push(process)
    if (idleTimer !== null) clearTimeout(idleTimer)
    idleTimer = setTimeout(close, idleMs)
    idleTimer.unref()
  }

  const decode: DecoderPool['decode'] = async (items, target, { onResult, isCancelled }) => {
    const batches = batchesOf(items)
    let failed = false
    let deaths = 0
    const work = async () => {
      let process = take()
      try {
        for (let batch = batches.pop(); batch !== undefined && !failed; batch = batches.pop()) {
          if (isCancelled())
            throw new InvalidData({ en: 'Decoding was cancelled.', ko: '그림 변환이 취소되었습니다.' }, 'cancelled')
          const { indices } = batch
          const answer = await process.ask(
            indices.map((index) => items[index] as DecodingItem),
            target,
          )
          if (answer.kind === 'results') deaths = 0
          else if (++deaths > mostDeaths)
            throw new InvalidData(
              {
                en: 'The process that decodes pictures cannot be kept running. Run npm run setup.',
                ko: '그림을 변환하는 프로세스가 계속 중단됩니다. npm run setup을 실행하세요.',
              },
              'internal',
            )
          if (answer.kind === 'results')
            answer.results.forEach((result, place) => onResult(indices[place] as number, result))
          else {
            process.end()
            process = new DecoderProcess(options)
            // Whichever of them it was shows when each is alone.
            if (indices.length > 1) batches.push(...indices.map((index) => ({ indices: [index] })))
            else onResult(indices[0] as number, { ok: false, reason: answer.reason })
          }
        }
        giveBack(process)
      } catch (error) {
        failed = true
        process.end()
        throw error
      }
    }
    const count = items.length < itemsWorthAnother ? 1 : Math.min(mostProcesses, os.cpus().length)
    await Promise.all(Array.from({ length: count }, work))
  }
  const prepare = () => {
    while (idle.length < Math.min(mostProcesses, os.cpus().length)) giveBack(new DecoderProcess(options))
  }
  return { decode, prepare, close }
}

/** The last ones first, for they are taken from the end. */
function batchesOf(items: readonly DecodingItem[]): Batch[] {
  const batches: Batch[] = []
  let indices: number[] = []
  let bytes = 0
  items.forEach(({ location }, index) => {
    if (indices.length === batchItems || (indices.length > 0 && bytes + location.size > batchBytes)) {
      batches.push({ indices })
      indices = []
      bytes = 0
    }
    indices.push(index)
    bytes += location.size
  })
  if (indices.length > 0) batches.push({ indices })
  return batches.reverse()
}

type Answer =
  | { readonly kind: 'results'; readonly results: readonly DecodingResult[] }
  | { readonly kind: 'gone'; readonly reason: Text }

class DecoderProcess {
  readonly #child: ChildProcess
  #nextId = 1
  #waiting: ((answer: Answer | Error) => void) | null = null
  #isGone = false

  constructor({ script, tensorflow, wasmFolder }: DecoderPoolOptions) {
    const start: DecoderStart = { tensorflow, wasmFolder }
    this.#child = fork(script, [JSON.stringify(start)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
      env: {
        ...process.env,
        ...(process.versions['electron'] !== undefined && { ELECTRON_RUN_AS_NODE: '1' }),
        // Several processes share the cores; the graphics card belongs to the training.
        CUDA_VISIBLE_DEVICES: '-1',
        TF_NUM_INTRAOP_THREADS: '1',
        TF_NUM_INTEROP_THREADS: '1',
        OMP_NUM_THREADS: '1',
      },
    })
    const gone = () => {
      this.#isGone = true
      this.#settle({
        kind: 'gone',
        reason: { en: 'The decoder broke off over it.', ko: '해독하다가 해독기가 중단되었습니다.' },
      })
    }
    this.#child.on('error', gone)
    this.#child.on('exit', gone)
    this.#child.on('message', (message) => {
      const { results, fault } = message as FromDecoder
      if (results !== null) this.#settle({ kind: 'results', results: results.map(fromSent) })
      else
        this.#settle(
          Object.assign(new Error(fault?.message ?? 'The decoder failed.'), { code: fault?.code ?? undefined }),
        )
    })
  }

  ask(items: readonly DecodingItem[], target: PictureTarget): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle({ kind: 'gone', reason: { en: 'Decoding it took too long.', ko: '해독이 너무 오래 걸립니다.' } })
      }, batchTimeLimitMs)
      this.#waiting = (answer) => {
        clearTimeout(timer)
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      }
      if (this.#isGone) {
        this.#settle({
          kind: 'gone',
          reason: { en: 'The decoder could not be started.', ko: '해독기를 시작하지 못했습니다.' },
        })
        return
      }
      const request: ToDecoder = { id: this.#nextId++, target, items }
      this.#child.send(request, () => undefined)
    })
  }

  end(): void {
    this.#waiting = null
    this.#child.kill('SIGKILL')
  }

  #settle(answer: Answer | Error): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(answer)
  }
}
