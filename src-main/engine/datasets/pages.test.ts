import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DataSource } from '../../common/data/dataset.ts'
import { createAugmenter } from '../train/augment.ts'
import type { StoredDataset } from './cache/stored.ts'
import { augmentSample, findSamples, meanSample, readPictures, readSeries } from './pages.ts'
import { saveLabels } from './save-labels.ts'
import { createDatasetStore } from './store.ts'
import type { DatasetStore } from './store.ts'
import { buildDecoders } from './testing/decoders.ts'
import type { TestDecoders } from './testing/decoders.ts'
import { greyPng, writeFiles } from './testing/pictures.ts'

let decoders: TestDecoders
let folder: string
let store: DatasetStore
let pictures: string
beforeAll(async () => {
  decoders = await buildDecoders({ tensorflow: false })
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-pages-'))
  store = createDatasetStore({
    cacheFolder: path.join(folder, 'cache'),
    decoders: decoders.pool,
    tell: () => undefined,
  })
  pictures = path.join(folder, 'pictures')
  await writeFiles(
    pictures,
    Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `${index % 3 === 0 ? 'cat' : 'dog'}/${index}.png`,
        greyPng(index * 10),
      ]),
    ),
  )
})
afterAll(async () => {
  decoders.close()
  await rm(folder, { recursive: true, force: true })
})

async function read(source: DataSource): Promise<StoredDataset> {
  const found = await store.find(source)
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}
const pets = () => read({ path: pictures, options: { format: 'pictures', channels: 1, testShare: 0 } })

test('pages of samples come in the order that was asked for, with labels and names', async () => {
  const dataset = await pets()
  const [page, reversed] = [
    await readPictures(dataset, 'train', [3, 4, 5]),
    await readPictures(dataset, 'train', [5, 4, 3]),
  ]
  if (!page.ok || !reversed.ok) throw new Error('not read')
  expect([...(reversed.value.names ?? [])].reverse()).toEqual(page.value.names)
  expect([...reversed.value.labels].reverse()).toEqual(page.value.labels)
  page.value.names?.forEach((name, index) => {
    const number = Number(/(\d+)\.png$/.exec(name)?.[1])
    expect([page.value.pixels[index * 64], page.value.labels[index]]).toEqual([number * 10, number % 3 === 0 ? 0 : 1])
  })
  expect(await readPictures(dataset, 'train', [12])).toMatchObject({ ok: false, error: { code: 'not-found' } })
})

test('samples are found by class and by what their file is called', async () => {
  const dataset = await pets()
  const find = async (label: number | null, text: string, from = 0, count = 100) => {
    const { indices, total } = await findSamples(dataset, { part: 'train', label, text, from, count })
    const names = await dataset.names('train')
    return [total, Array.from(indices, (index) => names?.[index]).sort()]
  }
  expect(await find(0, '')).toEqual([4, ['cat/0.png', 'cat/3.png', 'cat/6.png', 'cat/9.png']])
  expect(await find(1, '1.PNG')).toEqual([2, ['dog/1.png', 'dog/11.png']])
  expect((await find(null, '', 10, 5))[0]).toBe(12)
  expect((await find(null, '', 10, 5))[1]).toHaveLength(2)
})

test('the mean picture is that of the part, or of one class', async () => {
  const dataset = await pets()
  const mean = async (label: number | null) => {
    const { count, values } = await meanSample(dataset, 'train', label)
    return [count, values[0], values[63]]
  }
  expect(await mean(null)).toEqual([12, 55, 55])
  expect(await mean(0)).toEqual([4, 45, 45])
  expect(await meanSample(dataset, 'test', null)).toMatchObject({ count: 0 })
})

