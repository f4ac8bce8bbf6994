import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { CatalogueEntry, JobProgress } from '../../common/contract.ts'
import type { DataSource } from '../../common/data/dataset.ts'
import type { ExportForm } from '../../common/data/export.ts'
import type { ImportedDataset } from '../../common/data/imported.ts'
import type { Inspection, Recognition } from '../../common/data/inspection.ts'
import type { FileSource, ReadingChoices, ReadingOptions } from '../../common/data/reading.ts'
import type { WindowChoices } from '../../common/data/reading.ts'
import { fileFormats, readingOptionsSchemas } from '../../common/data/reading.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn } from '../../common/result.ts'
import { readStored } from './cache/stored.ts'
import type { StoredDataset } from './cache/stored.ts'
import { createCacheWriter } from './cache/writer.ts'
import type { CacheWriter, WrittenSamples } from './cache/writer.ts'
import { colourShapes } from './catalogue/colour-shapes.ts'
import { doodles } from './catalogue/doodles.ts'
import { mnist } from './catalogue/mnist.ts'
import { traffic } from './catalogue/traffic.ts'
import type { DecoderPool } from './decoding/pool.ts'
import { listFiles } from './files/file-tree.ts'
import type { FileTree } from './files/file-tree.ts'
import { createImportList, isSameSource } from './imports.ts'
import type { ImportEntry } from './imports.ts'
import { InvalidData, withFaultsAsFailures } from './invalid-data.ts'
import { createJobProgress } from './progress.ts'
import type { CatalogueReader, Dataset, FormatReader, ReadingTask } from './reader.ts'
import { formats } from './readers/formats.ts'
import { saveCifar } from './save-cifar.ts'
import { savePictures } from './save-pictures.ts'

/** Everything that comes with Convas. */
const catalogueReaders: readonly CatalogueReader[] = [doodles, mnist, colourShapes, traffic]

/** Changes whenever files would be decoded to other samples. */
const decodingVersion = 1

export interface DatasetStore {
  readonly catalogue: () => Promise<readonly CatalogueEntry[]>
  /** The data set on the disk, made or decoded first where that is new. `job` names it in progress and cancel. */
  readonly find: (source: DataSource, job?: string) => Promise<Result<StoredDataset>>
  /** The same in memory; the last two that were opened stay there. */
  readonly open: (source: DataSource, job?: string) => Promise<Result<Dataset>>
  readonly inspect: (
    paths: readonly string[],
    choices: ReadingChoices | null,
    job: string,
  ) => Promise<Result<Inspection>>
  readonly import: (source: FileSource, name: string | null, job: string) => Promise<Result<ImportedDataset>>
  readonly imported: () => Promise<readonly ImportedDataset[]>
  readonly remove: (id: string) => Promise<Result<null>>
  /** Writes a data set out again; the answer lists what was written. */
  readonly export: (source: DataSource, to: ExportTarget, job: string) => Promise<Result<readonly string[]>>
  readonly cancel: (job: string) => void
}

export interface ExportTarget {
  readonly as: ExportForm
  readonly folder: string
}

export interface DatasetStoreOptions {
  readonly cacheFolder: string
  readonly decoders: DecoderPool
  readonly tell: (progress: JobProgress) => void
}

/** What has to be written for a source, and where it is kept. */
interface Plan {
  readonly key: string
  /** With every option; null for data of the catalogue. */
  readonly source: FileSource | null
  readonly name: string
  readonly write: (writer: CacheWriter, task: ReadingTask) => Promise<WrittenSamples>
}

