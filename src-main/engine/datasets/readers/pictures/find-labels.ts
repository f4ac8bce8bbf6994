import { largestTextBytes, readTable } from '../../csv/read-table.ts'
import type { FileEntry, FileTree } from '../../files/file-tree.ts'
import { readEntry } from '../../files/entry.ts'
import { InvalidData } from '../../invalid-data.ts'

export type LabelsFrom = 'folders' | 'prefix' | 'table' | 'none'
/** What a picture shows, by one way to tell; null where that way does not tell. */
export type Labelling = ReadonlyMap<FileEntry, string>

export const mostClasses = 10_000
const tableBytes = Math.min(largestTextBytes, 64_000_000)

const roles = {
  test: /(^|[^a-z])(test|tests|testing|external)([^a-z]|$)|시험|테스트|외부/i,
  validation: /(^|[^a-z])(val|valid|validation|dev)([^a-z]|$)|검증/i,
  train: /(^|[^a-z])(train|training)([^a-z]|$)|학습|훈련/i,
} as const
export type Role = keyof typeof roles

/** What part of a data set a folder's name says that it is. */
export function roleOf(folderName: string): Role | null {
  for (const role of ['test', 'validation', 'train'] as const) if (roles[role].test(folderName)) return role
  return null
}

/** The folder in which a file lies, as a path; '' for the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** By the folder that holds the picture, unless that folder is a part of the data set or what was given itself. */
export function labelByFolder(pictures: readonly FileEntry[], roots: readonly string[]): Labelling {
  const labels = new Map<FileEntry, string>()
  for (const picture of pictures) {
    const folder = folderOf(picture.path)
    if (folder === '' || roots.includes(`${folder}/`)) continue
    const name = lastPart(folder)
    // "test" is a part, "test tubes" beside "beakers" may be a class: only the bare word counts here.
    if (
      /^(train|training|test|testing|val|valid|validation|external|학습|훈련|시험|테스트|검증)([ _-]?(set|data|images|pictures))?$/i.test(
        name,
      )
    )
      continue
    labels.set(picture, name)
  }
  return labels
}

const prefixPattern = /^(\p{L}[\p{L} ]*?)[\s._-]*\(?\d+\)?(?=[\s._-]|$)/u

/** By the letters that its name begins with, before a number: cat.123.jpg, dog_7.png, "고양이 (3).jpg". */
export function labelByPrefix(pictures: readonly FileEntry[]): Labelling {
  const labels = new Map<FileEntry, string>()
  for (const picture of pictures) {
    const stem = lastPart(picture.path).replace(/\.[^.]*$/, '')
    const found = prefixPattern.exec(stem)?.[1]?.trim()
    if (found !== undefined && found !== '') labels.set(picture, found)
  }
  return labels
}

/**
 * By a CSV among the files, one of whose columns names pictures and another their labels; null where there is none. Where
 * lists disagree, the one that was given last counts.
 */
export async function labelByTable(
  { entries, roots }: Pick<FileTree, 'entries' | 'roots'>,
  pictures: readonly FileEntry[],
): Promise<Labelling | null> {
  const labels = new Map<FileEntry, string>()
  const byName: NamedPictures = { exact: new Map(), loose: new Map() }
  const rootOf = (path: string) => roots.findIndex((root) => path.startsWith(root))
  for (const picture of pictures) {
    const inside = picture.path.slice(roots[rootOf(picture.path)]?.length ?? 0)
    for (const path of new Set([picture.path, inside])) name(byName.exact, path, picture)
    for (const loose of looseNamesOf(picture.path)) name(byName.loose, loose, picture)
  }
  const files = [...entries].sort((one, other) => rootOf(one.path) - rootOf(other.path))
  for (const entry of files) {
    if (!/\.(csv|tsv|txt)$/i.test(entry.path) || entry.size > tableBytes || entry.size === 0) continue
    try {
      const { names, rows } = readTable(await readEntry(entry.location, tableBytes), {})
      const fileColumn = names.findIndex((_, column) => {
        const hits = rows.slice(0, 200).filter((row) => find(byName, row[column] ?? '') !== null).length
        return hits >= Math.min(rows.length, 200) / 2
      })
      if (fileColumn === -1) continue
      const labelColumn = bestLabelColumn(names, rows, fileColumn)
      if (labelColumn === -1) continue
      for (const row of rows) {
        const picture = find(byName, row[fileColumn] ?? '')
        const label = (row[labelColumn] ?? '').trim()
        if (picture !== null && label !== '') labels.set(picture, label)
      }
    } catch (error) {
      // A text that is no table labels nothing.
      if (!(error instanceof InvalidData)) throw error
    }
  }
  return labels.size > 0 ? labels : null
}

interface NamedPictures {
  /** By their whole paths, with and without what stands for the file or folder that was given. */
  readonly exact: Map<string, FileEntry | null>
  /** By ends of their paths and by their stems. */
  readonly loose: Map<string, FileEntry | null>
}

/** A name that several pictures have is none. */
function name(names: Map<string, FileEntry | null>, text: string, picture: FileEntry): void {
  const key = text.toLowerCase()
  names.set(key, names.has(key) && names.get(key) !== picture ? null : picture)
}

/** Lists name files by a path from any folder on, by a name or by a stem. */
function looseNamesOf(path: string): readonly string[] {
  const parts = path.split('/')
  return [...parts.map((_, from) => parts.slice(from).join('/')), lastPart(path).replace(/\.[^.]*$/, '')]
}

function find({ exact, loose }: NamedPictures, cell: string): FileEntry | null {
  const text = cell.trim().replace(/\\/g, '/').replace(/^\.\//, '').toLowerCase()
  return exact.get(text) ?? loose.get(text) ?? loose.get(lastPart(text)) ?? null
}

/** A column called so, else the one with the fewest different values, of which there are at least two. */
function bestLabelColumn(names: readonly string[], rows: readonly (readonly string[])[], fileColumn: number): number {
  const named = names.findIndex(
    (name, index) =>
      index !== fileColumn && /^(label|class|category|target|species|breed|라벨|레이블|클래스|분류)/i.test(name),
  )
  if (named !== -1) return named
  let best = -1
  let fewest = Infinity
  names.forEach((_, column) => {
    if (column === fileColumn) return
    const distinct = new Set(rows.map((row) => row[column])).size
    if (distinct >= 2 && distinct < fewest && distinct <= rows.length / 2) [best, fewest] = [column, distinct]
  })
  return best
}
