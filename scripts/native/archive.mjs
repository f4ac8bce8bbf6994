import fs from 'node:fs'
import path from 'node:path'
import { bindingFile } from './binding.mjs'
import { folderBytes, runBounded, SetUpFailure } from './tools.mjs'

/** Runs the package's own installer, which fetches an old TensorFlow from the official archive; it needs no Python. */
export async function installFromArchive({ folder, gpu, progress, log }) {
  const text = 'Downloading TensorFlow (official archive)'
  progress({ step: 'download', text, done: null, total: null })
  const script = path.join(folder, 'scripts', 'install.js')
  // There is no archive for the processor alone that goes with this package under Windows.
  const type = gpu.driver !== null || process.platform === 'win32' ? 'gpu' : 'cpu'
  const description = path.join(folder, 'package.json')
  const untouched = fs.readFileSync(description)
  let result
  try {
    result = await runBounded(process.execPath, [script, type, 'download'], {
      cwd: folder,
      silenceLimitMs: 60_000,
      measure: () => folderBytes(path.join(folder, 'deps')),
      onMeasure: (bytes) => progress({ step: 'download', text, done: bytes, total: null }),
    })
  } finally {
    // The script rewrites its own package.json for a while; a kill must not leave it so.
    fs.writeFileSync(description, untouched)
  }
  log(result.output.slice(-3000))
  if (result.stalled)
    throw new SetUpFailure('The download of TensorFlow stopped: nothing came for 60 seconds.', result.output)
  if (result.code !== 0 || !fs.existsSync(bindingFile(folder)))
    throw new SetUpFailure('The official TensorFlow archive could not be installed.', result.output.slice(-3000))
}
