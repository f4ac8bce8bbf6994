#!/usr/bin/env node
// Gives @tensorflow/tfjs-node-gpu its native library, without its own archive: TensorFlow's C API is also inside Python's wheel.
// As a program: node scripts/native-tensorflow.mjs [--retry] [--force] [--cpu]
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder } from './lib/folders.mjs'
import { createProgress, megabytes } from './lib/terminal.mjs'
import { installFromArchive } from './native/archive.mjs'
import { keptBinding, useCache } from './native/binding.mjs'
import { forgetFailure, readFailure, rememberFailure } from './native/failure.mjs'
import { findInstalled, rememberInstalled, testLibrary } from './native/installed.mjs'
import { compilerOf, planWays } from './native/plan.mjs'
import { findGpu, findLibc, findPip, hasCommand, SetUpFailure } from './native/tools.mjs'
import { fillCache, isFilled } from './native/wheel-cache.mjs'
import { tensorflowVersion } from './native/wheels.mjs'

const require = createRequire(import.meta.url)
const mendCommand = 'npm run setup'

/**
 * @typedef {{ ok: boolean, kind: 'cuda' | 'cpu' | 'archive' | null, message: string, command: string | null }} Outcome
 * `message` is one sentence; `command` mends what it says, null where nothing is to be mended.
 * @typedef {{ step: 'check' | 'download' | 'unpack' | 'strip' | 'compile' | 'test', text: string, done: number | null, total: number | null }} Progress
 */

/**
 * Makes native TensorFlow loadable, or says in one sentence why it is not. Never throws; repeats nothing that is done, and
 * what failed only with `retry`, after a day, or when the machine has changed. `force` sets it up anew.
 * @param {{ progress?: (progress: Progress) => void, log?: (line: string) => void, force?: boolean, retry?: boolean, cpuOnly?: boolean, folder?: string | null, cacheRoot?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export async function setUpNativeTensorflow(options = {}) {
  const { progress = () => {}, log = () => {} } = options
  const { folder = packageFolder(), cacheRoot = path.join(cacheFolder(), 'tensorflow') } = options
  try {
    if (folder === null) return refused('The package @tensorflow/tfjs-node-gpu is not installed.', 'npm ci')
    progress({ step: 'check', text: 'Looking for native TensorFlow', done: null, total: null })
    return await setUp({ ...options, progress, log, folder, cacheRoot })
  } catch (error) {
    log(String(error?.stack ?? error))
    return refused('Native TensorFlow could not be set up.', mendCommand)
  }
}

async function setUp({ progress, log, folder, cacheRoot, force = false, retry = false, cpuOnly = false }) {
  const gpu = cpuOnly ? { driver: null } : findGpu()
  const present = force ? null : await findInstalled({ folder, log })
  // A GPU that came later is used when the person asks for it: gigabytes are not fetched at a start.
  if (present !== null && !(present === 'cpu' && gpu.driver !== null && retry)) return ready(present)

  const pip = findPip()
  const machine = {
    platform: process.platform,
    arch: process.arch,
    libc: findLibc(),
    gpu,
    hasPip: pip !== null,
    hasCompiler: hasCommand(compilerOf(process.platform).command),
  }
  const circumstances = JSON.stringify([machine, tensorflowVersion])
  const remembered = readFailure(cacheRoot, circumstances)
  if (remembered !== null && !retry && !force) return refused(remembered.message, mendCommand)

  const cacheOf = (kind) => path.join(cacheRoot, `${tensorflowVersion}-${kind}`)
  const { ways, obstacle } = planWays(machine, (kind) => isReady(folder, cacheOf(kind)))
  if (obstacle !== null) log(obstacle)
  let first = obstacle === null ? null : new SetUpFailure(obstacle)
  for (const way of ways) {
    try {
      if (way.kind === 'archive') await installFromArchive({ folder, gpu, progress, log })
      else {
        const cache = cacheOf(way.kind)
        if (!isFilled(cache)) await fillCache({ cache, way, pip, progress, log })
        await useCache({ folder, cache, progress })
      }
      progress({ step: 'test', text: 'Testing TensorFlow', done: null, total: null })
      const tested = await testLibrary(folder)
      if (!tested.ok) throw new SetUpFailure('TensorFlow was installed but does not load.', tested.details)
      if (way.kind === 'cuda' && !tested.onGpu)
        throw new SetUpFailure('TensorFlow was installed but cannot use the GPU.', tested.details)
      rememberInstalled(folder, way.kind)
      forgetFailure(cacheRoot)
      return ready(way.kind, first?.message)
    } catch (error) {
      const failure =
        error instanceof SetUpFailure
          ? error
          : new SetUpFailure('Native TensorFlow could not be set up.', String(error?.stack ?? error))
      // The first way is the best one: its reason is the one to mend.
      first ??= failure
      log(`${way.kind}: ${failure.message}${failure.details ? `\n${failure.details}` : ''}`)
    }
  }
  const failure = first ?? new SetUpFailure('Native TensorFlow could not be set up.')
  rememberFailure(cacheRoot, circumstances, failure)
  return refused(failure.message, ways.length === 0 ? null : mendCommand)
}

/** Whether a clone has set up this kind on this machine before: then nothing is fetched or compiled. */
function isReady(folder, cache) {
  return isFilled(cache) && fs.existsSync(keptBinding(folder, cache))
}

function refused(message, command) {
  return { ok: false, kind: null, message, command }
}

/** `shortfall` is why it is not something better. */
function ready(kind, shortfall) {
  const name = kind === 'archive' ? 'official archive' : kind === 'cuda' ? 'NVIDIA GPU' : 'CPU'
  const version = kind === 'archive' ? '' : ` ${tensorflowVersion}`
  const message = `Native TensorFlow${version} is ready (${name}).`
  return { ok: true, kind, message: shortfall ? `${message} ${shortfall}` : message, command: null }
}

function packageFolder() {
  try {
    return path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  } catch {
    return null
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const given = new Set(process.argv.slice(2))
  const bar = createProgress('Native TensorFlow')
  const outcome = await setUpNativeTensorflow({
    progress: ({ text, done, total }) =>
      bar.update({ name: text, done: done ?? 0, total: total ?? 0, amount: done === null ? '' : megabytes(done) }),
    log: (line) => process.stderr.write(`\n${line}\n`),
    retry: given.has('--retry'),
    force: given.has('--force'),
    cpuOnly: given.has('--cpu'),
  })
  bar.end()
  console.log(outcome.message + (outcome.command === null ? '' : ` To try again: ${outcome.command}`))
  process.exitCode = outcome.ok ? 0 : 1
}