/** Data sets with their decoded cache under `cacheFolder`. */
export function createDatasetStore({ cacheFolder, decoders, tell }: DatasetStoreOptions): DatasetStore {
  const making = new Map<string, Promise<StoredDataset>>()
  const loaded = new Map<string, Promise<Dataset>>()
  const cancelled = new Set<string>()
  const imports = createImportList(cacheFolder)
  const quiet = (job: string): ReadingTask => ({ isCancelled: () => cancelled.has(job), progress: () => undefined })

  /** Reads options from the files where some are left open. Throws InvalidData. */
  const planFiles = async (source: FileSource, task: ReadingTask): Promise<Plan> => {
    const files = await listFiles([source.path, ...(source.more ?? [])], task.isCancelled)
    const options =
      completeOptions(source.options) ?? (await recognise(files, source.options ?? null, task, false))[0].options
    const content = JSON.stringify([decodingVersion, files.fingerprint, options])
    return {
      key: `files-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`,
      source: { ...source, options },
      name: files.name,
      write: (writer, writing) => {
        const reader = formats[options.format] as FormatReader
        return reader.write({ files, task: writing, decoders }, options, writer)
      },
    }
  }

  const planSource = async (source: DataSource, task: ReadingTask): Promise<Plan> => {
    if (!('source' in source)) return planFiles(source, task)
    const reader = catalogueReaders.find(({ catalogue }) => catalogue.id === source.source)
    if (reader === undefined)
      throw new InvalidData(
        {
          en: `No data set is known as "${source.source}". Choose one of the catalogue.`,
          ko: `"${source.source}" 데이터 세트를 찾을 수 없습니다. 내장 데이터 가운데 고르세요.`,
        },
        'missing-dataset',
      )
    const windows = chosenWindows(source.windows)
    if (windows !== null && reader.hasWindows !== true)
      throw new InvalidData({
        en: `Windows can be cut out of a series only. "${reader.catalogue.title.en}" is none: leave ${Object.keys(windows).join(', ')} out.`,
        ko: `창은 시계열에서만 자를 수 있습니다. "${reader.catalogue.title.ko}" 데이터는 시계열이 아닙니다. 빼야 할 값: ${Object.keys(windows).join(', ')}`,
      })
    return {
      key: keyOf(reader, windows),
      source: null,
      name: reader.catalogue.title.en,
      write: (writer, writing) => reader.write(writer, writing, windows ?? {}),
    }
  }

  /** Tries each format; the one that was chosen, or else those that recognise the files, in their order. */
  const recognise = async (
    files: FileTree,
    choices: ReadingChoices | null,
    task: ReadingTask,
    preview: boolean,
  ): Promise<readonly [Recognition, ...Recognition[]]> => {
    const found: Recognition[] = []
    const faults: Text[] = []
    const order =
      choices === null ? fileFormats : [choices.format, ...fileFormats.filter((format) => format !== choices.format)]
    for (const format of order) {
      const reader = formats[format] as FormatReader
      const isChosen = choices?.format === format
      if (choices !== null && !isChosen && !preview) break
      try {
        const recognised = await reader.recognise({ files, task, decoders }, isChosen ? choices : null, { preview })
        if (recognised !== null) found.push(recognised)
      } catch (error) {
        // What one kind makes of files that are of another is of no use, unless nothing else knows them.
        if (!(error instanceof InvalidData) || isChosen || error.code === 'cancelled') throw error
        faults.push(error.text)
      }
    }
    const noted = found.map((one) => ({ ...one, warnings: [...files.notes, ...one.warnings] }))
    const [first, ...others] = choices === null ? likeliestFirst(noted) : noted
    if (first !== undefined) return [first, ...others]
    throw new InvalidData(
      faults[0] ?? {
        en: `Pictures, arrays (npz, npy, idx, CIFAR) or a CSV were expected in "${files.name}". Found: ${describeFiles(files, 'no ending')}`,
        ko: `"${files.name}"에 그림, 배열(npz, npy, idx, CIFAR)이나 CSV가 있어야 합니다. 찾은 파일: ${describeFiles(files, '확장자 없음')}`,
      },
    )
  }

  /** The cache of a plan, written first where it is missing or damaged. */
  const make = async (plan: Plan, job: string): Promise<StoredDataset> => {
    const folder = path.join(cacheFolder, plan.key)
    const present = await readStored(folder)
    if (present !== null) return present
    const { progress, finish } = createJobProgress(job, tell)
    const writer = await createCacheWriter(folder)
    try {
      await writer.finish(await plan.write(writer, { isCancelled: () => cancelled.has(job), progress }))
      const stored = await readStored(folder)
      if (stored === null) throw new Error('The decoded data could not be read back.')
      finish('done')
      return stored
    } catch (error) {
      await writer.abandon()
      finish(error instanceof InvalidData && error.code === 'cancelled' ? 'cancelled' : 'failed')
      throw error
    }
  }

  const makeOnce = (plan: Plan, job: string): Promise<StoredDataset> => {
    const present = making.get(plan.key)
    if (present !== undefined) return present
    const made = make(plan, job).finally(() => {
      making.delete(plan.key)
      cancelled.delete(job)
    })
    making.set(plan.key, made)
    return made
  }

  /** An import outlives its files, whatever became of them. */
  const findImport = async (source: FileSource): Promise<StoredDataset | null> => {
    for (const entry of await imports.read()) {
      if (!isSameSource(entry.source, source)) continue
      const stored = await readStored(path.join(cacheFolder, entry.key))
      if (stored !== null) return stored
    }
    return null
  }

  const findOrThrow = async (source: DataSource, job: string): Promise<StoredDataset> => {
    let plan: Plan
    try {
      plan = await planSource(source, quiet(job))
    } catch (error) {
      const isCancelled = error instanceof InvalidData && error.code === 'cancelled'
      const kept = 'source' in source || isCancelled ? null : await findImport(source)
      if (kept === null) throw error
      return kept
    }
    if (plan.source !== null) await imports.use(plan.key)
    return makeOnce(plan, job)
  }

  const describeImport = async (entry: ImportEntry): Promise<ImportedDataset | null> => {
    const stored = await readStored(path.join(cacheFolder, entry.key))
    if (stored === null) return null
    const { id, name, source, imported, used } = entry
    const now = await planFiles(source, quiet('')).then(
      ({ key }) => key,
      () => null,
    )
    return {
      id,
      name,
      source,
      imported,
      used,
      descriptor: { ...stored.descriptor, title: name, titles: { en: name, ko: name } },
      bytes: await stored.bytes(),
      current: now === entry.key,
    }
  }

  const find: DatasetStore['find'] = (source, job = '') => withFaultsAsFailures(() => findOrThrow(source, job))
  return {
    find,
    open: async (source, job = '') => {
      const found = await find(source, job)
      if (!found.ok) return found
      const { folder, load } = found.value
      const loading = loaded.get(folder) ?? load()
      loaded.delete(folder)
      loaded.set(folder, loading)
      for (const old of [...loaded.keys()].slice(0, -2)) loaded.delete(old)
      const dataset = await withFaultsAsFailures(() => loading)
      if (!dataset.ok) loaded.delete(folder)
      return dataset
    },
    inspect: (paths, choices, job) =>
      withFaultsAsFailures(async () => {
        try {
          const task = quiet(job)
          const files = await listFiles(paths, task.isCancelled)
          const recognised = await recognise(files, choices, task, true)
          const [first = '', ...more] = paths
          const source: FileSource = { path: first, ...(more.length > 0 && { more }), options: recognised[0].options }
          return { source, name: files.name, recognised }
        } finally {
          cancelled.delete(job)
        }
      }),
    import: (source, name, job) =>
      withFaultsAsFailures(async () => {
        if (source.options?.format === 'pictures') decoders.prepare()
        const plan = await planFiles(source, quiet(job))
        await makeOnce(plan, job)
        const entry = await imports.add({ name: name ?? plan.name, source: plan.source ?? source, key: plan.key })
        const described = await describeImport(entry)
        if (described === null) throw new Error('The imported data could not be read back.')
        return described
      }),
    imported: async () => {
      const described = await Promise.all((await imports.read()).map(describeImport))
      return described.filter((dataset) => dataset !== null)
    },
    remove: async (id) => {
      const removed = await withFaultsAsFailures(() => imports.remove(id))
      if (!removed.ok) return removed
      if (removed.value === null)
        return failureIn('not-found', {
          en: `No imported data set has the id "${id}".`,
          ko: `가져온 데이터 가운데 id가 "${id}"인 것이 없습니다.`,
        })
      const folder = path.join(cacheFolder, removed.value.key)
      loaded.delete(folder)
      return withFaultsAsFailures(async () => {
        await rm(folder, { recursive: true, force: true })
        return null
      })
    },
    export: async (source, { as, folder }, job) => {
      const found = await find(source, job)
      if (!found.ok) return found
      const { progress, finish } = createJobProgress(job, tell)
      const written = await withFaultsAsFailures(() =>
        as === 'cifar'
          ? saveCifar(found.value, folder)
          : savePictures(found.value, folder, { isCancelled: () => cancelled.has(job), progress }),
      )
      cancelled.delete(job)
      finish(written.ok ? 'done' : written.error.code === 'cancelled' ? 'cancelled' : 'failed')
      return written
    },
    cancel: (job) => {
      cancelled.add(job)
    },
    catalogue: () =>
      Promise.all(
        catalogueReaders.map(async (reader) => ({
          ...reader.catalogue,
          ready: (await readStored(path.join(cacheFolder, keyOf(reader)))) !== null,
        })),
      ),
  }
}