test('a series is thinned out to the least and the greatest of each stretch', async () => {
  const dataset = await read({ source: 'traffic-sample' })
  const page = await readSeries(dataset, { columns: ['Speed'], from: 0, to: 9_999, points: 100 })
  expect(page).toMatchObject({ rows: 8_064, from: 0, to: 8_064, rowsPerPoint: 81, testFrom: 6_219 + 289 })
  const rows = await dataset.series()
  const speeds = Array.from({ length: 81 }, (_, row) => rows?.values[row * 6 + 4] ?? NaN)
  expect(page.columns[0]?.least[0]).toBeCloseTo(Math.min(...speeds), 4)
  expect(page.columns[0]?.greatest[0]).toBeCloseTo(Math.max(...speeds), 4)
  expect([page.times?.[0], page.times?.[1]]).toEqual([Date.UTC(2017, 3, 2), Date.UTC(2017, 3, 2) + 81 * 300_000])
  const summaries = await dataset.columns()
  expect(summaries.map(({ name, kind }) => [name, kind])).toEqual([
    ['Date', 'date'],
    ...['ToVol', 'SmVol', 'MeVol', 'LaVol', 'Speed', 'Occ.Rate'].map((name) => [name, 'number']),
  ])
})

test('a live sample of augmentation begins with the sample itself', async () => {
  const dataset = await pets()
  const shown = await augmentSample(dataset, { index: 3, augmentation: { brightness: 0.5 }, seed: 1, count: 4 })
  const plain = await readPictures(dataset, 'train', [3])
  if (!shown.ok || !plain.ok) throw new Error('not read')
  const first = Array.from({ length: 4 }, (_, row) => shown.value.pixels[row * 64])
  expect(first[0]).toBe(plain.value.pixels[0])
  expect(new Set(first).size).toBeGreaterThan(2)
})

test('the live sample is what the epochs of a training get', async () => {
  const dataset = await pets()
  const augmentation = { flipHorizontal: true, shift: 0.2, rotate: 30, zoom: 0.2, brightness: 0.1, noise: 0.1 }
  const shown = await augmentSample(dataset, { index: 3, augmentation, seed: 7, count: 4 })
  if (!shown.ok) throw new Error('not read')
  const loaded = await dataset.load()
  for (const epoch of [1, 2, 3]) {
    const trained = new Float32Array(64)
    createAugmenter(loaded, augmentation, 7, epoch)?.(3, trained, 0)
    const expected = Array.from(trained, (value) => Math.round(value * 255))
    expect([...shown.value.pixels.subarray(epoch * 64, (epoch + 1) * 64)]).toEqual(expected)
  }
})

test('labels given by hand are written as a CSV beside the pictures or as folders, and read again', async () => {
  const loose = path.join(folder, 'loose')
  await writeFiles(loose, { 'a/1.png': greyPng(1), 'b/1.png': greyPng(2), '3.png': greyPng(3), '4.png': greyPng(4) })
  const labelling = { classes: ['고양이', 'a, "b"'], labels: { 'a/1.png': 0, 'b/1.png': 0, '3.png': 1 } }
  expect(await saveLabels({ path: loose }, labelling, { as: 'table', file: path.join(loose, 'labels.csv') })).toBe(3)
  expect(await readFile(path.join(loose, 'labels.csv'), 'utf8')).toBe(
    '\uFEFFfile,label\n3.png,"a, ""b"""\na/1.png,고양이\nb/1.png,고양이\n',
  )
  const found = await store.inspect([loose], null, '')
  expect(found.ok && found.value.recognised[0]).toMatchObject({
    options: { labelsFrom: 'table' },
    classes: ['a, "b"', '고양이'],
    skippedCount: 1,
  })
  const folders = { as: 'folders', folder: path.join(folder, 'sorted') } as const
  await expect(saveLabels({ path: loose }, labelling, folders)).rejects.toThrow(/names of folders.*a, "b"/)
  expect(await saveLabels({ path: loose }, { ...labelling, classes: ['고양이', 'b'] }, folders)).toBe(3)
  expect((await readdir(folders.folder, { recursive: true })).filter((name) => name.endsWith('.png')).sort()).toEqual([
    'b/3.png',
    '고양이/1.png',
    '고양이/b-1.png',
  ])
  const named = { ...labelling, classes: ['고양이', 'b'] }
  await expect(saveLabels({ path: loose }, named, { ...folders, folder: pictures })).rejects.toThrow(
    /new or empty folder/,
  )
})
