import { spawn } from 'node:child_process'

const BAR_WIDTH = 28
/** How much further a line is told where the total is unknown. */
const BYTES_A_LINE = 50e6

/** Tells one step on a line of its own. */
export function say(text = '') {
  process.stdout.write(text + '\n')
}

/** Runs a program with its output on the screen; resolves with its exit code, 1 where it could not be started. */
export function runVisibly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    child.on('error', (error) => {
      say(`${command}: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(signal === 'SIGINT' ? 130 : (code ?? 1)))
  })
}

/** Runs a program and keeps its output; `onStart` gets the process. */
export function runQuietly(command, args, { onStart, ...options } = {}) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    onStart?.(child)
    const keep = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** npm, as the one that started this script where that is known. */
export function npmCommand(args) {
  const cli = process.env.npm_execpath
  if (cli && /npm-cli\.c?js$/.test(cli)) return [process.execPath, [cli, ...args]]
  return process.platform === 'win32' ? ['cmd', ['/c', 'npm', ...args]] : ['npm', args]
}

/** A progress bar on a terminal; elsewhere a line at every new step, and at every further tenth or 50 MB of it. */
export function createProgress(title) {
  const isTerminal = process.stdout.isTTY
  let step = null
  let shown = -1
  let drawn = false
  return {
    /** `name` is the step; `total` 0 is unknown: only `amount`, what is done in words, is shown then. */
    update({ name = '', done, total = 0, amount = '' }) {
      const fraction = total > 0 ? Math.min(1, done / total) : 0
      const tenth = Math.floor(fraction * 10)
      if (isTerminal) {
        const filled = Math.round(fraction * BAR_WIDTH)
        const bar = total > 0 ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : ''
        process.stdout.write(`\r\x1b[K  ${[title, bar + name, amount].filter(Boolean).join(' ')}`)
        drawn = true
        return
      }
      const kind = `${name}, ${total > 0}`
      const mark = total > 0 ? tenth : Math.floor(done / BYTES_A_LINE)
      if (kind !== step || mark > shown) {
        step = kind
        shown = mark
        const extent = total > 0 ? `${tenth * 10} %` : amount
        say(`  ${[title, [name, extent].filter(Boolean).join(', ')].filter(Boolean).join(': ')}`)
      }
    },
    end() {
      if (isTerminal && drawn) process.stdout.write('\r\x1b[K')
    },
  }
}

export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`
}

/** A duration as people read it. */
export function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`
}
