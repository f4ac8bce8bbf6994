import path from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { describeFileFault } from './faults.ts'
import { makeFolder } from './folder.ts'

const lastWrites = new Map<string, Promise<unknown>>()

/**
 * Writes a whole file, synced to the disk, or leaves the old one as it is. Makes the folder where it is missing.
 * Writes to the same file follow each other in the order of the calls: the last asked for is what stays.
 */
export async function writeWholeFile(file: string, content: string): Promise<Result<null>> {
  const key = path.resolve(file)
  const written = (lastWrites.get(key) ?? Promise.resolve()).then(() => write(file, content))
  lastWrites.set(key, written)
  const result = await written
  if (lastWrites.get(key) === written) lastWrites.delete(key)
  return result
}

async function write(file: string, content: string): Promise<Result<null>> {
  const made = await makeFolder(path.dirname(file))
  if (!made.ok) return made
  try {
    await writeFileAtomic(file, content, { encoding: 'utf8', fsync: true })
    return success(null)
  } catch (error) {
    return { ok: false, error: describeFileFault(error, file) }
  }
}
