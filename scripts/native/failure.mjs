import fs from 'node:fs'
import path from 'node:path'
import { readJson, writeJson } from './tools.mjs'

const dayMs = 24 * 60 * 60 * 1000

/** What an earlier start failed with under the same circumstances today; null where another try is worth its time. */
export function readFailure(cacheFolder, circumstances) {
  const stored = readJson(failureFile(cacheFolder))
  if (stored === null || typeof stored.message !== 'string') return null
  const isFresh = Date.now() - Date.parse(stored.time) < dayMs
  return isFresh && stored.circumstances === circumstances ? stored : null
}

export function rememberFailure(cacheFolder, circumstances, failure) {
  try {
    writeJson(failureFile(cacheFolder), {
      message: failure.message,
      details: failure.details,
      time: new Date().toISOString(),
      circumstances,
    })
  } catch {
    // A cache that cannot be written only means that the next start tries again.
  }
}

export function forgetFailure(cacheFolder) {
  fs.rmSync(failureFile(cacheFolder), { force: true })
}

function failureFile(cacheFolder) {
  return path.join(cacheFolder, 'failure.json')
}
