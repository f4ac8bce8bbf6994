import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** What a step of the set-up ends with when it cannot go on: one sentence for people, details for the log. */
export class SetUpFailure extends Error {
  constructor(message, details = '') {
    super(message)
    this.details = details
  }
}

/** How to start pip, or null: the first Python 3 that has it. */
export function findPip() {
  for (const python of ['python3', 'python']) {
    const found = spawnSync(python, ['-m', 'pip', '--version'], { encoding: 'utf8', timeout: 20_000 })
    if (found.status === 0 && /python 3/.test(found.stdout)) return { python }
  }
  return null
}

export function hasCommand(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore', timeout: 10_000 }).status === 0
}

/** The NVIDIA driver of a machine with such a GPU, as its own tool tells it; under Windows' Linux it lies elsewhere. */
export function findGpu() {
  if (process.platform !== 'linux') return { driver: null }
  for (const tool of ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']) {
    const asked = ['--query-gpu=driver_version', '--format=csv,noheader']
    const found = spawnSync(tool, asked, { encoding: 'utf8', timeout: 10_000 })
    const driver = found.status === 0 ? found.stdout.split('\n')[0].trim() : ''
    if (/^\d+/.test(driver)) return { driver }
  }
  return { driver: null }
}

/** The C library of this Linux; null elsewhere. */
export function findLibc() {
  if (process.platform !== 'linux') return null
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
}

/** Free bytes where a folder is or will be; Infinity where the system does not tell. */
export function freeBytes(folder) {
  try {
    let place = folder
    while (!fs.existsSync(place)) place = path.dirname(place)
    const { bavail, bsize } = fs.statfsSync(place)
    return bavail * bsize
  } catch {
    return Infinity
  }
}

/** All bytes of the files under a folder, which may change meanwhile. */
export function folderBytes(folder) {
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
export function runBounded(command, commandArguments, { cwd, env, silenceLimitMs, measure, onMeasure }) {
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

export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

export function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(`${file}.part`, `${JSON.stringify(value, null, 2)}\n`)
  fs.renameSync(`${file}.part`, file)
}
