#!/usr/bin/env node
// Gives @tensorflow/tfjs-node-gpu its native library, without its own archive: TensorFlow's C API is also inside Python's wheel.
// As a program: node scripts/native-tensorflow.mjs [--retry] [--force] [--cpu]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { cpuWheel, cudaWheels, tensorflowVersion } from './tensorflow-wheels.mjs'

const require = createRequire(import.meta.url)
const dayMs = 24 * 60 * 60 * 1000
const mendCommand = 'npm run setup -- --retry'
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
const compilerMissing = 'Native TensorFlow needs the compiler g++, which was not found (Debian: apt install g++).'
/** What the binding's sources include, directly or not. */
const headerFolders = ['tensorflow/c/', 'tensorflow/core/platform/', 'xla/', 'tsl/', 'absl/', 'Eigen/']

/**
 * @typedef {{ ok: boolean, kind: 'cuda' | 'cpu' | 'archive' | null, message: string, command: string | null, remembered?: boolean }} Outcome
 * @typedef {{ step: 'check' | 'download' | 'unpack' | 'strip' | 'compile' | 'test', text: string, done: number | null, total: number | null }} Progress
 */

class SetUpFailure extends Error {
  /** @param {string} message one sentence; @param {string} details for the log */
  constructor(message, details = '') {
    super(message)
    this.details = details
  }
}

/** Where the unpacked libraries live, shared by every clone on the machine. */
export function tensorflowCacheFolder() {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache')
  return path.join(base, 'convas', 'tensorflow')
}

/**
 * Makes native TensorFlow loadable, or says in one sentence why it is not. Never throws; repeats nothing that is done.
 * @param {{ progress?: (progress: Progress) => void, log?: (line: string) => void, force?: boolean, retry?: boolean, cpuOnly?: boolean }} [options]
 * @returns {Promise<Outcome>}
 */
export async function setUpNativeTensorflow(options = {}) {
  const { progress = () => {}, log = () => {}, force = false, retry = false, cpuOnly = false } = options
  try {
    const folder = packageFolder()
    if (folder === null) return refused('The package @tensorflow/tfjs-node-gpu is not installed.', 'npm ci')
    progress({ step: 'check', text: 'Looking for native TensorFlow', done: null, total: null })
    const wanted = cpuOnly || !hasNvidiaGpu() ? 'cpu' : 'cuda'
    if (!force) {
      const present = await checkInstalled(folder, log)
      if (present !== null && !(present === 'cpu' && wanted === 'cuda' && retry))
        return { ok: true, kind: present, message: readyText(present), command: null }
    }
    const remembered = readFailure()
    if (remembered !== null && !retry && !force)
      return { ...refused(remembered.message, mendCommand), remembered: true }

    let first = null
    for (const kind of waysToInstall(wanted)) {
      try {
        if (kind === 'archive') await installFromArchive(folder, wanted, progress, log)
        else await installFromWheel(folder, kind, progress, log)
        const tested = await selfTest(folder, progress)
        if (!tested.ok) throw new SetUpFailure('TensorFlow was installed but does not load.', tested.details)
        writeStamp(folder, kind)
        fs.rmSync(failureFile(), { force: true })
        return { ok: true, kind, message: readyText(kind), command: null }
      } catch (error) {
        const failure = asFailure(error)
        // The first way is the best one: its reason is the one to mend.
        first ??= failure
        log(`${kind}: ${failure.message}${failure.details ? `\n${failure.details}` : ''}`)
      }
    }
    const failure = first ?? new SetUpFailure('Native TensorFlow could not be set up.')
    rememberFailure(failure)
    return refused(failure.message, mendCommand)
  } catch (error) {
    log(String(error?.stack ?? error))
    return refused('Native TensorFlow could not be set up.', mendCommand)
  }
}

/** Best first. The official archive is old and often unreachable, but needs neither Python nor a compiler. */
function waysToInstall(wanted) {
  if (!wheelsFit()) return ['archive']
  const wheels = wanted === 'cuda' ? ['cuda', 'cpu'] : ['cpu']
  return findPip() !== null && hasCommand('g++') ? wheels : [...wheels, 'archive']
}

