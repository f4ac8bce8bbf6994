import path from 'node:path'
import type { EngineStart } from '../common/engine-protocol.ts'
import { preloadTensorflow } from './backends/preload.ts'
import { takeOneThreadAnOp } from './backends/threads.ts'

/** The start message is this process's last argument; Electron may put its own before it. */
function readStart(): EngineStart | null {
  try {
    const start = JSON.parse(process.argv.at(-1) ?? '') as EngineStart
    return typeof start.cacheFolder === 'string' ? start : null
  } catch {
    return null
  }
}

async function main(): Promise<void> {
  const start = readStart()
  if (start === null) {
    console.error('The engine is started by Convas, with one JSON argument.')
    process.exit(2)
  }
  if (start.oneThreadAnOp === true) takeOneThreadAnOp()
  // TensorFlow's library is read on another thread while this one reads the engine itself.
  preloadTensorflow(start.backend)
  const { serve } = await import('./serve.ts')
  serve(start, path.join(__dirname, 'decoder.js'))
}

void main()
