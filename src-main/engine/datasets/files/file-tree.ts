import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { SkippedFile } from '../../../common/data/inspection.ts'
import type { Text } from '../../../common/layers/text.ts'
import { InvalidData } from '../invalid-data.ts'
import type { EntryLocation } from './entry.ts'
import { linkReason, listZip } from './zip.ts'

/** A file, by its path inside what was given, with slashes. */
export interface FileEntry {
  readonly path: string
  readonly size: number
  /** Changes when the content does: a check sum, or the time of the last change. */
  readonly mark: string
  readonly location: EntryLocation
}

/** All files in what somebody gave: a file, a folder, a zip, or several of them. */
export interface FileTree {
  /** A name for the whole. */
  readonly name: string
  readonly entries: readonly FileEntry[]
  readonly skipped: readonly SkippedFile[]
  /** What should be known of what was given. */
  readonly notes: readonly Text[]
  /** Where several were given: the path that stands before the files of each; else one empty one. */
  readonly roots: readonly string[]
  /** Changes whenever a file does. */
  readonly fingerprint: string
}

const mostFiles = 1_000_000
const deepest = 64
const atOnce = 256
const systemFiles = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)/i

/** Lists files without reading them; links are not followed. Throws InvalidData or what the file system said. */
export async function listFiles(paths: readonly string[], isCancelled: () => boolean): Promise<FileTree> {
  const entries: FileEntry[] = []
  const skipped: SkippedFile[] = []
  const notes: Text[] = []
  const roots: string[] = []
  for (const given of paths) {
    const root = paths.length === 1 ? '' : `${freeName(rootName(given), roots)}/`
    roots.push(root)
    await listOne(given, root, { entries, skipped, notes, isCancelled })
  }
  const used = entries.filter((entry) => !systemFiles.test(entry.path))
  used.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))
  if (used.length === 0) {
    const [first] = skipped
    throw new InvalidData(
      first === undefined
        ? {
            en: `Files were expected in ${baseNames(paths)}. There are none.`,
            ko: `${baseNames(paths)} 안에 파일이 있어야 합니다. 파일이 없습니다.`,
          }
        : {
            en: `No usable file is in ${baseNames(paths)}. ${first.file}: ${first.reason.en}`,
            ko: `${baseNames(paths)} 안에 쓸 수 있는 파일이 없습니다. ${first.file}: ${first.reason.ko}`,
          },
    )
  }
  const hash = createHash('sha256')
  for (const entry of used) hash.update(`${entry.path}\n${entry.size}\n${entry.mark}\n`)
  for (const { file, reason } of skipped) hash.update(`skipped ${file}\n${reason.en}\n`)
  return {
    name: paths.map(rootName).join(' + ').slice(0, 120),
    entries: used,
    skipped,
    notes,
    roots,
    fingerprint: hash.digest('hex'),
  }
}

/** As somebody knows them: files that come in through a browser lie in a folder of Convas's own. */
function baseNames(paths: readonly string[]): string {
  return paths.map((given) => `"${path.basename(given)}"`).join(', ')
}

/** The name of a file without what tells its kind, or of a folder. */
function rootName(given: string): string {
  return path.basename(given).replace(/\.(zip|csv|tsv|txt|npz|npy|gz|bin)$/i, '') || 'data'
}

function freeName(name: string, taken: readonly string[]): string {
  let free = name
  for (let count = 2; taken.includes(`${free}/`); count++) free = `${name} (${count})`
  return free
}

interface Listing {
  readonly entries: FileEntry[]
  readonly skipped: SkippedFile[]
  readonly notes: Text[]
  readonly isCancelled: () => boolean
}

async function listOne(given: string, root: string, listing: Listing): Promise<void> {
  const found = await stat(given)
  if (found.isDirectory()) return walk(given, root, 0, listing)
  if (!found.isFile())
    throw new InvalidData({
      en: `A file or folder was expected. ${baseNames([given])} is neither.`,
      ko: `파일이나 폴더여야 합니다. ${baseNames([given])} 경로에 있는 것은 둘 다 아닙니다.`,
    })
  // An npz is a zip too; its arrays are its entries.
  if (await isZip(given)) {
    const content = await listZip(given, root)
    listing.entries.push(...content.entries)
    listing.skipped.push(...content.skipped)
    return
  }
  if (/\.(zip|npz)$/i.test(given)) listing.notes.push(noZip(path.basename(given)))
  listing.entries.push({
    path: `${root}${path.basename(given)}`,
    size: found.size,
    mark: `${found.mtimeMs}`,
    location: { kind: 'file', file: given, size: found.size },
  })
}

function noZip(name: string): Text {
  return {
    en: `"${name}" is named like a zip and is none; it is read as what is in it.`,
    ko: `"${name}"은(는) 이름만 zip이고 실제로는 zip 파일이 아닙니다. 내용에 맞게 읽었습니다.`,
  }
}

async function isZip(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const head = new Uint8Array(4)
    await handle.read(head, 0, 4, 0)
    const [p, k, third, fourth] = head
    return p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6))
  } finally {
    await handle.close()
  }
}

async function walk(folder: string, prefix: string, depth: number, listing: Listing): Promise<void> {
  if (listing.isCancelled())
    throw new InvalidData({ en: 'Listing the files was cancelled.', ko: '파일 찾기가 취소되었습니다.' }, 'cancelled')
  if (depth > deepest) {
    listing.skipped.push({
      file: prefix,
      reason: { en: `It lies more than ${deepest} folders deep.`, ko: `폴더 깊이가 ${deepest}단계를 넘습니다.` },
    })
    return
  }
  const found = await readdir(folder, { withFileTypes: true })
  const files: string[] = []
  for (const entry of found) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) await walk(file, `${prefix}${entry.name}/`, depth + 1, listing)
    else if (entry.isFile()) files.push(entry.name)
    else
      listing.skipped.push({
        file: `${prefix}${entry.name}`,
        reason: entry.isSymbolicLink() ? linkReason : { en: 'It is no ordinary file.', ko: '일반 파일이 아닙니다.' },
      })
  }
  if (listing.entries.length + files.length > mostFiles)
    throw new InvalidData({
      en: `At most ${mostFiles} files were expected. There are more in ${baseNames([folder])}.`,
      ko: `파일은 ${mostFiles}개까지 읽습니다. ${baseNames([folder])} 폴더에는 더 많은 파일이 있습니다.`,
    })
  const packed: string[] = []
  for (let start = 0; start < files.length; start += atOnce) {
    const some = files.slice(start, start + atOnce)
    // Synchronous calls take a tenth of the time; between the portions others get their turn.
    await new Promise((resolve) => setImmediate(resolve))
    for (const name of some) {
      if (/\.(zip|npz)$/i.test(name)) {
        packed.push(name)
        continue
      }
      const { size, mtimeMs } = lstatSync(path.join(folder, name))
      listing.entries.push({
        path: `${prefix}${name}`,
        size,
        mark: `${mtimeMs}`,
        location: { kind: 'file', file: path.join(folder, name), size },
      })
    }
  }
  for (const name of packed) await listPacked(path.join(folder, name), `${prefix}${name}`, listing)
}

/** A zip among other files counts as a folder of its name; a damaged one is told of. */
async function listPacked(file: string, name: string, listing: Listing): Promise<void> {
  try {
    const content = await listZip(file, `${name.replace(/\.\w+$/, '')}/`)
    listing.entries.push(...content.entries)
    listing.skipped.push(...content.skipped)
  } catch (error) {
    if (!(error instanceof InvalidData)) throw error
    listing.skipped.push({ file: name, reason: error.text })
  }
}
