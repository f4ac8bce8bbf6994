import fs from 'node:fs'
import path from 'node:path'
import { bindingFile } from './binding.mjs'
import { librariesOf } from './plan.mjs'
import { readJson, runBounded, writeJson } from './tools.mjs'
import { tensorflowVersion } from './wheels.mjs'

/** What is set up in the package's folder and loads: its kind, or null. Tried once, then remembered, so that a start costs a few file stats. */
export async function findInstalled({ folder, log }) {
  const mark = markOf(folder)
  if (mark === null) return null
  const stamp = readJson(stampFile(folder))
  if (stamp?.mark === mark) return stamp.kind
  const tested = await testLibrary(folder)
  if (!tested.ok) {
    log(tested.details)
    return null
  }
  const deps = path.join(folder, 'deps')
  const [library] = librariesOf(process.platform).files
  const isFromWheel = fs.existsSync(path.join(deps, 'lib', library))
  const kind = fs.existsSync(path.join(deps, 'nvidia')) ? 'cuda' : isFromWheel ? 'cpu' : 'archive'
  rememberInstalled(folder, kind)
  return kind
}

export function rememberInstalled(folder, kind) {
  writeJson(stampFile(folder), { kind, mark: markOf(folder), version: tensorflowVersion })
}

function stampFile(folder) {
  return path.join(folder, 'lib', 'convas.json')
}

/** What changes whenever another library or binding is there; null where there is none. */
function markOf(folder) {
  try {
    const binding = fs.statSync(bindingFile(folder))
    const names = fs.readdirSync(path.join(folder, 'deps', 'lib')).filter((name) => /tensorflow/.test(name))
    const sizes = names.sort().map((name) => `${name}:${fs.statSync(path.join(folder, 'deps', 'lib', name)).size}`)
    return [process.version, process.arch, binding.size, Math.round(binding.mtimeMs), ...sizes].join(' ')
  } catch {
    return null
  }
}

const testProgram = `
process.env.TF_CPP_MIN_LOG_LEVEL = '3'
process.env.TF_FORCE_GPU_ALLOW_GROWTH = 'true'
const util = require('util')
if (!util.isNullOrUndefined) util.isNullOrUndefined = (value) => value === null || value === undefined
if (!util.isArray) util.isArray = Array.isArray
const tf = require('@tensorflow/tfjs-node-gpu')
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync()
if (Array.from(product).join() !== '19,22,43,50') throw new Error('wrong product ' + product)
console.log('convas-self-test-passed', tf.backend().isUsingGpuDevice ? 'on-gpu' : 'on-cpu')
`

/** Multiplies two matrices in a process of its own: a library that does not fit may crash whoever loads it. */
export async function testLibrary(folder) {
  const result = await runBounded(process.execPath, ['-e', testProgram], {
    cwd: path.dirname(path.dirname(path.dirname(folder))),
    silenceLimitMs: 120_000,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  return {
    ok: result.code === 0 && result.output.includes('convas-self-test-passed'),
    onGpu: result.output.includes('on-gpu'),
    details: result.output.slice(-2000),
  }
}
