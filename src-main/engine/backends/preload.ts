import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import { requireAtRunTime } from './tensor-library.ts'
import { setTensorflowEnvironment } from './tensorflow.ts'

/** RTLD_NODELETE of Linux's dlfcn.h, which Node does not name: what was opened stays in the process. */
const KEEP_LOADED = 0x1000

/**
 * Has the system read TensorFlow's library on a thread of its own, while this one reads tfjs: each takes a fifth of a second or
 * more. It is no addon, so Node refuses it, but it is in the process by then and its addon finds it there. Whatever
 * goes wrong goes wrong again, and is told, where the backend is opened. Nothing may set an environment variable meanwhile: the
 * library reads them.
 */
export function preloadTensorflow(backend: BackendChoice): void {
  if (process.platform !== 'linux' || (backend !== 'auto' && backend !== 'tensorflow')) return
  const library = tensorflowLibrary()
  if (library === null) return
  setTensorflowEnvironment()
  const worker = new Worker(
    `try { process.dlopen({ exports: {} }, ${JSON.stringify(library)}, ${os.constants.dlopen.RTLD_LAZY | KEEP_LOADED}) } catch {}`,
    { eval: true },
  )
  worker.on('error', () => undefined)
  worker.unref()
}

function tensorflowLibrary(): string | null {
  try {
    const folder = path.dirname(requireAtRunTime.resolve('@tensorflow/tfjs-node-gpu/package.json'))
    const library = path.join(folder, 'deps', 'lib', 'libtensorflow.so')
    return existsSync(library) ? library : null
  } catch {
    return null
  }
}
