import type { FileHandle } from 'node:fs/promises'
import { open, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ColumnSummary } from '../../../common/data/columns.ts'
import type { DatasetDescriptor, Part } from '../../../common/data/dataset.ts'
import type { ImportReport } from '../../../common/data/imported.ts'
import type { Dataset, DecodedPart } from '../reader.ts'
import { parts } from './parts.ts'
import type { SeriesRows } from './writer.ts'

/** Of the files in a cache folder; another one is made anew. */
export const cacheVersion = 2

export interface CacheMeta {
  readonly version: typeof cacheVersion
  readonly descriptor: DatasetDescriptor
  readonly type: 'uint8' | 'float32'
  /** Names of a series' columns. */
  readonly series: readonly string[] | null
}

/** A data set on the disk. Pages of it are read without the rest. */
export interface StoredDataset {
  readonly folder: string
  readonly descriptor: DatasetDescriptor
  readonly type: CacheMeta['type']
  /** Samples of a part, row-major, in the order of `indices`, which must lie in it. */
  readonly samples: (part: Part, indices: ArrayLike<number>) => Promise<Uint8Array | Float32Array>
  readonly targets: (part: Part) => Promise<Float32Array>
  /** The file of each sample; null where samples have none. */
  readonly names: (part: Part) => Promise<readonly string[] | null>
  readonly report: () => Promise<ImportReport | null>
  readonly columns: () => Promise<readonly ColumnSummary[]>
  readonly series: () => Promise<SeriesRows | null>
  readonly bytes: () => Promise<number>
  /** All of it in memory. */
  readonly load: () => Promise<Dataset>
}

/** What a cache folder holds; null where it is missing or not whole, and must be made anew. */
export async function readStored(folder: string): Promise<StoredDataset | null> {
  const meta = await readJson<CacheMeta>(path.join(folder, 'meta.json'))
  if (meta === null || meta.version !== cacheVersion) return null
  const { descriptor, type } = meta
  const valueBytes = type === 'uint8' ? 1 : 4
  const sampleBytes = descriptor.shape.reduce((product, length) => product * length, valueBytes)
  for (const part of parts) {
    const count = descriptor.counts[part]
    if ((await sizeOf(path.join(folder, `${part}.inputs`))) !== count * sampleBytes) return null
    if ((await sizeOf(path.join(folder, `${part}.targets`))) !== count * 4) return null
  }
  const asValues = (bytes: Uint8Array<ArrayBuffer>) => (type === 'uint8' ? bytes : new Float32Array(bytes.buffer))
  let names: Readonly<Record<Part, readonly string[]>> | null | undefined

  const loadPart = async (part: Part): Promise<DecodedPart> => ({
    inputs: asValues(await readWhole(path.join(folder, `${part}.inputs`))),
    targets: new Float32Array((await readWhole(path.join(folder, `${part}.targets`))).buffer),
  })

  return {
    folder,
    descriptor,
    type,
    samples: async (part, indices) => {
      const bytes = new Uint8Array(indices.length * sampleBytes)
      const file = await open(path.join(folder, `${part}.inputs`), 'r')
      try {
        // Neighbours are read together: a page of pictures is one read.
        for (let row = 0; row < indices.length;) {
          const from = indices[row] as number
          let length = 1
          while (row + length < indices.length && indices[row + length] === from + length) length++
          await readInto(file, bytes, row * sampleBytes, length * sampleBytes, from * sampleBytes)
          row += length
        }
      } finally {
        await file.close()
      }
      return asValues(bytes)
    },
    targets: async (part) => new Float32Array((await readWhole(path.join(folder, `${part}.targets`))).buffer),
    names: async (part) => {
      names ??= await readJson<Readonly<Record<Part, readonly string[]>>>(path.join(folder, 'names.json'))
      return names?.[part] ?? null
    },
    report: () => readJson<ImportReport>(path.join(folder, 'report.json')),
    columns: async () => (await readJson<readonly ColumnSummary[]>(path.join(folder, 'columns.json'))) ?? [],
    series: async () => {
      if (meta.series === null) return null
      const times = path.join(folder, 'series.times')
      return {
        names: meta.series,
        values: new Float64Array((await readWhole(path.join(folder, 'series.values'))).buffer),
        times: (await sizeOf(times)) === null ? null : new Float64Array((await readWhole(times)).buffer),
      }
    },
    bytes: async () => {
      let sum = 0
      for (const part of parts)
        for (const kind of ['inputs', 'targets']) sum += (await sizeOf(path.join(folder, `${part}.${kind}`))) ?? 0
      return sum
    },
    load: async () => ({ descriptor, parts: { train: await loadPart('train'), test: await loadPart('test') } }),
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size
  } catch {
    return null
  }
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch {
    return null
  }
}

/** Straight into one array of its own, whatever its size: readFile refuses more than 2 GB. */
async function readWhole(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(file, 'r')
  try {
    const bytes = new Uint8Array((await handle.stat()).size)
    await readInto(handle, bytes, 0, bytes.length, 0)
    return bytes
  } finally {
    await handle.close()
  }
}

async function readInto(file: FileHandle, bytes: Uint8Array, to: number, count: number, from: number): Promise<void> {
  for (let done = 0; done < count;) {
    const { bytesRead } = await file.read(bytes, to + done, Math.min(count - done, 1 << 30), from + done)
    if (bytesRead === 0) throw new Error('A cached data set is shorter than it says.')
    done += bytesRead
  }
}
