import path from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { describeFileFault } from './faults.ts'
import { makeFolder } from './folder.ts'

const lastTurns = new Map<string, Promise<unknown>>()

/** Does one thing after another of the same key, in the order of the calls. */
export async function inTurn<T>(key: string, act: () => Promise<T>): Promise<T> {
  const done = (lastTurns.get(key) ?? Promise.resolve()).then(act, act)
  lastTurns.set(key, done)
  try {
    return await done
  } finally {
    if (lastTurns.get(key) === done) lastTurns.delete(key)
  }
}

/**
 * Writes a whole file, synced to the disk, or leaves the old one as it is. Makes the folder where it is missing.
 * Writes to the same file follow each other in the order of the calls: the last asked for is what stays.
 */
export async function writeWholeFile(file: string, content: string | Uint8Array): Promise<Result<null>> {
  return inTurn(path.resolve(file), () => write(file, content))
}

async function write(file: string, content: string | Uint8Array): Promise<Result<null>> {
  const made = await makeFolder(path.dirname(file))
  if (!made.ok) return made
  try {
    const bytes = typeof content === 'string' ? content : Buffer.from(content)
    await writeFileAtomic(file, bytes, { encoding: 'utf8', fsync: true })
    return success(null)
  } catch (error) {
    return { ok: false, error: describeFileFault(error, file) }
  }
}
