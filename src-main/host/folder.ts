import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Failure, Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import { describeFileFault } from './faults.ts'

/** Makes a folder and those above it; a folder that is there already is no fault. */
export async function makeFolder(folder: string): Promise<Result<null>> {
  try {
    await makeFolders(folder)
    return success(null)
  } catch (error) {
    // Where even the folder above was there, nothing is missing: that place takes no folders.
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ENOENT') {
      return { ok: false, error: describeFileFault(error, folder) }
    }
    return failureIn(
      'no-permission',
      {
        en: `The folder ${folder} cannot be made there. Choose another place.`,
        ko: `이 위치에는 폴더를 만들 수 없습니다: ${folder}. 다른 위치를 고르세요.`,
      },
      String(error),
    )
  }
}

/** One at a time: Node's `recursive` hides why, or never ends, on disks that can only be read. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const above = path.dirname(folder)
    if (code === 'ENOENT' && above !== folder && !(await isFolder(above))) {
      await makeFolders(above)
      await makeFolders(folder)
    } else if (!(await isFolder(folder))) throw error
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Makes a folder where it is missing, and tells why nothing could be written there; null where it could. */
export async function findWriteFault(folder: string): Promise<Failure | null> {
  const made = await makeFolder(folder)
  if (!made.ok) return made.error
  return access(folder, constants.W_OK).then(
    () => null,
    (error: unknown) => describeFileFault(error, folder),
  )
}
