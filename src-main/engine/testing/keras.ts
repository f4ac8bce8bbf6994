import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

/** JAX computes for Keras in a third of TensorFlow's download. */
const packages = ['keras==3.15.1', 'jax==0.10.2', 'numpy', 'h5py']
const mostMs = 240_000

export type KerasPython =
  | { readonly ok: true; readonly run: (...words: readonly string[]) => Promise<string> }
  | { readonly ok: false; readonly reason: string }

/** Python with Keras 3: the benchmarks' own where it is there, else one that is made once, where that can be. */
export async function findKeras(): Promise<KerasPython> {
  const start = promisify(execFile)
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'convas')
  const pythonIn = (folder: string) =>
    path.join(cache, folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const environment = (backend: string) => ({
    ...process.env,
    KERAS_BACKEND: backend,
    TF_CPP_MIN_LOG_LEVEL: '3',
    CUDA_VISIBLE_DEVICES: '-1',
    JAX_PLATFORMS: 'cpu',
  })
  const runner = (python: string, backend: string) => ({
    ok: true as const,
    run: async (...words: readonly string[]) =>
      (await start(python, [...words], { env: environment(backend), maxBuffer: 2 ** 24 })).stdout,
  })
  const isReady = (python: string, modules: string) =>
    start(python, ['-c', `import ${modules}`], { env: environment('tensorflow') }).then(
      () => true,
      () => false,
    )
  if (await isReady(pythonIn('bench-keras'), 'importlib.metadata as m; assert m.version("tensorflow-cpu")'))
    return runner(pythonIn('bench-keras'), 'tensorflow')
  const python = pythonIn('test-keras')
  try {
    if (!(await isReady(python, 'jax, h5py'))) {
      await start('python3', ['-m', 'venv', path.join(cache, 'test-keras')], { timeout: mostMs })
      await start(python, ['-m', 'pip', 'install', '--quiet', ...packages], { timeout: mostMs, maxBuffer: 2 ** 24 })
    }
    return runner(python, 'jax')
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}
