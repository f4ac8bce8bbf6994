import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { LabelDraft, LabelDraftListing, LabellingStart, Thumbnails } from '../../common/data/labelling.ts'
import { labelDraftSchema } from '../../common/data/labelling.ts'
import type { FileSource } from '../../common/data/reading.ts'
import { fileSourceSchema } from '../../common/data/reading.ts'
import type { DecoderPool } from './decoding/pool.ts'
import type { FileEntry } from './files/file-tree.ts'
import { listFiles } from './files/file-tree.ts'
import { InvalidData } from './invalid-data.ts'
import { inOrder, labelBy } from './readers/pictures/plan.ts'
import { findPictures, findWays } from './readers/pictures/recognise.ts'
import { writeWhole } from '../whole-file.ts'

const draftSchema = z.object({
  source: fileSourceSchema,
  name: z.string(),
  total: z.number(),
  changed: z.string(),
  draft: labelDraftSchema,
})

/** Where people label pictures by hand. Its verbs throw InvalidData or what the file system said. */
export interface LabelDesk {
  readonly open: (source: FileSource) => Promise<LabellingStart>
  readonly thumbnails: (source: FileSource, files: readonly string[], sizePx: number) => Promise<Thumbnails>
  readonly keep: (source: FileSource, draft: LabelDraft | null) => Promise<void>
  readonly drafts: () => Promise<readonly LabelDraftListing[]>
}

interface Opened {
  readonly key: string
  readonly name: string
  readonly pictures: ReadonlyMap<string, FileEntry>
}

/** Drafts are files of `folder`; the pictures that were listed last stay known. */
export function createLabelDesk({
  folder,
  decoders,
}: {
  readonly folder: string
  readonly decoders: DecoderPool
}): LabelDesk {
  const fileOf = (key: string) => path.join(folder, `${key}.json`)
  let last: Promise<Opened> | null = null
  let lastKey = ''
  let writing: Promise<unknown> = Promise.resolve()

  const list = async (source: FileSource): Promise<Opened & { readonly found: LabelDraft }> => {
    const files = await listFiles([source.path, ...(source.more ?? [])], () => false)
    const { pictures } = await findPictures(files.entries)
    if (pictures.length === 0)
      throw new InvalidData({
        en: `Pictures were expected in "${files.name}". There are none among ${files.entries.length} files.`,
        ko: `"${files.name}"에 그림이 있어야 합니다. 파일 ${files.entries.length}개 가운데 그림이 없습니다.`,
      })
    const options = source.options?.format === 'pictures' ? source.options : null
    const labelsFrom = options?.labelsFrom ?? (await findWays(files, pictures))[0]?.labelsFrom ?? 'none'
    const names = (await labelBy(labelsFrom, files, pictures)) ?? new Map<FileEntry, string>()
    const told = options?.classes ?? inOrder(names.values())
    // One class for all is the name of a folder sooner than a label.
    const classes = told.length < 2 ? [] : told
    const labelOf = new Map(classes.map((name, label) => [name, label]))
    const labels = pictures.flatMap((entry) => {
      const label = labelOf.get(names.get(entry) ?? '')
      return label === undefined ? [] : [[entry.path, label] as const]
    })
    return {
      key: keyOf(source),
      name: files.name,
      pictures: new Map(pictures.map((entry) => [entry.path, entry])),
      found: { classes, labels: Object.fromEntries(labels) },
    }
  }
  const listAnew = (source: FileSource): ReturnType<typeof list> => {
    const listing = list(source)
    lastKey = keyOf(source)
    last = listing
    listing.catch(() => (last = null))
    return listing
  }
  const opened = (source: FileSource): Promise<Opened> =>
    last === null || lastKey !== keyOf(source) ? listAnew(source) : last
  const readDraft = async (file: string): Promise<z.infer<typeof draftSchema> | null> => {
    try {
      return draftSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    } catch {
      // None, or one that cannot be read: the pictures are there, and labelling begins anew.
      return null
    }
  }

  return {
    open: async (source) => {
      const { key, name, pictures, found } = await listAnew(source)
      await writing
      const kept = await readDraft(fileOf(key))
      return {
        name,
        files: [...pictures.keys()],
        labelling: kept?.draft ?? found,
        isDraft: kept !== null,
      }
    },
    thumbnails: async (source, files, sizePx) => {
      const { pictures } = await opened(source)
      const size = sizePx * sizePx * 3
      const pixels = new Uint8Array(files.length * size)
      const faults: { file: string; reason: Thumbnails['faults'][number]['reason'] }[] = []
      const items: { readonly entry: FileEntry; readonly place: number }[] = []
      files.forEach((file, place) => {
        const entry = pictures.get(file)
        if (entry) items.push({ entry, place })
        else faults.push({ file, reason: { en: 'It is not there any more.', ko: '파일이 더 이상 없습니다.' } })
      })
      await decoders.decode(
        items.map(({ entry }) => ({ location: entry.location, output: null })),
        { height: sizePx, width: sizePx, channels: 3, fit: 'contain' },
        {
          isCancelled: () => false,
          onResult: (index, result) => {
            const { entry, place } = items[index] as (typeof items)[number]
            if (result.ok) pixels.set(result.values, place * size)
            else faults.push({ file: entry.path, reason: result.reason })
          },
        },
      )
      return { sizePx, pixels, faults }
    },
    keep: async (source, draft) => {
      const file = fileOf(keyOf(source))
      const known = draft === null ? null : await opened(source)
      const written = writing.then(async () => {
        if (draft === null || known === null) return rm(file, { force: true })
        const { name, pictures } = known
        const kept = { source, name, total: pictures.size, changed: new Date().toISOString(), draft }
        await writeWhole(file, JSON.stringify(kept))
      })
      writing = written.catch(() => undefined)
      await written
    },
    drafts: async () => {
      await writing
      const names = await readdir(folder).catch(() => [])
      const kept = await Promise.all(
        names.filter((name) => name.endsWith('.json')).map((name) => readDraft(path.join(folder, name))),
      )
      return kept
        .flatMap((one) =>
          one === null
            ? []
            : [
                {
                  source: one.source,
                  name: one.name,
                  labelled: Object.keys(one.draft.labels).length,
                  total: one.total,
                  changed: one.changed,
                },
              ],
        )
        .sort((one, other) => (one.changed < other.changed ? 1 : -1))
    },
  }
}

/** The same files, however they are read. */
function keyOf(source: FileSource): string {
  return createHash('sha256')
    .update(JSON.stringify([source.path, ...(source.more ?? [])]))
    .digest('hex')
    .slice(0, 32)
}
