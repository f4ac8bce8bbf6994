import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { InvalidData } from './invalid-data.ts'

/** Fills a folder that is new or empty: `write` gets a place beside it that becomes it, all of it or nothing. Throws InvalidData. */
export async function fillNewFolder<T>(folder: string, write: (place: string) => Promise<T>): Promise<T> {
  if (!path.isAbsolute(folder))
    throw new InvalidData({
      en: `A whole path was expected. Received: ${folder}`,
      ko: `전체 경로여야 합니다. 받은 값: ${folder}`,
    })
  const present = await readdir(folder).catch(() => [])
  if (present.length > 0)
    throw new InvalidData({
      en: `A new or empty folder was expected. ${folder} holds ${present.length} files.`,
      ko: `새 폴더나 빈 폴더여야 합니다. ${folder} 폴더에 파일이 ${present.length}개 있습니다.`,
    })
  const place = `${folder}.${process.pid}.part`
  try {
    await mkdir(place, { recursive: true })
    const written = await write(place)
    await rm(folder, { recursive: true, force: true })
    await rename(place, folder)
    return written
  } catch (error) {
    await rm(place, { recursive: true, force: true })
    throw error
  }
}
