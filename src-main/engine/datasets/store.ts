import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { CatalogueEntry, JobProgress } from '../../common/contract.ts'
import type { DatasetDescriptor, DataSource, Part } from '../../common/data/dataset.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import { colourShapes } from './colour-shapes.ts'
import { doodles } from './doodles.ts'
import { mnist } from './mnist.ts'
import type { Dataset, DatasetReader, DecodedSamples } from './reader.ts'
import { traffic } from './traffic.ts'

/** Every kind of data there is; the first that matches a source reads it. */
const readers: readonly DatasetReader[] = [doodles, mnist, colourShapes, traffic]

const parts: readonly Part[] = ['train', 'test']

export interface DatasetStore {
  readonly catalogue: () => Promise<readonly CatalogueEntry[]>
  /** The data set in memory, made or decoded and cached first where that is new. `job` names it in progress and cancel. */
  readonly open: (source: DataSource, job?: string) => Promise<Result<Dataset>>
  readonly cancel: (job: string) => void
}

/** Data sets with their decoded cache under `cacheFolder`. The last two that were used stay in memory. */
export function createDatasetStore(cacheFolder: string, tell: (progress: JobProgress) => void): DatasetStore {
  const opened = new Map<string, Promise<Result<Dataset>>>()
  const cancelled = new Set<string>()

  const open = async (source: DataSource, job = ''): Promise<Result<Dataset>> => {
    const reader = readers.find((candidate) => candidate.match(source))
    if (reader === undefined) {
      const wanted = 'source' in source ? source.source : source.path
      return failure('missing-dataset', `No data set is known as "${wanted}". Choose one of the catalogue.`)
    }
    const key = reader.cacheKey(source)
    const present = opened.get(key)
    if (present !== undefined) {
      opened.delete(key)
      opened.set(key, present)
      return present
    }
    const opening = openOne(reader, source, path.join(cacheFolder, key), job)
    opened.set(key, opening)
    const result = await opening
    if (!result.ok) opened.delete(key)
    for (const old of [...opened.keys()].slice(0, -2)) opened.delete(old)
    return result
  }

  const openOne = async (reader: DatasetReader, source: DataSource, folder: string, job: string) => {
    const stored = await readStored(folder)
    if (stored !== null) return success(stored)
    const startMs = Date.now()
    let last: JobProgress | null = null
    const samples = await reader.read(source, {
      isCancelled: () => cancelled.has(job),
      progress: ({ title, done, total, unit }) => {
        const elapsed = (Date.now() - startMs) / 1000
        last = {
          job,
          title,
          done,
          total,
          unit,
          secondsLeft: done > 0 ? (elapsed / done) * (total - done) : null,
          state: 'running',
        }
        if (job !== '') tell(last)
      },
    })
    cancelled.delete(job)
    const finish = (state: JobProgress['state']) => {
      if (last !== null && job !== '')
        tell({ ...last, done: state === 'done' ? last.total : last.done, secondsLeft: null, state })
    }
    if (!samples.ok) {
      finish(samples.error.code === 'cancelled' ? 'cancelled' : 'failed')
      return samples
    }
    const dataset: Dataset = { descriptor: describe(samples.value), parts: samples.value.parts }
    const written = await store(folder, dataset)
    finish(written.ok ? 'done' : 'failed')
    return written.ok ? success(dataset) : written
  }

  return {
    open,
    cancel: (job) => {
      cancelled.add(job)
    },
    catalogue: async () => {
      const entries: CatalogueEntry[] = []
      for (const { catalogue, cacheKey } of readers) {
        if (catalogue === null) continue
        const descriptor = await readDescriptor(path.join(cacheFolder, cacheKey({ source: catalogue.id })))
        entries.push({ ...catalogue, ready: descriptor !== null })
      }
      return entries
    },
  }
}

function describe({ about, parts: samples }: DecodedSamples): DatasetDescriptor {
  const hash = createHash('sha256')
  for (const part of parts) {
    for (const values of [samples[part].inputs, samples[part].targets]) {
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    }
  }
  const classCounts = about.classes.map(() => 0)
  if (about.task === 'classification') {
    for (const label of samples.train.targets) classCounts[label] = (classCounts[label] ?? 0) + 1
  }
  return {
    ...about,
    counts: { train: samples.train.targets.length, test: samples.test.targets.length },
    classCounts,
    hash: hash.digest('hex'),
  }
}

interface Meta {
  readonly descriptor: DatasetDescriptor
  readonly type: 'uint8' | 'float32'
}

async function readMeta(folder: string): Promise<Meta | null> {
  try {
    return JSON.parse(await readFile(path.join(folder, 'meta.json'), 'utf8')) as Meta
  } catch {
    return null
  }
}

async function readDescriptor(folder: string): Promise<DatasetDescriptor | null> {
  return (await readMeta(folder))?.descriptor ?? null
}

/** What a cache folder holds; null where it is missing or not whole, and must be made anew. */
async function readStored(folder: string): Promise<Dataset | null> {
  const meta = await readMeta(folder)
  if (meta === null) return null
  const { descriptor, type } = meta
  const sampleSize = descriptor.shape.reduce((product, length) => product * length, 1)
  try {
    const readPart = async (part: Part) => {
      const [inputs, targets] = await Promise.all([
        readFile(path.join(folder, `${part}.inputs`)),
        readFile(path.join(folder, `${part}.targets`)),
      ])
      const count = descriptor.counts[part]
      if (inputs.length !== count * sampleSize * (type === 'uint8' ? 1 : 4) || targets.length !== count * 4)
        throw new Error(part)
      return { inputs: type === 'uint8' ? new Uint8Array(inputs) : floats(inputs), targets: floats(targets) }
    }
    return { descriptor, parts: { train: await readPart('train'), test: await readPart('test') } }
  } catch {
    return null
  }
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer)
}

/** Written beside and renamed: a reader sees a whole cache or none. */
async function store(folder: string, dataset: Dataset): Promise<Result<null>> {
  const part = `${folder}.${process.pid}.part`
  try {
    await rm(part, { recursive: true, force: true })
    await mkdir(part, { recursive: true })
    for (const name of parts) {
      await writeFile(path.join(part, `${name}.inputs`), dataset.parts[name].inputs)
      await writeFile(path.join(part, `${name}.targets`), dataset.parts[name].targets)
    }
    const type = dataset.parts.train.inputs instanceof Uint8Array ? 'uint8' : 'float32'
    await writeFile(path.join(part, 'meta.json'), JSON.stringify({ descriptor: dataset.descriptor, type }))
    // Another process may have been quicker; both hold the same.
    await rm(folder, { recursive: true, force: true })
    await rename(part, folder)
    return success(null)
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => undefined)
    const { code } = error as { code?: string }
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return success(null)
    if (code === 'ENOSPC')
      return failure('disk-full', `There is no space left for the data cache in ${path.dirname(folder)}.`)
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      return failure('no-permission', `The data cache ${path.dirname(folder)} cannot be written.`)
    return failure('internal', 'The decoded data could not be stored.', String(error))
  }
}
