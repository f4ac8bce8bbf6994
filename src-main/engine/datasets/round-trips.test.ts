import { createHash } from 'node:crypto'
import { readFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Part } from '../../common/data/dataset.ts'
import type { Recognition } from '../../common/data/inspection.ts'
import type { ReadingChoices } from '../../common/data/reading.ts'
import type { StoredDataset } from './cache/stored.ts'
import { trafficCsv } from './catalogue/traffic.ts'
import { createDatasetStore } from './store.ts'
import type { DatasetStore } from './store.ts'
import { buildDecoders } from './testing/decoders.ts'
import type { TestDecoders } from './testing/decoders.ts'
import { writeFiles } from './testing/pictures.ts'

/** Files that Python, NumPy, Pillow and zip wrote, and what they read in them: see make.py there. */
const fixtures = path.resolve('src-main/engine/datasets/testing/fixtures')
const fixture = (...names: string[]) => path.join(fixtures, ...names)

interface Expected {
  readonly digits: { readonly train: string; readonly test: string; readonly labels: readonly number[] }
  readonly values: string
  readonly half: string
  readonly int16: string
  readonly words: { readonly classes: readonly string[]; readonly labels: readonly number[] }
  readonly oneHot: string
  readonly cifar: {
    readonly train: string
    readonly test: string
    readonly small: string
    readonly labels: readonly number[]
    readonly names: readonly string[]
  }
  readonly series: { readonly rows: number; readonly least: number; readonly greatest: number; readonly mean: number }
}

let expected: Expected
let folder: string
let native: TestDecoders
let plain: TestDecoders
let stores: Readonly<Record<'tensorflow' | 'sharp', DatasetStore>>
beforeAll(async () => {
  expected = JSON.parse(await readFile(fixture('expected.json'), 'utf8')) as Expected
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-round-trips-'))
  native = await buildDecoders({ tensorflow: true })
  plain = await buildDecoders({ tensorflow: false })
  const storeWith = (name: string, { pool }: TestDecoders) =>
    createDatasetStore({ cacheFolder: path.join(folder, name), decoders: pool, tell: () => undefined })
  stores = { tensorflow: storeWith('tensorflow', native), sharp: storeWith('sharp', plain) }
})
afterAll(async () => {
  native.close()
  plain.close()
  await rm(folder, { recursive: true, force: true })
})

async function recognise(file: string, choices: ReadingChoices | null = null): Promise<Recognition> {
  const inspection = await stores.sharp.inspect([file], choices, 'job')
  if (!inspection.ok) throw new Error(inspection.error.message)
  return inspection.value.recognised[0]
}

async function read(
  file: string,
  options?: ReadingChoices,
  decoder: keyof typeof stores = 'sharp',
): Promise<StoredDataset> {
  const found = await stores[decoder].find({ path: file, ...(options && { options }) })
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}

async function hashOf(dataset: StoredDataset, part: Part): Promise<string> {
  const count = dataset.descriptor.counts[part]
  const values = await dataset.samples(
    part,
    Int32Array.from({ length: count }, (_, index) => index),
  )
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
}

describe('zips', () => {
  test.each(['python-deflated.zip', 'python-stored.zip', 'zip.zip', 'korean-windows.zip'])(
    '%s: every picture with its class and its grey, Korean names too',
    async (name) => {
      const dataset = await read(fixture(name), { format: 'pictures', channels: 1, testShare: 0 })
      const { classes, counts } = dataset.descriptor
      expect([classes, counts]).toEqual([['고양이', 'dog'].sort(), { train: 8, test: 0 }])
      const [names, targets] = [await dataset.names('train'), await dataset.targets('train')]
      const values = await dataset.samples(
        'train',
        Array.from({ length: 8 }, (_, index) => index),
      )
      const lines = names?.map((file, index) => `${file} ${classes[targets[index] ?? -1]} ${values[index * 64]}`).sort()
      expect(lines).toEqual(
        Array.from({ length: 8 }, (_, index) => {
          const animal = index % 2 ? '고양이' : 'dog'
          return `${animal}/${index}.png ${animal} ${10 + index}`
        }).sort(),
      )
    },
  )
})

