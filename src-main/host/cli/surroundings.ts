import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { SpawnEngine } from '../engine-process.ts'
import { createNodeSpawn } from '../engine-process.ts'
import type { Folders } from '../paths.ts'
import { datasetCacheOf, findFolders } from '../paths.ts'

/** Where the command line's program lies, and what it works with. */
export interface Surroundings {
  /** The folder with package.json and out/. */
  readonly projectFolder: string
  readonly rendererFolder: string
  readonly version: string
  readonly folders: Folders
  readonly datasetCache: string
  readonly spawn: SpawnEngine
}

/** `mainFolder` is the built out/main. */
export function findSurroundings(mainFolder: string): Surroundings {
  const projectFolder = path.resolve(mainFolder, '..', '..')
  const folders = findFolders()
  const manifest = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string }
  return {
    projectFolder,
    rendererFolder: path.join(projectFolder, 'out', 'renderer'),
    version: manifest.version,
    folders,
    datasetCache: datasetCacheOf(folders),
    spawn: createNodeSpawn(path.join(mainFolder, 'engine.js')),
  }
}

export const backendChoices = ['auto', 'tensorflow', 'wasm', 'cpu'] as const satisfies readonly BackendChoice[]
