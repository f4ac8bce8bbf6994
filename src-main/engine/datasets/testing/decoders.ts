import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { createDecoderPool } from '../decoding/pool.ts'
import type { DecoderPool } from '../decoding/pool.ts'

export interface TestDecoders {
  readonly pool: DecoderPool
  readonly close: () => void
}

/** Real decoder processes, from the same source as the program's; inside the project, where packages are found. */
export async function buildDecoders({ tensorflow }: { readonly tensorflow: boolean }): Promise<TestDecoders> {
  const folder = path.resolve('.cache', 'decoders', `${process.pid}-${Date.now()}`)
  mkdirSync(folder, { recursive: true })
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'src-main/engine/datasets/decoding/main.ts',
      outDir: folder,
      target: 'node16',
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'decoder.cjs' } },
    },
  })
  const pool = createDecoderPool({ script: path.join(folder, 'decoder.cjs'), tensorflow, wasmFolder: '' })
  return {
    pool,
    close: () => {
      pool.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
