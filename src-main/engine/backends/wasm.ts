import path from 'node:path'
import type { Backend } from './backend.ts'
import { completeGradients } from './gradients.ts'
import { requireAtRunTime } from './tensor-library.ts'
import type { TensorLibrary } from './tensor-library.ts'
import { processorName } from './tensorflow.ts'
import { registerWasmKernels } from './wasm-kernels.ts'
import { openThreaded, wantedThreads } from './wasm-threads.ts'

interface WasmModule {
  readonly setWasmPaths: (prefix: string) => void
  readonly setThreadsCount: (count: number) => void
  readonly getThreadsCount: () => number
  readonly version_wasm: string
}

/** Opens tfjs's WebAssembly backend with threads where that is possible, and with the kernels that training needs besides. */
export async function openWasm(): Promise<Backend> {
  const library = requireAtRunTime('@tensorflow/tfjs') as TensorLibrary
  const wasm = requireAtRunTime('@tensorflow/tfjs-backend-wasm') as WasmModule
  const folder = path.join(
    path.dirname(requireAtRunTime.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
    'wasm-out',
  )
  wasm.setWasmPaths(folder + path.sep)
  completeGradients(library)
  registerWasmKernels(library)
  await start(library, wasm, folder)
  await library.ready()
  const threads = wasm.getThreadsCount()
  return {
    tf: library,
    status: {
      backend: 'wasm',
      device: `WebAssembly · ${processorName()}${threads > 1 ? `, ${threads} threads` : ''}`,
      version: wasm.version_wasm,
      advice: null,
    },
    native: null,
  }
}

async function start(library: TensorLibrary, wasm: WasmModule, folder: string): Promise<void> {
  const threads = wantedThreads()
  if (threads > 1 && (await library.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true) {
    try {
      await openThreaded(library, wasm.setThreadsCount, folder, threads)
      return
    } catch (error) {
      console.warn('WebAssembly runs on one thread:', error)
    }
  }
  if (!(await library.setBackend('wasm'))) throw new Error('The WebAssembly backend could not be started.')
}

/** Opens tfjs's plain JavaScript backend: slow, for comparisons only. */
export async function openCpu(): Promise<Backend> {
  const library = requireAtRunTime('@tensorflow/tfjs') as TensorLibrary
  completeGradients(library)
  await library.setBackend('cpu')
  return {
    tf: library,
    status: {
      backend: 'cpu',
      device: `JavaScript · ${processorName()}`,
      version: library.version['tfjs-core'] ?? '',
      advice: null,
    },
    native: null,
  }
}
