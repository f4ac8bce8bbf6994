import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobProgress } from '../../common/contract.ts'
import type { CatalogueId } from '../../common/data/dataset.ts'
import type { Validation } from '../../common/data/split.ts'
import { splitCounts } from '../../common/data/split.ts'
import { epochOrder, splitFault, splitFor } from '../train/batches.ts'
import { drawDoodle } from './drawing/doodle.ts'
import { createDecoderPool } from './decoding/pool.ts'
import type { Dataset } from './reader.ts'
import { saveCifar } from './save-cifar.ts'
import { createDatasetStore } from './store.ts'
import { drawExamples } from './catalogue/doodles.ts'
import { trafficRows } from './catalogue/traffic.ts'

// The catalogue has no pictures to decode: no process is ever started.
const decoders = createDecoderPool({ script: '', tensorflow: false, wasmFolder: '' })
const storeIn = (cacheFolder: string, tell: (progress: JobProgress) => void = () => undefined) =>
  createDatasetStore({ cacheFolder, decoders, tell })

const fixtures = path.resolve('src-main/engine/datasets/testing/fixtures')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-data-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const open = async (source: CatalogueId, told: JobProgress[] = []) => {
  const opened = await storeIn(folder, (progress) => told.push(progress)).open({ source }, 'job')
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

describe('data sets', () => {
  test.each([
    ['cat-dog-doodles', [32, 32, 1], { train: 8_005, test: 2_000 }, 'drawn', [4_003, 4_002]],
    ['shapes-in-colour', [32, 32, 3], { train: 10_000, test: 2_000 }, 'drawn', Array.from({ length: 10 }, () => 1_000)],
    ['traffic-sample', [288, 1], { train: 6_220, test: 1_555 }, 'generated', []],
    [
      'mnist',
      [28, 28, 1],
      { train: 60_000, test: 10_000 },
      'real',
      [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    ],
  ] as const)(
    '%s has its shape, counts and origin, and is the same when read back',
    async (id, shape, counts, origin, classCounts) => {
      const told: JobProgress[] = []
      const made = await open(id, told)
      expect(made.descriptor).toMatchObject({ shape, counts, origin, classCounts })
      expect(told.at(-1)).toMatchObject({ job: 'job', state: 'done' })
      const again: JobProgress[] = []
      const stored = await open(id, again)
      expect(again).toEqual([])
      expect(stored.descriptor).toEqual(made.descriptor)
      expect(
        Buffer.compare(Buffer.from(stored.parts.test.inputs.buffer), Buffer.from(made.parts.test.inputs.buffer)),
      ).toBe(0)
    },
  )

  test('windows of the traffic sample are cut as asked, and of pictures not at all', async () => {
    const store = storeIn(folder)
    const short = await store.open({ source: 'traffic-sample', windows: { lookBack: 60, stride: 4 } })
    if (!short.ok) throw new Error(short.error.message)
    const { shape, counts, series } = short.value.descriptor
    // Below 8,064 − 60 − 1 in steps of four; four fifths of them train.
    expect([shape, counts, series?.lookBack]).toEqual([[60, 1], { train: 1_600, test: 401 }, 60])
    expect((await open('traffic-sample')).descriptor.shape).toEqual([288, 1])
    expect(await store.find({ source: 'mnist', windows: { lookBack: 60 } })).toMatchObject({
      ok: false,
      error: { code: 'invalid-dataset', message: expect.stringContaining('leave lookBack out') as string },
    })
  })

  test('shapes in colour are written in the form of CIFAR-10, and read from it as they were', async () => {
    const store = storeIn(folder)
    const made = await store.find({ source: 'shapes-in-colour' })
    if (!made.ok) throw new Error(made.error.message)
    const written = path.join(folder, 'cifar')
    const files = await saveCifar(made.value, written)
    expect(files.map((file) => path.basename(file))).toEqual([
      ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
      'test_batch.bin',
      'batches.meta.txt',
    ])
    // Each record of the published form: a label and 3,072 values.
    expect((await stat(path.join(written, 'data_batch_1.bin'))).size).toBe(2_000 * 3_073)
    const read = await store.open({ path: written })
    if (!read.ok) throw new Error(read.error.message)
    const original = await made.value.load()
    expect(read.value.descriptor).toMatchObject({
      kind: 'arrays',
      shape: [32, 32, 3],
      classes: made.value.descriptor.classes,
      counts: made.value.descriptor.counts,
    })
    for (const part of ['train', 'test'] as const) {
      expect(
        Buffer.compare(read.value.parts[part].inputs as Uint8Array, original.parts[part].inputs as Uint8Array),
      ).toBe(0)
      expect(read.value.parts[part].targets).toEqual(original.parts[part].targets)
    }
    await expect(saveCifar(made.value, written)).rejects.toThrow(/new or empty folder/)
    const grey = await store.find({ source: 'cat-dog-doodles' })
    if (!grey.ok) throw new Error(grey.error.message)
    await expect(saveCifar(grey.value, path.join(folder, 'grey'))).rejects.toThrow(/32 × 32.*32 × 32 × 1/)
  })

  test('pictures are written as PNG files by class, and read from them as they were', async () => {
    const store = storeIn(folder)
    const original = await store.open({ path: path.join(fixtures, 'cifar-binary') })
    if (!original.ok) throw new Error(original.error.message)
    const to = { as: 'pictures', folder: path.join(folder, 'as-pictures') } as const
    const told: JobProgress[] = []
    const written = await storeIn(folder, (progress) => told.push(progress)).export(
      { path: path.join(fixtures, 'cifar-binary') },
      to,
      'out',
    )
    if (!written.ok) throw new Error(written.error.message)
    expect(written.value.every((inside) => /as-pictures[/\\](train|test)[/\\]/.test(inside))).toBe(true)
    expect(told.at(-1)).toMatchObject({ job: 'out', state: 'done', done: 14 })
    const { classes, counts } = original.value.descriptor
    const sums: string[] = []
    for (const part of ['train', 'test'] as const) {
      for (let index = 0; index < counts[part]; index++) {
        const name = classes[original.value.parts[part].targets[index] as number] ?? ''
        const file = path.join(to.folder, part, name, `${String(index).padStart(String(counts[part]).length, '0')}.png`)
        const { data } = PNG.sync.read(await readFile(file))
        const pixels = Array.from({ length: 3_072 }, (_, at) => data[Math.floor(at / 3) * 4 + (at % 3)])
        expect(pixels).toEqual([...original.value.parts[part].inputs.subarray(index * 3_072, (index + 1) * 3_072)])
        sums.push(name)
      }
    }
    expect(sums).toHaveLength(counts.train + counts.test)
  })

  test('an export that is cancelled or cannot be leaves no folder behind', async () => {
    const store = storeIn(folder, ({ job }) => store.cancel(job))
    const place = path.join(folder, 'nothing')
    const cancelled = await store.export({ source: 'shapes-in-colour' }, { as: 'pictures', folder: place }, 'job')
    expect(cancelled).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    const values = await store.export({ source: 'traffic-sample' }, { as: 'pictures', folder: place }, 'job')
    expect(values).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/Pictures.*288 × 1/) as string },
    })
    expect((await readdir(folder)).filter((name) => name.startsWith('nothing'))).toEqual([])
  })

  test('a cat and a dog are drawn at 256 × 256 too, each in its own way and the same each time', () => {
    const { shape, labels, pixels } = drawExamples(256)
    expect([shape, labels, pixels.length]).toEqual([[256, 256, 1], [0, 1], 2 * 256 * 256])
    const [cat, dog] = [pixels.subarray(0, 65_536), pixels.subarray(65_536)]
    for (const one of [cat, dog]) expect(Math.max(...one) - Math.min(...one)).toBeGreaterThan(150)
    expect(cat).not.toEqual(dog)
    expect(drawExamples(256).pixels).toEqual(pixels)
  })

  test('a cache that was cut off is made anew', async () => {
    const before = await open('traffic-sample')
    const [name] = (await readdir(folder)).filter((entry) => entry.startsWith('traffic'))
    await truncate(path.join(folder, name ?? '', 'train.inputs'), 100)
    const told: JobProgress[] = []
    expect((await open('traffic-sample', told)).descriptor.hash).toBe(before.descriptor.hash)
    expect(told.length).toBeGreaterThan(0)
  })

  test('making data can be cancelled, and leaves nothing behind', async () => {
    const fresh = await mkdtemp(path.join(os.tmpdir(), 'convas-data-'))
    const store = storeIn(fresh, ({ job, state }) => {
      if (state === 'running') store.cancel(job)
    })
    const opened = await store.open({ source: 'cat-dog-doodles' }, 'draw')
    expect(opened).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    expect(await readdir(fresh)).toEqual([])
    await rm(fresh, { recursive: true })
  })

  test('data that nobody knows are refused by name', async () => {
    const opened = await storeIn(folder).open({ path: '/nowhere/pictures.zip' })
    expect(opened).toMatchObject({ ok: false, error: { code: 'missing-dataset' } })
  })

  test('a doodle follows from its seed alone, at any size', () => {
    const hash = (animal: 'cat' | 'dog', seed: number, size: number) =>
      createHash('sha256')
        .update(drawDoodle(animal, seed, size))
        .digest('hex')
    expect(hash('cat', 5, 32)).toBe(hash('cat', 5, 32))
    expect(hash('cat', 5, 32)).not.toBe(hash('cat', 6, 32))
    expect(hash('cat', 5, 32)).not.toBe(hash('dog', 5, 32))
    const mean = (pixels: Uint8Array) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length
    expect(Math.abs(mean(drawDoodle('dog', 9, 32)) - mean(drawDoodle('dog', 9, 128)))).toBeLessThan(6)
  })

  test('the traffic rows are 5 minutes apart and their columns agree', () => {
    const rows = trafficRows()
    expect(rows).toHaveLength(8_064)
    expect([rows[0]?.date, rows[1]?.date, rows.at(-1)?.date]).toEqual([
      '2017-04-02 0:00',
      '2017-04-02 0:05',
      '2017-04-29 23:55',
    ])
    expect(rows.filter((row) => row.small + row.medium + row.large !== row.total)).toEqual([])
    expect(rows.filter((row) => row.speed < 1 || row.speed > 130 || row.occupancy < 0 || row.occupancy > 100)).toEqual(
      [],
    )
  })
})