describe('arrays', () => {
  test.each(['digits.npz', 'digits-compressed.npz', 'idx', 'fashion-idx-gz'])(
    '%s: samples and labels of both parts',
    async (name) => {
      const dataset = await read(fixture(name))
      expect(dataset.descriptor).toMatchObject({
        shape: [6, 5, 1],
        counts: { train: 12, test: 6 },
        classes: ['0', '1', '2'],
        task: 'classification',
      })
      expect([await hashOf(dataset, 'train'), await hashOf(dataset, 'test')]).toEqual([
        expected.digits.train,
        expected.digits.test,
      ])
      expect(Array.from(await dataset.targets('train'))).toEqual(expected.digits.labels)
    },
  )

  test.each([
    ['float32.npy', 'values'],
    ['float64-big.npy', 'values'],
    ['float32-fortran.npy', 'values'],
    ['float16.npy', 'half'],
    ['int16-big.npy', 'int16'],
  ] as const)('%s: the numbers that NumPy wrote', async (name, key) => {
    expect(await hashOf(await read(fixture(name), { format: 'arrays', testShare: 0 }), 'train')).toBe(expected[key])
  })

  test('validation arrays stand at the end of the training part, set aside', async () => {
    const dataset = await read(fixture('validated.npz'), { format: 'arrays', testShare: 0 })
    const { counts, heldOut, classes, classCounts } = dataset.descriptor
    expect([counts, heldOut, classes]).toEqual([{ train: 12, test: 0 }, 4, ['0', '1', '2']])
    expect(classCounts.reduce((sum, count) => sum + count, 0)).toBe(12)
    expect(Array.from(await dataset.targets('train')).slice(8)).toEqual([0, 1, 2, 2])
    expect(await hashOf(dataset, 'train')).toBe(expected.digits.train)
  })

  test('labels that are words become classes', async () => {
    const dataset = await read(fixture('words.npz'), { format: 'arrays', testShare: 0 })
    expect(dataset.descriptor.classes).toEqual(expected.words.classes)
    expect(Array.from(await dataset.targets('train'))).toEqual(expected.words.labels)
  })

  test('channels that stand first go to the end, and rows with a single one become labels', async () => {
    const dataset = await read(fixture('one-hot.npz'), { format: 'arrays', testShare: 0 })
    expect(dataset.descriptor).toMatchObject({ shape: [5, 6, 3], classCounts: [4, 4, 4] })
    expect(await hashOf(dataset, 'train')).toBe(expected.oneHot)
  })

  test.each(['cifar-python', 'cifar-binary'])(
    '%s: five colour pictures of each batch, with their class names',
    async (name) => {
      const dataset = await read(fixture(name))
      expect(dataset.descriptor).toMatchObject({
        shape: [32, 32, 3],
        counts: { train: 10, test: 4 },
        classes: expected.cifar.names,
      })
      expect([await hashOf(dataset, 'train'), await hashOf(dataset, 'test')]).toEqual([
        expected.cifar.train,
        expected.cifar.test,
      ])
      expect(Array.from(await dataset.targets('train'))).toEqual(expected.cifar.labels)
    },
  )

  test('batches that lack some classes keep the names that the list of names gives to the others', async () => {
    const record = (label: number) => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, label * 9)])
    const place = path.join(folder, 'few-classes')
    await writeFiles(place, {
      'data_batch_1.bin': Buffer.concat([3, 5, 3, 5].map(record)),
      'test_batch.bin': Buffer.concat([5, 3].map(record)),
      'batches.meta.txt': `${expected.cifar.names.join('\n')}\n\n`,
    })
    const dataset = await read(place)
    expect(dataset.descriptor.classes).toEqual([expected.cifar.names[3], expected.cifar.names[5]])
    expect(Array.from(await dataset.targets('test'))).toEqual([1, 0])
  })

  test('CIFAR-100 is told by its two labels; the fine ones count', async () => {
    const dataset = await read(fixture('cifar-100.bin'), { format: 'arrays', testShare: 0 })
    expect(dataset.descriptor.shape).toEqual([32, 32, 3])
    expect(await hashOf(dataset, 'train')).toBe(expected.cifar.train)
    const { classes } = dataset.descriptor
    const labels = await dataset.targets('train')
    expect(Array.from(labels, (label) => Number(classes[label]))).toEqual(
      expected.cifar.labels.map((label) => label * 9),
    )
  })

  test.each([
    'pickle-2-0',
    'pickle-2-1',
    'pickle-3-0',
    'pickle-3-1',
    'pickle-3-2',
    'pickle-3-3',
    'pickle-3-4',
    'pickle-3-5',
    'pickle-scalars',
  ])('%s: a batch as that protocol writes it', async (name) => {
    const dataset = await read(fixture(name), { format: 'arrays', testShare: 0 })
    expect(await hashOf(dataset, 'train')).toBe(expected.cifar.small)
    expect(Array.from(await dataset.targets('train'))).toEqual([2, 0, 1])
  })
})