function asFailure(error) {
  return error instanceof SetUpFailure
    ? error
    : new SetUpFailure('Native TensorFlow could not be set up.', String(error?.stack ?? error))
}

function refused(message, command) {
  return { ok: false, kind: null, message, command }
}

function readyText(kind) {
  if (kind === 'archive') return 'Native TensorFlow is ready (official archive).'
  return `Native TensorFlow ${tensorflowVersion} is ready (${kind === 'cuda' ? 'NVIDIA GPU' : 'CPU'}).`
}

function packageFolder() {
  try {
    return path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  } catch {
    return null
  }
}

function wheelsFit() {
  return process.platform === 'linux' && process.arch === 'x64'
}

function hasNvidiaGpu() {
  if (process.platform !== 'linux') return false
  const found = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 10_000 })
  return found.status === 0 && /GPU \d+:/.test(found.stdout)
}

// ---- what is there already ----

function bindingFile(folder) {
  return path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node')
}

function stampFile(folder) {
  return path.join(folder, 'lib', 'convas.json')
}

/** Loads it once and remembers that it loaded, so that a later start costs a few file stats. */
async function checkInstalled(folder, log) {
  const mark = markOf(folder)
  if (mark === null) return null
  const stamp = readJson(stampFile(folder))
  if (stamp?.mark === mark) return stamp.kind
  const tested = await selfTest(folder, () => {})
  if (!tested.ok) {
    log(tested.details)
    return null
  }
  const kind = fs.existsSync(path.join(folder, 'deps', 'nvidia'))
    ? 'cuda'
    : fs.existsSync(path.join(folder, 'deps', 'lib', libraries[0]))
      ? 'cpu'
      : 'archive'
  writeStamp(folder, kind)
  return kind
}

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

function writeStamp(folder, kind) {
  writeJson(stampFile(folder), { kind, mark: markOf(folder), version: tensorflowVersion })
}

const selfTestProgram = `
process.env.TF_CPP_MIN_LOG_LEVEL = '3'
process.env.TF_FORCE_GPU_ALLOW_GROWTH = 'true'
const util = require('util')
if (!util.isNullOrUndefined) util.isNullOrUndefined = (value) => value === null || value === undefined
if (!util.isArray) util.isArray = Array.isArray
const tf = require('@tensorflow/tfjs-node-gpu')
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync()
if (Array.from(product).join() !== '19,22,43,50') throw new Error('wrong product ' + product)
console.log('convas-self-test-passed')
`

