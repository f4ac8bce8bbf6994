import { readEntry } from '../files/entry.ts'
import type { FileEntry, FileTree } from '../files/file-tree.ts'
import { InvalidData } from '../invalid-data.ts'
import { readColumns } from './columns.ts'
import type { Column } from './columns.ts'
import { isMissing } from './numbers.ts'
import { largestTextBytes, readTable } from './read-table.ts'
import type { TextFormat, TextTable } from './read-table.ts'

export interface OpenedTable {
  readonly table: TextTable
  readonly columns: readonly Column[]
  /** Files that do not belong to it. */
  readonly others: readonly FileEntry[]
}

const textName = /\.(csv|tsv|tab|txt|dat)$/i
const firstRowsTold = 20

/**
 * The CSV among the files; several with the same columns are taken as one, in the order of their names. Null where there is
 * none. Throws InvalidData for a damaged one.
 */
export async function openTable(
  files: FileTree,
  given: { readonly [K in keyof TextFormat]?: TextFormat[K] | undefined },
): Promise<OpenedTable | null> {
  if (files.entries.some(({ path }) => path.endsWith('xl/workbook.xml')))
    throw new InvalidData({
      en: 'A CSV was expected. This is a spreadsheet; save it as CSV.',
      ko: 'CSV여야 합니다. 이 파일은 스프레드시트이니 CSV로 저장하세요.',
    })
  const named = files.entries.filter(({ path }) => textName.test(path))
  const candidates = named.length > 0 ? named : files.entries.length === 1 ? files.entries : []
  const bySize = [...candidates].sort((one, other) => other.size - one.size)
  const [largest] = bySize
  if (largest === undefined) return null
  const table = readTable(await readEntry(largest.location, largestTextBytes), given)
  const all = new Map<FileEntry, TextTable>([[largest, table]])
  for (const entry of bySize.slice(1, 1_000)) {
    const next = await readFurther(entry, table.format)
    if (next !== null && table.format.header && next.names.join('\n') === table.names.join('\n')) all.set(entry, next)
  }
  const used = candidates.filter((entry) => all.has(entry))
  const rows = used.flatMap((entry) => all.get(entry)?.rows ?? [])
  const whole: TextTable = {
    ...table,
    rows,
    uneven: used.reduce((sum, entry) => sum + (all.get(entry)?.uneven ?? 0), 0),
  }
  return { table: whole, columns: readColumns(whole), others: files.entries.filter((entry) => !all.has(entry)) }
}

/** Another file of the same kind; null where it is something else. */
async function readFurther(entry: FileEntry, format: TextFormat): Promise<TextTable | null> {
  try {
    return readTable(await readEntry(entry.location, largestTextBytes), format)
  } catch (error) {
    if (error instanceof InvalidData) return null
    throw error
  }
}

export function firstRows({ rows }: TextTable): readonly (readonly string[])[] {
  return rows.slice(0, firstRowsTold).map((row) => row.map((cell) => cell.slice(0, 200)))
}

/** Which cells of the first rows hold nothing that could be read as what their column holds. */
export function firstMissing({ table, columns }: OpenedTable): readonly (readonly number[])[] {
  return firstRows(table).map((_, row) =>
    columns.flatMap(({ summary, values, cells }, index) => {
      const isRead = summary.kind === 'text' ? !isMissing(cells[row] ?? '') : !Number.isNaN(values[row])
      return isRead ? [] : [index]
    }),
  )
}

/** The column of this name; throws InvalidData where there is none. */
export function columnOf(columns: readonly Column[], name: string): Column {
  const found = columns.find(({ summary }) => summary.name === name)
  if (found === undefined)
    throw new InvalidData({
      en: `A column of ${columns.map(({ summary }) => summary.name).join(', ')} was expected. Received: ${name}`,
      ko: `${columns.map(({ summary }) => summary.name).join(', ')} 가운데 한 열이어야 합니다. 받은 값: ${name}`,
    })
  return found
}
