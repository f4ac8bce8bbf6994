import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, inProject } from './folders.mjs'
import { createProgress, megabytes, say } from './terminal.mjs'

const STALLED_MS = 20_000
const LOOK_EVERY_MS = 500

const packageFolder = inProject('node_modules', 'electron')

/** The same rule as src-main/host/electron-binary.ts. */
export function findElectron() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(packageFolder, 'dist')
  const file = path.join(folder, executableName())
  return existsSync(file) ? file : null
}

function executableName() {
  const note = path.join(packageFolder, 'path.txt')
  if (existsSync(note)) return readFileSync(note, 'utf8').trim()
  if (process.platform === 'win32') return 'electron.exe'
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

export function hasDisplay() {
  if (process.platform === 'win32' || process.platform === 'darwin') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Fetches Electron's binary with its own installer, unless it is there. Gives up when nothing arrives any more,
 * remembers that, and tries again only with `retry`. Resolves with whether there is a binary now.
 */
export async function ensureElectron({ retry }) {
  if (findElectron()) return true
  if (!existsSync(path.join(packageFolder, 'install.js'))) return false
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'))
  const failureFile = path.join(cacheFolder(), `electron-${version}.failed`)
  if (existsSync(failureFile) && !retry) {
    say(`Electron ${version} could not be fetched before; "npm start -- --retry" tries again.`)
    return false
  }
  const fault = await download(version)
  if (fault === null && findElectron()) {
    rmSync(failureFile, { force: true })
    return true
  }
  mkdirSync(path.dirname(failureFile), { recursive: true })
  writeFileSync(failureFile, `${new Date().toISOString()}\n${fault}\n`)
  say(`Electron ${version} could not be fetched (${fault}); "npm start -- --retry" tries again.`)
  return false
}

/** What went wrong, or null. Arriving bytes are seen in the installer's temporary folder and where it unpacks. */
function download(version) {
  const temporary = path.join(cacheFolder(), 'tmp')
  mkdirSync(temporary, { recursive: true })
  const folder = mkdtempSync(path.join(temporary, 'electron-'))
  const progress = createProgress(`Fetching Electron ${version} (once)`)
  return new Promise((resolve) => {
    let output = ''
    let bytes = 0
    let lastArrival = Date.now()
    const environment = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder }
    const child = spawn(process.execPath, [path.join(packageFolder, 'install.js')], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk) => {
      output = (output + chunk).slice(-4_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    let stalled = false
    progress.update({ name: 'connecting', done: 0 })
    const timer = setInterval(() => {
      const size = sizeOf(folder) + sizeOf(path.join(packageFolder, 'dist'))
      if (size !== bytes) {
        bytes = size
        lastArrival = Date.now()
        progress.update({ done: bytes, amount: megabytes(bytes) })
      } else if (Date.now() - lastArrival > STALLED_MS) {
        stalled = true
        child.kill('SIGKILL')
      }
    }, LOOK_EVERY_MS)
    child.on('error', keep)
    child.on('close', (code) => {
      clearInterval(timer)
      progress.end()
      rmSync(folder, { recursive: true, force: true })
      if (stalled) resolve(`nothing arrived for ${STALLED_MS / 1000} s`)
      else resolve(code === 0 ? null : firstReason(output))
    })
  })
}

function firstReason(output) {
  const line = output.split('\n').find((text) => /error|ENOTFOUND|ECONN|EAI_AGAIN|status/i.test(text))
  return (line ?? 'its installer failed').trim().slice(0, 160)
}

function sizeOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
      const file = path.join(folder, entry.name)
      return sum + (entry.isDirectory() ? sizeOf(file) : statSync(file).size)
    }, 0)
  } catch {
    return 0
  }
}
