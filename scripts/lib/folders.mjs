import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The same cache as the program's own: src-main/host/paths.ts. */
export function cacheFolder() {
  const { CONVAS_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (CONVAS_CACHE) return path.resolve(CONVAS_CACHE)
  const home = os.homedir()
  if (process.platform === 'win32') return path.join(LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'convas')
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'convas')
  return path.join(XDG_CACHE_HOME ?? path.join(home, '.cache'), 'convas')
}

export function inProject(...parts) {
  return path.join(projectFolder, ...parts)
}
