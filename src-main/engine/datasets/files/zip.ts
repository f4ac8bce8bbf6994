import path from 'node:path'
import type { Entry, ZipFile } from 'yauzl'
import yauzl from 'yauzl'
import type { SkippedFile } from '../../../common/data/inspection.ts'
import type { Text } from '../../../common/layers/text.ts'
import { InvalidData } from '../invalid-data.ts'
import type { FileEntry } from './file-tree.ts'

const mostEntries = 1_000_000
/** Deflate cannot do better than 1032:1. */
const largestRatio = 1_032

export interface ZipContent {
  readonly entries: readonly FileEntry[]
  readonly skipped: readonly SkippedFile[]
}

/** What a zip holds, by its directory; nothing is unpacked. `root` goes before every path. */
export async function listZip(archive: string, root: string): Promise<ZipContent> {
  const zip = await openZip(archive)
  try {
    if (zip.entryCount > mostEntries)
      throw new InvalidData({
        en: `"${path.basename(archive)}" holds ${zip.entryCount} files; at most ${mostEntries} were expected.`,
        ko: `"${path.basename(archive)}" 압축 파일에 파일이 ${zip.entryCount}개 들어 있습니다. ${mostEntries}개까지 읽습니다.`,
      })
    return await listEntries(zip, archive, root)
  } finally {
    zip.close()
  }
}

function openZip(archive: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are decoded here: Korean Windows writes them in its own code page, which yauzl takes for DOS's.
    yauzl.open(archive, { lazyEntries: true, autoClose: false, decodeStrings: false }, (error, zip) => {
      if (error === null) resolve(zip)
      else if (isSystemError(error)) reject(error)
      else reject(damaged(archive, error))
    })
  })
}

/** By the name that somebody knows: the file may lie where a browser's files come in. */
function damaged(archive: string, { message }: Error): InvalidData {
  const isCut = /end of central directory|unexpected eof|out of bounds/i.test(message)
  const what = isCut ? 'is cut off: the list of its files at its end is missing or broken' : 'is damaged'
  const whatKo = isCut ? '끝에 있는 파일 목록이 없거나 깨져 있습니다. 파일이 잘린 것입니다' : '손상되었습니다'
  return new InvalidData({
    en: `The zip "${path.basename(archive)}" ${what}. Copy or download it again, or pack it anew.`,
    ko: `"${path.basename(archive)}" 압축 파일: ${whatKo}. 다시 복사하거나 내려받거나, 새로 압축하세요.`,
  })
}

function isSystemError(error: Error): boolean {
  return /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '')
}

function listEntries(zip: ZipFile, archive: string, root: string): Promise<ZipContent> {
  const entries: FileEntry[] = []
  const skipped: SkippedFile[] = []
  const extents: { readonly from: number; readonly to: number }[] = []
  return new Promise((resolve, reject) => {
    zip.on('error', (error: Error) => {
      reject(isSystemError(error) ? error : damaged(archive, error))
    })
    zip.on('entry', (entry: Entry) => {
      const name = nameOf(entry)
      extents.push({
        from: entry.relativeOffsetOfLocalHeader,
        to: entry.relativeOffsetOfLocalHeader + 30 + entry.compressedSize,
      })
      const fault = faultOf(entry, name)
      if (fault !== null) skipped.push({ file: `${root}${name}`.slice(0, 1_000), reason: fault })
      else if (!name.endsWith('/'))
        entries.push({
          path: `${root}${name}`,
          size: entry.uncompressedSize,
          mark: `${entry.crc32}`,
          location: {
            kind: 'zipped',
            archive,
            headerOffset: entry.relativeOffsetOfLocalHeader,
            compressedSize: entry.compressedSize,
            size: entry.uncompressedSize,
            isDeflated: entry.compressionMethod === 8,
            crc: entry.crc32,
          },
        })
      zip.readEntry()
    })
    zip.on('end', () => {
      if (overlap(extents))
        reject(
          new InvalidData({
            en: `The zip "${path.basename(archive)}" is not read: its files overlap, as only in damaged or hostile ones.`,
            ko: `"${path.basename(archive)}" 압축 파일은 손상되었거나 악의적으로 만든 파일처럼 안의 파일들이 서로 겹쳐 있어 읽지 않습니다.`,
          }),
        )
      else resolve({ entries, skipped })
    })
    zip.readEntry()
  })
}

const koreanNames = new TextDecoder('euc-kr', { fatal: true })
const utf8Names = new TextDecoder('utf-8', { fatal: true })

/** UTF-8 where the zip says so or where it can be, else Korean, else DOS's code page; slashes forward. */
function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw
  const said = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false)
  const saysUnicode = (entry.generalPurposeBitFlag & 0x800) !== 0 || entry.extraFields.some(({ id }) => id === 0x7075)
  return (saysUnicode ? said : decodeName(raw, said)).replace(/\\/g, '/')
}

function decodeName(raw: Uint8Array, otherwise: string): string {
  for (const decoder of [utf8Names, koreanNames]) {
    try {
      return decoder.decode(raw)
    } catch {
      // The next one.
    }
  }
  return otherwise
}

function faultOf(entry: Entry, name: string): Text | null {
  const unsafe = unsafePath(name)
  if (unsafe !== null) return unsafe
  if (isLink(entry)) return linkReason
  if (entry.generalPurposeBitFlag & 1) return { en: 'It is locked with a password.', ko: '암호로 잠겨 있습니다.' }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return {
      en: `It is packed by method ${entry.compressionMethod}; "store" or "deflate" was expected.`,
      ko: `압축 방식 ${entry.compressionMethod}은(는) 읽을 수 없습니다. store나 deflate여야 합니다.`,
    }
  const most = entry.compressionMethod === 0 ? entry.compressedSize : entry.compressedSize * largestRatio + 64
  if (entry.uncompressedSize > most)
    return {
      en: `It claims ${entry.uncompressedSize} bytes, more than ${entry.compressedSize} packed ones can hold.`,
      ko: `압축된 ${entry.compressedSize}바이트에 담길 수 없는 ${entry.uncompressedSize}바이트라고 적혀 있습니다.`,
    }
  return null
}

/** Made on Unix (upper byte 3), with the mode of a symbolic link. */
function isLink(entry: Entry): boolean {
  return entry.versionMadeBy >>> 8 === 3 && ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000
}

export const linkReason: Text = { en: 'It is a link; links are not followed.', ko: '링크는 따라가지 않습니다.' }

/** Nothing is ever written under these names; a name that tries to leave its archive is a sign of a hostile one. */
export function unsafePath(name: string): Text | null {
  const parts = name.split('/')
  const isDevice = parts.some((part) => /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(part.trim()))
  if (
    name.startsWith('/') ||
    /^[a-z]:/i.test(name) ||
    parts.includes('..') ||
    name.includes('\u0000') ||
    isDevice ||
    name.length > 4_096
  )
    return {
      en: 'Its name leads out of the archive or means a device.',
      ko: '이름이 압축 파일 밖이나 장치를 가리킵니다.',
    }
  return null
}

/** Whether a name can be that of one folder on every system. */
export function isFolderName(name: string): boolean {
  return unsafePath(name) === null && !/[/\\<>:"|?*]/.test(name) && !/^\.|[. ]$/.test(name)
}

function overlap(extents: { readonly from: number; readonly to: number }[]): boolean {
  extents.sort((one, other) => one.from - other.from)
  return extents.some(({ from }, index) => index > 0 && from < (extents[index - 1]?.to ?? 0))
}
