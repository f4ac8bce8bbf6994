import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Electron's executable for this clone; null where it was not fetched. */
export function findElectron(projectFolder: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  const folder = environment.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(projectFolder, 'node_modules', 'electron', 'dist')
  const file = path.join(folder, executableName(projectFolder))
  return existsSync(file) ? file : null
}

function executableName(projectFolder: string): string {
  try {
    return readFileSync(path.join(projectFolder, 'node_modules', 'electron', 'path.txt'), 'utf8').trim()
  } catch {
    if (process.platform === 'win32') return 'electron.exe'
    return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
  }
}

/** Whether a window can be shown at all. */
export function hasDisplay(environment: NodeJS.ProcessEnv = process.env): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true
  return Boolean(environment.DISPLAY) || Boolean(environment.WAYLAND_DISPLAY)
}