describe('splits and orders', () => {
  const split = (dataset: Dataset, validation: Validation, seed = 1) => {
    const { train, validation: held } = splitFor(dataset, { split: { validation }, seed })
    return { train, held: held.positions }
  }

  test('a split keeps the classes’ shares, loses nothing and follows from the seed', async () => {
    const dataset = await open('cat-dog-doodles')
    const { train, held } = split(dataset, 0.25)
    expect([train.length, held.length]).toEqual([6_003, 2_002])
    expect(new Set([...train, ...held]).size).toBe(8_005)
    expect(held.filter((position) => dataset.parts.train.targets[position] === 1)).toHaveLength(1_001)
    expect(split(dataset, 0.25)).toEqual({ train, held })
    expect(split(dataset, 0.25, 2).held).not.toEqual(held)
  })

  test('a series validates on its end', async () => {
    const { train, held } = split(await open('traffic-sample'), 0.1)
    expect([train.at(-1), held[0], held.at(-1)]).toEqual([5_597, 5_598, 6_219])
  })

  test('folds share out all samples and every class evenly, each sample once', async () => {
    const dataset = await open('cat-dog-doodles')
    const folds = [1, 2, 3, 4].map((fold) => split(dataset, { fold, of: 4 }))
    expect(folds.map(({ held }) => held.length)).toEqual([2_002, 2_001, 2_001, 2_001])
    expect(folds.map(({ train, held }) => new Set([...train, ...held]).size)).toEqual([8_005, 8_005, 8_005, 8_005])
    expect(new Set(folds.flatMap(({ held }) => [...held])).size).toBe(8_005)
    const dogs = folds.map(({ held }) => held.filter((position) => dataset.parts.train.targets[position] === 1).length)
    expect(Math.max(...dogs) - Math.min(...dogs)).toBeLessThanOrEqual(1)
  })

  test('the folds of a series never learn from its future', async () => {
    const dataset = await open('traffic-sample')
    const folds = [1, 2, 3].map((fold) => split(dataset, { fold, of: 3 }))
    expect(folds.map(({ train, held }) => [train.length, held[0], held.at(-1)])).toEqual([
      [1_555, 1_555, 3_109],
      [3_110, 3_110, 4_664],
      [4_665, 4_665, 6_219],
    ])
  })

  test('what the data set aside validates', async () => {
    const dataset = await open('cat-dog-doodles')
    const given = { ...dataset, descriptor: { ...dataset.descriptor, heldOut: 1_000 } }
    const { train, held } = split(given, 'given')
    expect([train.length, train.at(-1), held[0], held.length]).toEqual([7_005, 7_004, 7_005, 1_000])
    expect(splitFault(dataset, { split: { validation: 'given' }, seed: 1 })?.message).toMatch(/set aside no samples/)
  })

  test.each(['cat-dog-doodles', 'traffic-sample'] as const)(
    'a split of %s is as large as is told before',
    async (id) => {
      const dataset = await open(id)
      const wanted: readonly Validation[] = [0, 0.1, 0.25, { fold: 1, of: 4 }, { fold: 4, of: 4 }, { fold: 2, of: 5 }]
      const made = wanted.map((validation) => split(dataset, validation))
      expect(wanted.map((validation) => splitCounts(validation, dataset.descriptor))).toEqual(
        made.map(({ train, held }) => ({ train: train.length, validation: held.length })),
      )
    },
  )

  test('judging on the test part holds nothing back', async () => {
    const split = splitFor(await open('cat-dog-doodles'), { split: { validation: 'test' }, seed: 1 })
    expect([split.train.length, split.validation.part, split.validation.positions.length]).toEqual([
      8_005,
      'test',
      2_000,
    ])
  })

  test('every epoch takes all samples once, in another order', () => {
    const samples = Int32Array.from({ length: 50 }, (_, index) => index * 2)
    const [first, second] = [epochOrder(samples, 1, 1), epochOrder(samples, 1, 2)]
    expect(first.slice().sort()).toEqual(samples)
    expect(first).not.toEqual(second)
    expect(epochOrder(samples, 1, 2)).toEqual(second)
  })
})