/** In a process of its own: a library that does not fit may crash whoever loads it. */
async function selfTest(folder, progress) {
  progress({ step: 'test', text: 'Testing TensorFlow', done: null, total: null })
  const result = await runBounded(process.execPath, ['-e', selfTestProgram], {
    cwd: path.dirname(path.dirname(path.dirname(folder))),
    silenceLimitMs: 120_000,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  return {
    ok: result.code === 0 && result.output.includes('convas-self-test-passed'),
    details: result.output.slice(-2000),
  }
}

// ---- failures that later starts need not repeat ----

function failureFile() {
  return path.join(tensorflowCacheFolder(), 'failure.json')
}

/** What the outcome depends on: a tool that was installed since makes it worth another try at once. */
function circumstances() {
  return [
    process.platform,
    process.arch,
    tensorflowVersion,
    findPip() !== null,
    hasCommand('g++'),
    hasNvidiaGpu(),
  ].join(' ')
}

function readFailure() {
  const stored = readJson(failureFile())
  if (stored === null || typeof stored.message !== 'string') return null
  const fresh = Date.now() - Date.parse(stored.time) < dayMs
  return fresh && stored.circumstances === circumstances() ? stored : null
}

function rememberFailure(failure) {
  try {
    fs.mkdirSync(tensorflowCacheFolder(), { recursive: true })
    writeJson(failureFile(), {
      message: failure.message,
      details: failure.details,
      time: new Date().toISOString(),
      circumstances: circumstances(),
    })
  } catch {
    // A cache that cannot be written only means that the next start tries again.
  }
}

// ---- from Python's wheel ----

async function installFromWheel(folder, kind, progress, log) {
  const cache = path.join(tensorflowCacheFolder(), `${tensorflowVersion}-${kind}`)
  if (!libraries.every((name) => fs.existsSync(path.join(cache, 'tensorflow', name))))
    await fillCache(cache, kind, progress, log)
  layLinks(folder, cache)
  await placeBinding(folder, cache, progress)
}

async function fillCache(cache, kind, progress, log) {
  const pip = findPip()
  if (pip === null)
    throw new SetUpFailure(
      'Native TensorFlow needs Python with pip, which was not found (Debian: apt install python3-pip).',
    )
  if (!hasCommand('g++')) throw new SetUpFailure(compilerMissing)
  fs.mkdirSync(path.dirname(cache), { recursive: true })
  const work = fs.mkdtempSync(path.join(path.dirname(cache), '.part-'))
  const removeWork = () => fs.rmSync(work, { recursive: true, force: true })
  process.once('exit', removeWork)
  try {
    const wheels = kind === 'cuda' ? cudaWheels : [cpuWheel]
    await download(pip, wheels, work, progress)
    progress({ step: 'unpack', text: 'Unpacking TensorFlow', done: null, total: null })
    const tree = path.join(work, 'tree')
    const unpacked = await runBounded(
      pip.python,
      ['-c', unpackProgram, path.join(work, 'wheels'), tree, ...headerFolders],
      {
        silenceLimitMs: 300_000,
      },
    )
    if (unpacked.code !== 0) throw new SetUpFailure('TensorFlow could not be unpacked.', unpacked.output)
    linkLibraryNames(path.join(tree, 'tensorflow'))
    if (hasCommand('strip')) {
      progress({ step: 'strip', text: 'Making the library smaller', done: null, total: null })
      // Debug symbols only: a failure leaves the library as it was.
      for (const name of libraries) await stripInPlace(path.join(tree, 'tensorflow', name), log)
    }
    fs.rmSync(cache, { recursive: true, force: true })
    fs.renameSync(tree, cache)
  } finally {
    process.off('exit', removeWork)
    removeWork()
  }
}

async function stripInPlace(file, log) {
  const smaller = `${file}.stripped`
  const result = await runBounded('strip', ['--strip-unneeded', '-o', smaller, file], { silenceLimitMs: 120_000 })
  if (result.code === 0) fs.renameSync(smaller, file)
  else {
    fs.rmSync(smaller, { force: true })
    log(`strip: ${result.output}`)
  }
}

async function download(pip, wheels, work, progress) {
  const requirements = path.join(work, 'requirements.txt')
  fs.writeFileSync(
    requirements,
    wheels.map((wheel) => `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`).join(''),
  )
  const target = path.join(work, 'wheels')
  const temporary = path.join(work, 'pip')
  fs.mkdirSync(target)
  fs.mkdirSync(temporary)
  const totals = wheels.every((wheel) => wheel.bytes !== undefined)
    ? wheels.reduce((sum, wheel) => sum + wheel.bytes, 0)
    : null
  const platforms = [
    'manylinux_2_27_x86_64',
    'manylinux2014_x86_64',
    'manylinux_2_17_x86_64',
    'manylinux2010_x86_64',
    'manylinux_2_12_x86_64',
  ]
  // The wheel is chosen for Python 3.11 whatever Python runs pip: only its C library is used.
  const commandArguments = [
    ...pip.commandArguments,
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--python-version=3.11',
    '--implementation=cp',
    '--abi=cp311',
    '--abi=none',
    ...platforms.map((platform) => `--platform=${platform}`),
    '--require-hashes',
    '--requirement',
    requirements,
    '--dest',
    target,
    '--no-cache-dir',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar=off',
    '--timeout=20',
    '--retries=2',
  ]
  // pip tells nothing while it writes; the growing file does.
  const result = await runBounded(pip.command, commandArguments, {
    silenceLimitMs: 60_000,
    env: { ...process.env, TMPDIR: temporary },
    measure: () => folderBytes(temporary) + folderBytes(target),
    onMeasure: (bytes) =>
      progress({
        step: 'download',
        text: 'Downloading TensorFlow',
        done: totals === null ? bytes : Math.min(bytes, totals),
        total: totals,
      }),
  })
  if (result.stalled)
    throw new SetUpFailure('The download of TensorFlow stopped: nothing came for 60 seconds.', result.output)
  if (result.code !== 0) {
    const full = /No space left/i.test(result.output)
    throw new SetUpFailure(
      full
        ? 'There is not enough disk space for TensorFlow (it needs 2 GB while it is set up).'
        : 'TensorFlow could not be downloaded from PyPI.',
      result.output.slice(-3000),
    )
  }
}

const unpackProgram = `
import glob, os, shutil, sys, zipfile
wheels, tree, heads = sys.argv[1], sys.argv[2], sys.argv[3:]
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
def wanted(name):
    if name.endswith('/'):
        return False
    if name in libraries or name.startswith('nvidia/'):
        return not name.endswith(('.a', '.h', '.hpp', '.cuh', '.py'))
    return name.endswith(('.h', '.inc')) and any(name.startswith('tensorflow/include/' + head) for head in heads)
for wheel in glob.glob(os.path.join(wheels, '*.whl')):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not wanted(name):
                continue
            target = os.path.normpath(os.path.join(tree, name))
            if not target.startswith(os.path.abspath(tree) + os.sep):
                sys.exit('a file outside the folder: ' + name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(name) as source, open(target, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
`

/** The names without a version, which the linker asks for, beside the files that they stand for. */
function linkLibraryNames(libraryFolder) {
  link('libtensorflow_cc.so.2', path.join(libraryFolder, 'libtensorflow.so'))
  link('libtensorflow_framework.so.2', path.join(libraryFolder, 'libtensorflow_framework.so'))
}

function layLinks(folder, cache) {
  const deps = path.join(folder, 'deps')
  fs.rmSync(deps, { recursive: true, force: true })
  fs.mkdirSync(deps)
  link(path.join(cache, 'tensorflow'), path.join(deps, 'lib'))
  link(path.join(cache, 'tensorflow', 'include'), path.join(deps, 'include'))
  if (fs.existsSync(path.join(cache, 'nvidia'))) link(path.join(cache, 'nvidia'), path.join(deps, 'nvidia'))
}

function link(target, place) {
  fs.rmSync(place, { recursive: true, force: true })
  fs.symlinkSync(target, place)
}

/** The compiled binding is kept in the cache too, by its sources: another clone then needs neither pip nor g++. */
async function placeBinding(folder, cache, progress) {
  const sources = path.join(folder, 'binding')
  const hash = createHash('sha256')
  for (const name of fs.readdirSync(sources).sort()) hash.update(name).update(fs.readFileSync(path.join(sources, name)))
  const kept = path.join(cache, `tfjs_binding-${hash.digest('hex').slice(0, 16)}.node`)
  if (!fs.existsSync(kept)) await compileBinding(folder, kept, progress)
  const target = bindingFile(folder)
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.copyFileSync(kept, `${target}.part`)
  fs.renameSync(`${target}.part`, target)
}

async function compileBinding(folder, kept, progress) {
  if (!hasCommand('g++')) throw new SetUpFailure(compilerMissing)
  progress({ step: 'compile', text: 'Compiling the binding', done: null, total: null })
  const headers = require('node-api-headers').include_dir
  const sources = fs.readdirSync(path.join(folder, 'binding')).filter((name) => name.endsWith('.cc'))
  const part = `${kept}.${process.pid}.part`
  const compiled = await runBounded(
    'g++',
    [
      '-O2',
      '-fPIC',
      '-shared',
      '-std=c++17',
      '-DNAPI_VERSION=8',
      '-w',
      `-I${folder}`,
      `-I${path.join(folder, 'deps', 'include')}`,
      `-I${headers}`,
      ...sources.map((name) => path.join(folder, 'binding', name)),
      '-o',
      part,
      `-L${path.join(folder, 'deps', 'lib')}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ],
    { silenceLimitMs: 300_000 },
  )
  if (compiled.code !== 0)
    throw new SetUpFailure('The TensorFlow binding could not be compiled.', compiled.output.slice(-3000))
  fs.renameSync(part, kept)
}

// ---- from the package's own archive, on other systems ----

async function installFromArchive(folder, wanted, progress, log) {
  const text = 'Downloading TensorFlow (official archive)'
  progress({ step: 'download', text, done: null, total: null })
  const script = path.join(folder, 'scripts', 'install.js')
  const type = wanted === 'cuda' || process.platform === 'win32' ? 'gpu' : 'cpu'
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

// ---- tools ----

let pipFound
function findPip() {
  if (pipFound !== undefined) return pipFound
  pipFound = null
  for (const python of ['python3', 'python']) {
    const found = spawnSync(python, ['-m', 'pip', '--version'], { encoding: 'utf8', timeout: 20_000 })
    if (found.status === 0 && /python 3/.test(found.stdout)) {
      pipFound = { python, command: python, commandArguments: ['-m', 'pip'] }
      break
    }
  }
  return pipFound
}

function hasCommand(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore', timeout: 10_000 }).status === 0
}

function folderBytes(folder) {
  let bytes = 0
  let entries
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return 0
  }
  for (const entry of entries) {
    const place = path.join(folder, entry.name)
    try {
      bytes += entry.isDirectory() ? folderBytes(place) : fs.lstatSync(place).size
    } catch {
      // pip moves files while we look.
    }
  }
  return bytes
}

/** Runs a program that is stopped when neither its output nor what `measure` counts has changed for `silenceLimitMs`. */
function runBounded(command, commandArguments, { cwd, env, silenceLimitMs, measure, onMeasure }) {
  return new Promise((resolve) => {
    let output = ''
    let stalled = false
    let last = Date.now()
    let measured = -1
    const child = spawn(command, commandArguments, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    const take = (chunk) => {
      output = (output + chunk).slice(-20_000)
      last = Date.now()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const timer = setInterval(() => {
      const now = measure?.()
      if (now !== undefined && now !== measured) {
        measured = now
        last = Date.now()
        onMeasure?.(now)
      }
      if (Date.now() - last > silenceLimitMs) {
        stalled = true
        kill()
      }
    }, 250)
    const finish = (code) => {
      clearInterval(timer)
      process.off('exit', kill)
      resolve({ code, output, stalled })
    }
    child.on('error', (error) => {
      output += String(error)
      finish(-1)
    })
    child.on('close', (code) => finish(code ?? -1))
  })
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(`${file}.part`, `${JSON.stringify(value, null, 2)}\n`)
  fs.renameSync(`${file}.part`, file)
}

/** A progress line for a terminal; one line a step where the output is no terminal. */
export function progressPrinter(stream = process.stderr) {
  let lastText = ''
  let lastTenth = -1
  return ({ text, done, total }) => {
    const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`
    const fraction = done !== null && total ? done / total : null
    const amount = done === null ? '' : total ? `${megabytes(done)} of ${megabytes(total)}` : megabytes(done)
    if (stream.isTTY) {
      const width = 30
      const filled = fraction === null ? 0 : Math.round(fraction * width)
      const bar = fraction === null ? '' : `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] `
      stream.write(`${text !== lastText && lastText !== '' ? '\n' : ''}\r${text} ${bar}${amount}\x1b[K`)
    } else {
      const tenth = fraction === null ? -1 : Math.floor(fraction * 10)
      if (text !== lastText || tenth > lastTenth) stream.write(`${text}${amount ? `: ${amount}` : ''}\n`)
      lastTenth = text !== lastText ? tenth : Math.max(tenth, lastTenth)
    }
    lastText = text
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const given = new Set(process.argv.slice(2))
  const outcome = await setUpNativeTensorflow({
    progress: progressPrinter(),
    log: (line) => process.stderr.write(`\n${line}\n`),
    retry: given.has('--retry'),
    force: given.has('--force'),
    cpuOnly: given.has('--cpu'),
  })
  process.stderr.write('\n')
  console.log(outcome.message + (outcome.command === null ? '' : ` To try again: ${outcome.command}`))
  process.exitCode = outcome.ok ? 0 : 1
}
