import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ColumnSummary } from '../../../common/data/columns.ts'
import type { DatasetDescriptor, Part } from '../../../common/data/dataset.ts'
import type { ImportReport } from '../../../common/data/imported.ts'
import type { SkippedFile } from '../../../common/data/inspection.ts'
import { parts } from './parts.ts'
import { findRepeats } from './repeats.ts'
import { cacheVersion } from './stored.ts'
import type { CacheMeta } from './stored.ts'

const bufferBytes = 1 << 20

/** What a reader knows once all samples are written. */
export interface WrittenSamples {
  readonly about: Omit<DatasetDescriptor, 'counts' | 'classCounts' | 'testClassCounts' | 'hash'>
  readonly type: CacheMeta['type']
  readonly targets: Readonly<Record<Part, Float32Array>>
  /** The file of each sample, where it has one of its own. */
  readonly names: Readonly<Record<Part, readonly string[]>> | null
  readonly skipped: readonly SkippedFile[]
  readonly decoders: ImportReport['decoders']
  /** Of a CSV: its columns, and the numbers of a series' columns, row by row, in the unit of the file. */
  readonly columns: readonly ColumnSummary[]
  readonly series: SeriesRows | null
}

export interface SeriesRows {
  readonly names: readonly string[]
  /** [rows, names.length] */
  readonly values: Float64Array
  /** Milliseconds since 1970; null without dates. */
  readonly times: Float64Array | null
}

/** Samples on their way into a cache folder: nobody sees them before `finish`, nothing is left after `abandon`. */
export interface CacheWriter {
  /** Adds samples to the end of a part. */
  readonly append: (part: Part, values: Uint8Array | Float32Array) => Promise<void>
  /** Makes room for samples that other processes write by themselves: the file and its size. */
  readonly reserve: (part: Part, bytes: number) => Promise<string>
  /** Keeps only these samples, in this order (ascending), of a part that was reserved. */
  readonly keep: (part: Part, positions: Int32Array, sampleBytes: number) => Promise<void>
  readonly finish: (written: WrittenSamples) => Promise<DatasetDescriptor>
  readonly abandon: () => Promise<void>
}

/** Writes beside `folder` and renames in the end: a reader sees a whole cache or none. */
export async function createCacheWriter(folder: string): Promise<CacheWriter> {
  await removeLeftovers(path.dirname(folder))
  const place = `${folder}.${process.pid}.part`
  await rm(place, { recursive: true, force: true })
  await mkdir(place, { recursive: true })
  const startMs = Date.now()
  const files = new Map<Part, FileHandle>()
  const buffers = new Map<Part, { readonly bytes: Uint8Array; length: number }>()
  const inputsFile = (part: Part) => path.join(place, `${part}.inputs`)

  const fileOf = async (part: Part): Promise<FileHandle> => {
    const present = files.get(part)
    if (present !== undefined) return present
    const file = await open(inputsFile(part), 'w+')
    files.set(part, file)
    return file
  }
  const flush = async (part: Part) => {
    const buffer = buffers.get(part)
    if (buffer === undefined || buffer.length === 0) return
    await (await fileOf(part)).writeFile(buffer.bytes.subarray(0, buffer.length))
    buffer.length = 0
  }
  const close = async () => {
    for (const file of files.values()) await file.close()
    files.clear()
  }
  const abandon = async () => {
    await close()
    await rm(place, { recursive: true, force: true })
  }

  const finish = async (written: WrittenSamples): Promise<DatasetDescriptor> => {
    for (const part of parts) {
      await fileOf(part)
      await flush(part)
    }
    await close()
    const { about, type, targets, names, skipped, decoders, columns, series } = written
    const sampleBytes = about.shape.reduce((product, length) => product * length, type === 'uint8' ? 1 : 4)
    const hash = createHash('sha256')
    const repeats = await findRepeats({
      file: inputsFile,
      sampleBytes,
      counts: { train: targets.train.length, test: targets.test.length },
      // Windows of one series overlap by design.
      isWanted: about.kind !== 'series',
      onBytes: (bytes) => hash.update(bytes),
      onPartEnd: (part) => hash.update(bytesOf(targets[part])),
    })
    const descriptor: DatasetDescriptor = {
      ...about,
      counts: { train: targets.train.length, test: targets.test.length },
      classCounts: countClasses(about.classes.length, targets.train),
      testClassCounts: countClasses(about.classes.length, targets.test),
      hash: hash.digest('hex'),
    }
    const report: ImportReport = { skipped, ...repeats, decoders, seconds: (Date.now() - startMs) / 1000 }
    for (const part of parts) await writeFile(path.join(place, `${part}.targets`), bytesOf(targets[part]))
    if (names !== null) await writeFile(path.join(place, 'names.json'), JSON.stringify(names))
    if (columns.length > 0) await writeFile(path.join(place, 'columns.json'), JSON.stringify(columns))
    if (series !== null) {
      await writeFile(path.join(place, 'series.values'), bytesOf(series.values))
      if (series.times !== null) await writeFile(path.join(place, 'series.times'), bytesOf(series.times))
    }
    await writeFile(path.join(place, 'report.json'), JSON.stringify(report))
    const meta: CacheMeta = { version: cacheVersion, descriptor, type, series: series?.names ?? null }
    await writeFile(path.join(place, 'meta.json'), JSON.stringify(meta))
    try {
      await rm(folder, { recursive: true, force: true })
      await rename(place, folder)
    } catch (error) {
      // Another process may have been quicker; both hold the same.
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
      await rm(place, { recursive: true, force: true })
    }
    return descriptor
  }

  return {
    append: async (part, values) => {
      const bytes = bytesOf(values)
      let buffer = buffers.get(part)
      if (buffer === undefined) buffers.set(part, (buffer = { bytes: new Uint8Array(bufferBytes), length: 0 }))
      if (buffer.length + bytes.length > bufferBytes) await flush(part)
      if (bytes.length > bufferBytes) {
        await (await fileOf(part)).writeFile(bytes)
        return
      }
      buffer.bytes.set(bytes, buffer.length)
      buffer.length += bytes.length
    },
    reserve: async (part, bytes) => {
      await (await fileOf(part)).truncate(bytes)
      return inputsFile(part)
    },
    keep: async (part, positions, sampleBytes) => {
      const file = await fileOf(part)
      const sample = new Uint8Array(sampleBytes)
      for (const [to, from] of positions.entries()) {
        if (from === to) continue
        await file.read(sample, 0, sampleBytes, from * sampleBytes)
        await file.write(sample, 0, sampleBytes, to * sampleBytes)
      }
      await file.truncate(positions.length * sampleBytes)
    },
    finish,
    abandon,
  }
}

/** What processes left that were ended in the middle; a living one's is left alone. */
async function removeLeftovers(cacheFolder: string): Promise<void> {
  const names = await readdir(cacheFolder).catch(() => [])
  for (const name of names) {
    const pid = Number(/\.(\d+)\.part$/.exec(name)?.[1] ?? NaN)
    if (Number.isNaN(pid) || isAlive(pid)) continue
    await rm(path.join(cacheFolder, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function bytesOf(values: Uint8Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function countClasses(classes: number, targets: Float32Array): readonly number[] {
  const counts = new Array<number>(classes).fill(0)
  if (classes === 0) return counts
  for (const label of targets) counts[label] = (counts[label] ?? 0) + 1
  return counts
}
