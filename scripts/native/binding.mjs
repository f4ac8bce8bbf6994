import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { compilerOf } from './plan.mjs'
import { runBounded, SetUpFailure } from './tools.mjs'

const require = createRequire(import.meta.url)

/** Where tfjs-node looks for its compiled half; `folder` is the package's. */
export function bindingFile(folder) {
  return path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node')
}

/** Gives the package the libraries of a cache folder, and its binding. */
export async function useCache({ folder, cache, progress }) {
  layLinks(folder, cache)
  await placeBinding(folder, cache, progress)
}

function layLinks(folder, cache) {
  const deps = path.join(folder, 'deps')
  fs.rmSync(deps, { recursive: true, force: true })
  fs.mkdirSync(deps)
  fs.symlinkSync(path.join(cache, 'tensorflow'), path.join(deps, 'lib'))
  fs.symlinkSync(path.join(cache, 'tensorflow', 'include'), path.join(deps, 'include'))
  const cuda = path.join(cache, 'nvidia')
  if (fs.existsSync(cuda)) fs.symlinkSync(cuda, path.join(deps, 'nvidia'))
}

/** The compiled binding is kept in the cache too, by its sources: another clone then needs neither pip nor a compiler. */
async function placeBinding(folder, cache, progress) {
  const kept = keptBinding(folder, cache)
  if (!fs.existsSync(kept)) await compileBinding(folder, kept, progress)
  const target = bindingFile(folder)
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.copyFileSync(kept, `${target}.part`)
  fs.renameSync(`${target}.part`, target)
}

/** Where a cache folder keeps the binding of these sources. */
export function keptBinding(folder, cache) {
  const sources = path.join(folder, 'binding')
  const hash = createHash('sha256')
  for (const name of fs.readdirSync(sources).sort()) hash.update(name).update(fs.readFileSync(path.join(sources, name)))
  return path.join(cache, `tfjs_binding-${hash.digest('hex').slice(0, 16)}.node`)
}

async function compileBinding(folder, kept, progress) {
  progress({ step: 'compile', text: 'Compiling the binding', done: null, total: null })
  const { command, flags } = compilerOf(process.platform)
  const sources = fs.readdirSync(path.join(folder, 'binding')).filter((name) => name.endsWith('.cc'))
  const part = `${kept}.${process.pid}.part`
  const compiled = await runBounded(
    command,
    [
      '-O2',
      '-fPIC',
      '-shared',
      '-std=c++17',
      '-DNAPI_VERSION=8',
      '-w',
      `-I${folder}`,
      `-I${path.join(folder, 'deps', 'include')}`,
      `-I${require('node-api-headers').include_dir}`,
      ...sources.map((name) => path.join(folder, 'binding', name)),
      '-o',
      part,
      `-L${path.join(folder, 'deps', 'lib')}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      ...flags,
    ],
    { silenceLimitMs: 300_000 },
  )
  if (compiled.code !== 0) {
    fs.rmSync(part, { force: true })
    throw new SetUpFailure('The TensorFlow binding could not be compiled.', compiled.output.slice(-3000))
  }
  fs.renameSync(part, kept)
}
