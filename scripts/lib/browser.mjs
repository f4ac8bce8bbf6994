import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { inProject, projectFolder } from './folders.mjs'
import { runQuietly, say } from './terminal.mjs'

const DOWNLOAD_MS = 180_000

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A Chrome or Chromium that is installed, or Playwright's own; null where there is neither. */
export async function findBrowser() {
  if (process.env.CONVAS_BROWSER && existsSync(process.env.CONVAS_BROWSER)) return process.env.CONVAS_BROWSER
  return onPath(names) ?? places.find((file) => existsSync(file)) ?? (await findPlaywrightBrowser())
}

/** A browser for the tests: what is there, else Playwright's, else Debian's package where we may install it. */
export async function ensureBrowser() {
  const found = await findBrowser()
  if (found) return found
  say('Fetching a browser for the tests (once) …')
  const playwright = path.join('node_modules', 'playwright', 'cli.js')
  const fetched = await runQuietly(process.execPath, [playwright, 'install', 'chromium'], {
    cwd: projectFolder,
    timeout: DOWNLOAD_MS,
    killSignal: 'SIGKILL',
  })
  if (fetched.code === 0) {
    const browser = await findPlaywrightBrowser()
    // A bare machine lacks the libraries that a browser needs; Debian's package brings them along.
    if (browser && starts(browser)) return browser
  }
  await installDebianPackages(['chromium'])
  return onPath(names)
}

/** A virtual display for Electron: a wrapper command before the program, none where there is a display. */
export async function ensureDisplayWrapper() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return []
  if (!onPath(['xvfb-run'])) await installDebianPackages(['xvfb', 'xauth'])
  return onPath(['xvfb-run']) ? ['xvfb-run', '-a', '-s', '-screen 0 1680x1050x24'] : null
}

async function installDebianPackages(packages) {
  if (process.getuid?.() !== 0 || !onPath(['apt-get'])) return
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () =>
    runQuietly('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env: environment })
  say(`Installing ${packages.join(', ')} …`)
  if ((await install()).code === 0) return
  await runQuietly('apt-get', ['update'], { env: environment })
  const { code, output } = await install()
  if (code !== 0) say(output.slice(-2_000))
}

async function findPlaywrightBrowser() {
  try {
    const { chromium } = await import(new URL(`file://${inProject('node_modules', 'playwright', 'index.mjs')}`).href)
    const file = chromium.executablePath()
    return file && existsSync(file) ? file : null
  } catch {
    return null
  }
}

function starts(browser) {
  return spawnSync(browser, ['--version', '--no-sandbox'], { timeout: 20_000 }).status === 0
}

function onPath(programs) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const program of programs) {
      const file = path.join(folder, program)
      if (existsSync(file)) return file
    }
  }
  return null
}