describe('tables', () => {
  test.each([
    ['korean-utf-8.csv', 'utf-8', ','],
    ['korean-utf-8-marked.csv', 'utf-8', ','],
    ['korean-utf-16.csv', 'utf-16le', ','],
    ['korean-euc-kr.csv', 'euc-kr', ','],
    ['korean-euc-kr-marked.csv', 'euc-kr', ','],
    ['korean.tsv', 'euc-kr', '\t'],
    ['decimal-comma.csv', 'utf-8', ';'],
  ])('%s: how it is written, its columns and its numbers', async (name, encoding, delimiter) => {
    const found = await recognise(fixture(name))
    if (found.format !== 'series') throw new Error(found.format)
    const { rows, least, greatest, mean } = expected.series
    expect(found).toMatchObject({
      rows,
      options: {
        encoding,
        delimiter,
        header: true,
        time: '날짜',
        columns: ['속도'],
        decimal: name.startsWith('decimal') ? ',' : '.',
      },
      times: { first: Date.UTC(2024, 0, 1), stepSeconds: 1_800, gaps: 0 },
    })
    const kinds = found.columns.map((column) => [column.name, column.kind, column.missing])
    expect(kinds).toEqual([
      ['날짜', 'date', 0],
      ['속도', 'number', 0],
      ['날씨', 'text', 0],
    ])
    expect(found.columns[1]).toMatchObject({ least, greatest, mean })
    expect(found.columns[2]?.words).toEqual([
      { word: '맑음', count: 26 },
      { word: '비', count: 14 },
    ])
  })

  test('the courses’ traffic file: 8,064 rows and a look-back of 288 give 7,775 windows, 6,220 of them to train', async () => {
    const place = path.join(folder, 'traffic')
    await writeFiles(place, { 'vds.csv': trafficCsv() })
    const file = path.join(place, 'vds.csv')
    const found = await recognise(file)
    expect(found).toMatchObject({
      format: 'series',
      rows: 8_064,
      shape: [288, 1],
      counts: { train: 6_220, test: 1_555 },
      options: { target: 'Speed', lookBack: 288 },
    })
    const [ours, built] = [await read(file), await stores.sharp.find({ source: 'traffic-sample' })]
    expect(built.ok && built.value.descriptor.hash).toBe(ours.descriptor.hash)
    expect(await hashOf(ours, 'train')).toMatch(/^\w{64}$/)
  })
})

describe('pictures', () => {
  test.each(['tensorflow', 'sharp'] as const)(
    'fifty pictures to 32 × 32 grey are as Pillow makes them, through %s',
    async (decoder) => {
      const dataset = await read(
        fixture('fifty.zip'),
        { format: 'pictures', width: 32, height: 32, channels: 1, testShare: 0 },
        decoder,
      )
      const { decoders, skipped } = (await dataset.report()) ?? {}
      expect(skipped).toEqual([])
      const truth = await readFile(fixture('fifty.grey'))
      const names = (await dataset.names('train')) ?? []
      const values = await dataset.samples(
        'train',
        names.map((_, index) => index),
      )
      let [greatest, sum] = [0, 0]
      names.forEach((name, row) => {
        const index = Number(name.split('.')[1])
        for (let pixel = 0; pixel < 1_024; pixel++) {
          const difference = Math.abs(
            (values[row * 1_024 + pixel] as number) - (truth[index * 1_024 + pixel] as number),
          )
          greatest = Math.max(greatest, difference)
          sum += difference
        }
      })
      expect(names).toHaveLength(50)
      expect(greatest).toBeLessThanOrEqual(2)
      expect(sum / (50 * 1_024)).toBeLessThanOrEqual(0.5)
      expect(decoders?.[decoder]).toBe(50)
    },
  )

  test.each(['tensorflow', 'sharp'] as const)(
    'every kind of picture is read as Pillow reads it, through %s',
    async (decoder) => {
      const truth = JSON.parse(await readFile(fixture('kinds.json'), 'utf8')) as Record<string, readonly number[]>
      const dataset = await read(
        fixture('kinds'),
        { format: 'pictures', labelsFrom: 'none', width: 12, height: 8, channels: 3, testShare: 0 },
        decoder,
      )
      const names = (await dataset.names('train')) ?? []
      expect([...names].sort()).toEqual((await readdir(fixture('kinds'))).sort())
      const values = await dataset.samples(
        'train',
        names.map((_, index) => index),
      )
      const off = names.map((name, row) => {
        const differences = (truth[name] ?? []).map((value, index) =>
          Math.abs(value - (values[row * 288 + index] as number)),
        )
        return [name, Math.max(...differences)] as const
      })
      // Lossless kinds are exact.
      const allowed = (name: string) =>
        name === 'cmyk.jpg' ? 1 : name.endsWith('.jpg') ? 8 : name.startsWith('alpha') ? 1 : 0
      expect(off.filter(([name, most]) => !(most <= allowed(name)))).toEqual([])
    },
  )
})
