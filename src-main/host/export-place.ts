import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ExportChoice } from '../common/export/formats.ts'
import { exportFormatTexts, exportMarks, fileOfModel } from '../common/export/formats.ts'
import { pythonNames } from '../common/export/python.ts'
import type { Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import { describeFileFault } from './faults.ts'

interface WantedPlace {
  readonly as: ExportChoice
  /** A whole path. */
  readonly to: string
  readonly models: readonly string[]
  /** What an export wrote earlier may go. */
  readonly replace: boolean
}

/**
 * Refuses a place before anything is made for it: below folders that are not there or that are files, and on top of files. One that
 * an export of the same form wrote may be replaced ("already-exists" says so, with the file for its details); any other is somebody's work.
 */
export async function checkExportPlace({ as, to, models, replace }: WantedPlace): Promise<Result<null>> {
  const above = path.dirname(path.dirname(to))
  const fault = await folderFault(path.dirname(to), above)
  if (fault !== null) return fault
  // Forms of a folder take none that holds files.
  if (exportFormatTexts[as].ending === null) return success(null)
  const names = pythonNames(models)
  const isOnly = models.length === 1 || as === 'report'
  for (const file of isOnly ? [to] : models.map((id) => fileOfModel(to, names.get(id) ?? id))) {
    const taken = await takenBy(file, as)
    if (taken === 'other') {
      return failureIn('invalid-request', {
        en: `${file} is a file that Convas did not write in this form. It stays as it is: choose another name.`,
        ko: `Convas가 이 형식으로 저장한 파일이 아니므로 그대로 둡니다: ${file}. 다른 이름을 고르세요.`,
      })
    }
    if (taken === 'own' && !replace) {
      const text = {
        en: `${file} exists already. Replace it, or choose another name.`,
        ko: `이미 있는 파일입니다: ${file}. 바꾸거나 다른 이름을 고르세요.`,
      }
      return failureIn('already-exists', text, file)
    }
  }
  return success(null)
}

async function folderFault(folder: string, above: string): Promise<Result<never> | null> {
  for (const one of [above, folder]) {
    try {
      if ((await stat(one)).isDirectory()) continue
      return failureIn('not-found', {
        en: `${one} is a file, not a folder. Choose another place.`,
        ko: `폴더가 아니라 파일입니다: ${one}. 다른 위치를 고르세요.`,
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
        return { ok: false, error: describeFileFault(error, one) }
      }
      if (one === folder) return null
      return failureIn('not-found', {
        en: `There is no folder ${above}. Make it first, or choose another place.`,
        ko: `폴더가 없습니다: ${above}. 먼저 만들거나 다른 위치를 고르세요.`,
      })
    }
  }
  return null
}

async function takenBy(file: string, as: ExportChoice): Promise<'nothing' | 'own' | 'other'> {
  try {
    const { start, mark } = exportMarks[as] ?? { start: '', mark: '\0' }
    const bytes = await readFile(file)
    return bytes.subarray(0, start.length).toString('latin1') === start && bytes.includes(mark) ? 'own' : 'other'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nothing' : 'other'
  }
}
