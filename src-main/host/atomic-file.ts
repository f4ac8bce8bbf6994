import path from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { describeFileFault } from './faults.ts'
import { makeFolder } from './folder.ts'

/** Writes a whole file, synced to the disk, or leaves the old one as it is. Makes the folder where it is missing. */
export async function writeWholeFile(file: string, content: string): Promise<Result<null>> {
  const made = await makeFolder(path.dirname(file))
  if (!made.ok) return made
  try {
    await writeFileAtomic(file, content, { encoding: 'utf8', fsync: true })
    return success(null)
  } catch (error) {
    return { ok: false, error: describeFileFault(error, file) }
  }
}
