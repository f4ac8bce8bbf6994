import path from 'node:path'
import type { Backend } from './backend.ts'
import { completeGradients } from './gradients.ts'
import { requireAtRunTime } from './tensor-library.ts'
import type { TensorLibrary } from './tensor-library.ts'
import { processorName } from './tensorflow.ts'
import { registerWasmKernels } from './wasm-kernels.ts'

/** Opens tfjs's WebAssembly backend with the kernels that training needs besides. */
export async function openWasm(): Promise<Backend> {
  const library = requireAtRunTime('@tensorflow/tfjs') as TensorLibrary
  const wasm = requireAtRunTime('@tensorflow/tfjs-backend-wasm') as {
    setWasmPaths: (prefix: string) => void
    version_wasm: string
  }
  const folder = path.dirname(requireAtRunTime.resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  wasm.setWasmPaths(path.join(folder, 'wasm-out') + path.sep)
  completeGradients(library)
  registerWasmKernels(library)
  if (!(await library.setBackend('wasm'))) throw new Error('The WebAssembly backend could not be started.')
  await library.ready()
  return {
    tf: library,
    status: { backend: 'wasm', device: `WebAssembly · ${processorName()}`, version: wasm.version_wasm, advice: null },
    native: null,
  }
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
