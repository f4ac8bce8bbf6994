import { Blob } from 'node:buffer'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { requireAtRunTime } from './tensor-library.ts'
import type { TensorLibrary } from './tensor-library.ts'

interface WorkerThreads {
  Worker: new (
    source: string,
    options: { readonly eval: boolean },
  ) => {
    readonly postMessage: (message: unknown, ...rest: unknown[]) => void
    readonly unref: () => void
    readonly ref: () => void
  }
}

/**
 * How many threads a training on WebAssembly uses: one for two cores, at most four, for a thread that shares its core makes
 * the others wait. CONVAS_WASM_THREADS overrides it, up to tfjs's limit of 8.
 */
export function wantedThreads(environment: NodeJS.ProcessEnv = process.env, cores = os.cpus().length): number {
  const asked = Number(environment['CONVAS_WASM_THREADS'])
  if (Number.isInteger(asked) && asked > 0) return Math.min(8, asked)
  return Math.max(1, Math.min(4, Math.floor(cores / 2)))
}

/**
 * Opens tfjs's WebAssembly backend with threads, which tfjs leaves out under Node because its worker is made for a
 * browser: the worker gets its program as text, and the path of the main script instead of a blob. Throws where that
 * fails; the backend can then be opened without threads. `folder` is tfjs's wasm-out.
 */
export async function openThreaded(
  library: TensorLibrary,
  setThreadsCount: (count: number) => void,
  folder: string,
  threads: number,
): Promise<void> {
  const name = 'tfjs-backend-wasm-threaded-simd'
  const { wasmWorkerContents } = requireAtRunTime(path.join(folder, `${name}.worker.js`)) as {
    readonly wasmWorkerContents: string
  }
  const program = wasmWorkerContents.replaceAll('\n', '\\n')
  const main = path.join(folder, `${name}.js`)
  readFileSync(main)
  const workerThreads = requireAtRunTime('node:worker_threads') as WorkerThreads
  const { Worker } = workerThreads
  class WasmWorker extends Worker {
    constructor() {
      super(program, { eval: true })
      // Else the process would outlive its work.
      this.unref()
    }
    override readonly ref = () => undefined
    override readonly postMessage = (message: unknown, ...rest: unknown[]) => {
      const isLoading = (message as { readonly cmd?: string }).cmd === 'load'
      super.postMessage(isLoading ? { ...(message as object), urlOrBlob: main } : message, ...rest)
    }
  }
  const { cpus } = os
  // tfjs wraps the main script in one before it is replaced; Node 16 has it in a module only.
  const world = globalThis as { Blob?: unknown }
  world.Blob ??= Blob
  workerThreads.Worker = WasmWorker
  // tfjs takes half as many threads as it sees cores, whatever it is told.
  os.cpus = () => Array.from({ length: 2 * threads }, () => cpus()[0] as os.CpuInfo)
  library.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true)
  setThreadsCount(threads)
  try {
    if (!(await library.setBackend('wasm')))
      throw new Error('The WebAssembly backend could not be started with threads.')
  } catch (error) {
    library.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    throw error
  } finally {
    workerThreads.Worker = Worker
    os.cpus = cpus
  }
}
