import { spawn } from 'node:child_process'

const BAR_WIDTH = 28

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

/** A progress bar on a terminal; a line at every tenth elsewhere. */
export function createProgress(title) {
  const isTerminal = process.stdout.isTTY
  let shown = -1
  let drawn = false
  return {
    /** `total` 0 is unknown: only what is done is shown, then. */
    update({ done, total = 0, text = '' }) {
      const fraction = total > 0 ? Math.min(1, done / total) : 0
      const tenth = Math.floor(fraction * 10)
      if (isTerminal) {
        const filled = Math.round(fraction * BAR_WIDTH)
        const bar = total > 0 ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : ''
        process.stdout.write(`\r\x1b[K  ${title} ${bar}${text}`)
        drawn = true
      } else if (total > 0 ? tenth > shown : shown < 0) {
        shown = Math.max(tenth, 0)
        say(`  ${title}: ${text || `${tenth * 10} %`}`)
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
