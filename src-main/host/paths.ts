import os from 'node:os'
import path from 'node:path'

/** Where Convas keeps what is the user's, and what can be made again. */
export interface Folders {
  /** Settings and the list of recent projects. */
  readonly data: string
  /** Where new projects are created. */
  readonly projects: string
  /** Decoded data sets, the native library, downloads: can be deleted at any time. */
  readonly cache: string
}

/** CONVAS_HOME and CONVAS_CACHE if they are set, else the places that the operating system sets aside for this. */
export function findFolders(environment: NodeJS.ProcessEnv = process.env): Folders {
  const home = os.homedir()
  const data = environment.CONVAS_HOME
    ? path.resolve(environment.CONVAS_HOME)
    : path.join(systemDataFolder(environment, home), 'convas')
  const cache = environment.CONVAS_CACHE
    ? path.resolve(environment.CONVAS_CACHE)
    : path.join(systemCacheFolder(environment, home), 'convas')
  return { data, projects: path.join(data, 'projects'), cache }
}

function systemDataFolder(environment: NodeJS.ProcessEnv, home: string): string {
  if (process.platform === 'win32') return environment.APPDATA ?? path.join(home, 'AppData', 'Roaming')
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support')
  return environment.XDG_DATA_HOME ?? path.join(home, '.local', 'share')
}

function systemCacheFolder(environment: NodeJS.ProcessEnv, home: string): string {
  if (process.platform === 'win32') return environment.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local')
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches')
  return environment.XDG_CACHE_HOME ?? path.join(home, '.cache')
}

/** Labels that are being given to pictures, until they are saved. */
export function labelsFolderOf(folders: Folders): string {
  return path.join(folders.data, 'labels')
}

/** Decoded data sets, filled by the engines. */
export function datasetCacheOf(folders: Folders): string {
  return path.join(folders.cache, 'datasets')
}
