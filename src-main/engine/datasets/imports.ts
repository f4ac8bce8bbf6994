import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { FileSource } from '../../common/data/reading.ts'
import { fileSourceSchema } from '../../common/data/reading.ts'
import { writeWhole } from '../whole-file.ts'

const entrySchema = z.object({
  id: z.string(),
  name: z.string(),
  source: fileSourceSchema,
  /** The folder in the cache. */
  key: z.string(),
  imported: z.string(),
  used: z.string(),
})
export type ImportEntry = z.infer<typeof entrySchema>

/** The list of what was imported, in a file of the cache. */
export interface ImportList {
  /** Last used first. */
  readonly read: () => Promise<readonly ImportEntry[]>
  readonly add: (entry: Pick<ImportEntry, 'name' | 'source' | 'key'>) => Promise<ImportEntry>
  readonly remove: (id: string) => Promise<ImportEntry | null>
  readonly use: (key: string) => Promise<void>
}

export function createImportList(cacheFolder: string): ImportList {
  const file = path.join(cacheFolder, 'imported.json')
  let queue: Promise<unknown> = Promise.resolve()

  const read = async (): Promise<readonly ImportEntry[]> => {
    try {
      const parsed = z.array(entrySchema).safeParse(JSON.parse(await readFile(file, 'utf8')))
      return parsed.success ? [...parsed.data].sort((one, other) => (one.used < other.used ? 1 : -1)) : []
    } catch {
      // No list yet, or a damaged one: everything in it can be imported again.
      return []
    }
  }
  const change = <T>(work: (entries: readonly ImportEntry[]) => readonly [readonly ImportEntry[], T]): Promise<T> => {
    const changed = queue.then(async () => {
      const before = await read()
      const [after, answer] = work(before)
      if (after !== before) {
        await writeWhole(file, JSON.stringify(after, null, 2))
      }
      return answer
    })
    queue = changed.catch(() => undefined)
    return changed
  }

  return {
    read,
    add: ({ name, source, key }) =>
      change((entries) => {
        const now = new Date().toISOString()
        const old = entries.find((entry) => entry.key === key)
        const others = entries.filter((entry) => entry !== old)
        const entry: ImportEntry = {
          id: old?.id ?? randomBytes(8).toString('hex'),
          name: freeName(
            name,
            others.map((other) => other.name),
          ),
          source,
          key,
          imported: now,
          used: now,
        }
        return [[entry, ...others], entry] as const
      }),
    remove: (id) =>
      change((entries) => {
        const found = entries.find((entry) => entry.id === id) ?? null
        return [found === null ? entries : entries.filter((entry) => entry !== found), found] as const
      }),
    use: (key) =>
      change((entries) => {
        const now = new Date().toISOString()
        if (!entries.some((entry) => entry.key === key)) return [entries, undefined] as const
        return [entries.map((entry) => (entry.key === key ? { ...entry, used: now } : entry)), undefined] as const
      }),
  }
}

function freeName(name: string, taken: readonly string[]): string {
  let free = name
  for (let count = 2; taken.includes(free); count++) free = `${name} (${count})`
  return free
}

/** Whether two sources are the same files; and, unless `wanted` leaves options open, read in the same way. */
export function isSameSource(known: FileSource, wanted: FileSource): boolean {
  const files = (source: FileSource) => JSON.stringify([source.path, ...(source.more ?? [])])
  if (files(known) !== files(wanted)) return false
  return Object.entries(wanted.options ?? {}).every(
    ([name, value]) =>
      value === undefined ||
      JSON.stringify(value) === JSON.stringify((known.options as Record<string, unknown> | undefined)?.[name]),
  )
}
