import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const PACKAGES = ['tensorflow-cpu==2.21.0', 'keras==3.15.1', 'pillow==13.0.0']

export type Python = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string }

/** Python with the same TensorFlow, with Keras and Pillow, in an environment that is made once. */
export async function findPython(): Promise<Python> {
  const run = promisify(execFile)
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  const folder = path.join(cache, 'convas', 'bench-keras')
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  try {
    const isThere = await access(python).then(
      () => true,
      () => false,
    )
    if (!isThere) await run('python3', ['-m', 'venv', folder])
    const isReady = await run(python, ['-c', 'import keras, tensorflow, PIL']).then(
      () => true,
      () => false,
    )
    if (!isReady) await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { maxBuffer: 2 ** 24 })
    return { ok: true, path: python }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}