/** Rows without dates are a table sooner than a series, unless there is but one column. */
function likeliestFirst(found: readonly Recognition[]): readonly Recognition[] {
  const isUnlikely = (one: Recognition) => one.format === 'series' && one.options.time === null
  return [...found.filter((one) => !isUnlikely(one)), ...found.filter(isUnlikely)]
}

/** Windows that are cut otherwise than by default, in an order of their own; null where none are. */
function chosenWindows(windows: WindowChoices | undefined): WindowChoices | null {
  const chosen = Object.entries(windows ?? {}).filter(([, value]) => value !== undefined)
  return chosen.length === 0 ? null : Object.fromEntries(chosen.sort(([one], [other]) => (one < other ? -1 : 1)))
}

function keyOf({ catalogue, version }: CatalogueReader, windows: WindowChoices | null = null): string {
  const whole = `${catalogue.id}-${version}`
  if (windows === null) return whole
  return `${whole}-${createHash('sha256').update(JSON.stringify(windows)).digest('hex').slice(0, 16)}`
}

/** The options where none is left open; null otherwise. */
function completeOptions(choices: ReadingChoices | undefined): ReadingOptions | null {
  if (choices === undefined) return null
  const parsed = readingOptionsSchemas[choices.format].safeParse(choices)
  return parsed.success ? parsed.data : null
}

/** The kinds of files there are, most frequent first. */
function describeFiles({ entries }: FileTree, withoutEnding: string): string {
  const counts = new Map<string, number>()
  for (const { path: name } of entries) {
    const kind = /\.([a-z\d]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? withoutEnding
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 4)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(', ')
}
