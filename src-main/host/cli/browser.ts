import { spawn } from 'node:child_process'
import { hasDisplay } from '../electron-binary.ts'

/** Opens an address in the user's browser, where there is a display and a browser; otherwise does nothing. */
export function openInBrowser(address: string): void {
  if (!hasDisplay()) return
  const [command, ...args] = browserCommand(address)
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

function browserCommand(address: string): [string, ...string[]] {
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""', address.replaceAll('&', '^&')]
  return process.platform === 'darwin' ? ['open', address] : ['xdg-open', address]
}
