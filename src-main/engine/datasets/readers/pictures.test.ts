import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobProgress } from '../../../common/contract.ts'
import type { ImportedDataset, ImportReport } from '../../../common/data/imported.ts'
import type { RecognisedPictures } from '../../../common/data/inspection.ts'
import type { ReadingChoices } from '../../../common/data/reading.ts'
import { createDatasetStore } from '../store.ts'
import type { DatasetStore } from '../store.ts'
import { buildDecoders } from '../testing/decoders.ts'
import type { TestDecoders } from '../testing/decoders.ts'
import { greyPng, writeFiles } from '../testing/pictures.ts'

let decoders: TestDecoders
let folder: string
let store: DatasetStore
let told: JobProgress[] = []
beforeAll(async () => {
  decoders = await buildDecoders({ tensorflow: false })
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-pictures-'))
  store = createDatasetStore({
    cacheFolder: path.join(folder, 'cache'),
    decoders: decoders.pool,
    tell: (progress) => told.push(progress),
  })
})
afterAll(async () => {
  decoders.close()
  await rm(folder, { recursive: true, force: true })
})

/** Files of their own for each test. */
async function lay(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const place = path.join(folder, name)
  await writeFiles(place, files)
  return place
}

async function inspect(paths: readonly string[], choices: ReadingChoices | null = null): Promise<RecognisedPictures> {
  const inspection = await store.inspect(paths, choices, 'job')
  if (!inspection.ok) throw new Error(inspection.error.message)
  const [first] = inspection.value.recognised
  if (first.format !== 'pictures') throw new Error(first.format)
  return first
}

async function load(
  place: string,
  choices?: ReadingChoices,
): Promise<{
  readonly imported: ImportedDataset
  readonly report: ImportReport
  readonly labelled: readonly string[]
}> {
  const source = { path: place, ...(choices && { options: choices }) }
  const imported = await store.import(source, null, 'job')
  if (!imported.ok) throw new Error(imported.error.message)
  const stored = await store.find(imported.value.source)
  if (!stored.ok) throw new Error(stored.error.message)
  const { classes, counts, shape } = stored.value.descriptor
  const labelled: string[] = []
  for (const part of ['train', 'test'] as const) {
    const [names, targets] = [await stored.value.names(part), await stored.value.targets(part)]
    const indices = Array.from({ length: counts[part] }, (_, index) => index)
    const values = await stored.value.samples(part, indices)
    const size = values.length / Math.max(1, counts[part])
    expect(size).toBe(counts[part] === 0 ? 0 : shape.reduce((product, length) => product * length, 1))
    for (const index of indices)
      labelled.push(`${part} ${names?.[index]} ${classes[targets[index] ?? -1] ?? 'none'} ${values[index * size]}`)
  }
  const report = await stored.value.report()
  return { imported: imported.value, report: report as ImportReport, labelled: labelled.sort() }
}

/** Pictures whose grey is their number. */
const numbered = (name: (index: number) => string, count: number, from = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(from + index), greyPng(from + index)] as const))

describe('a folder of pictures', () => {
  test('has the classes of its folders; each picture keeps its name, its class and its grey', async () => {
    const place = await lay('by-folder', {
      ...numbered((index) => `cat/${index}.png`, 4),
      ...numbered((index) => `dog/${index}.png`, 4, 101),
      'notes.txt': 'nothing',
      'dog/.DS_Store': 'x',
    })
    const found = await inspect([place])
    expect(found).toMatchObject({
      options: { labelsFrom: 'folders', height: 8, width: 8, channels: 3, testShare: 0.2 },
      classes: ['cat', 'dog'],
      counts: { train: 6, test: 2 },
      classCounts: { train: [3, 3], test: [1, 1] },
      skipped: [{ file: 'notes.txt' }],
    })
    expect(found.preview?.names).toHaveLength(6)
    const { labelled, report } = await load(place, { format: 'pictures', channels: 1 })
    expect(labelled.map((line) => line.replace(/^\w+ /, '')).sort()).toEqual(
      [1, 2, 3, 4, 101, 102, 103, 104]
        .map((grey) => `${grey > 100 ? 'dog' : 'cat'}/${grey}.png ${grey > 100 ? 'dog' : 'cat'} ${grey}`)
        .sort(),
    )
    expect(report).toMatchObject({ leaks: [], repeats: 0, skipped: [{ file: 'notes.txt' }] })
  })

  test('has the classes of what names begin with', async () => {
    const place = await lay('by-prefix', {
      ...numbered((index) => `cat.${index}.png`, 3),
      ...numbered((index) => `dog (${index}).png`, 3, 4),
      ...numbered((index) => `새_${index}.png`, 3, 7),
    })
    expect(await inspect([place])).toMatchObject({
      options: { labelsFrom: 'prefix' },
      classes: ['새', 'cat', 'dog'].sort(),
    })
  })

  test('takes train, val and test folders for parts; the validation part stands at the end', async () => {
    const place = await lay('by-part', {
      ...numbered((index) => `train/a/${index}.png`, 4),
      ...numbered((index) => `train/b/${index}.png`, 4, 11),
      ...numbered((index) => `val/a/${index}.png`, 1, 21),
      ...numbered((index) => `val/b/${index}.png`, 1, 31),
      ...numbered((index) => `test/a/${index}.png`, 2, 41),
      ...numbered((index) => `test/b/${index}.png`, 2, 51),
    })
    expect(await inspect([place])).toMatchObject({
      options: { testFolders: ['test'], validationFolders: ['val'], testShare: 0 },
      classes: ['a', 'b'],
      counts: { train: 10, test: 4 },
      heldOut: 2,
    })
    const { imported } = await load(place)
    expect(imported.descriptor).toMatchObject({ heldOut: 2, counts: { train: 10, test: 4 } })
    const stored = await store.find(imported.source)
    const names = stored.ok ? await stored.value.names('train') : null
    expect(names?.slice(-2).every((name) => name.startsWith('val/'))).toBe(true)
  })

  test('takes a CSV that names files and labels', async () => {
    const place = await lay('by-table', {
      ...numbered((index) => `images/${index}.png`, 6),
      'labels.csv': `id,file,species\n${[1, 2, 3, 4, 5, 6].map((index) => `${index * 7},${index}.png,${index % 2 ? 'odd' : 'even'}`).join('\n')}\n`,
    })
    expect(await inspect([place])).toMatchObject({
      options: { labelsFrom: 'table' },
      classes: ['even', 'odd'],
      skippedCount: 0,
      classCounts: { train: [2, 2], test: [1, 1] },
    })
  })

  test('of two, the one that is called so is the external test, else the smaller one', async () => {
    const training = await lay(
      'pets',
      numbered((index) => `${index % 2 ? 'cat' : 'dog'}.${index}.png`, 6),
    )
    const external = await lay(
      'pets-test',
      numbered((index) => `${index % 2 ? 'cat' : 'dog'}.${index}.png`, 4, 101),
    )
    const other = await lay(
      'more',
      numbered((index) => `${index % 2 ? 'cat' : 'dog'}.${index}.png`, 4, 101),
    )
    expect(await inspect([external, training])).toMatchObject({
      options: { testFolders: ['pets-test'] },
      counts: { train: 6, test: 4 },
    })
    expect(await inspect([training, other])).toMatchObject({
      options: { testFolders: ['more'] },
      counts: { train: 6, test: 4 },
    })
  })
})

describe('importing pictures', () => {
  test('lists what cannot be decoded, closes the gap, and points out what is in both parts', async () => {
    const place = await lay('damaged', {
      ...numbered((index) => `train/a/${index}.png`, 4),
      ...numbered((index) => `train/b/${index}.png`, 4, 11),
      'train/a/empty.png': '',
      'train/b/cut.png': greyPng(99).subarray(0, 40),
      'train/b/text.png': 'no picture at all',
      'test/a/same.png': greyPng(2),
      'test/b/other.png': greyPng(200),
    })
    const { imported, report, labelled } = await load(place)
    expect(imported.descriptor).toMatchObject({
      counts: { train: 8, test: 2 },
      classCounts: [4, 4],
      testClassCounts: [1, 1],
    })
    expect(report.skipped.map(({ file }) => file).sort()).toEqual([
      'train/a/empty.png',
      'train/b/cut.png',
      'train/b/text.png',
    ])
    expect(report.skipped.every(({ reason }) => reason.en.length > 10 && reason.ko.length > 5)).toBe(true)
    expect(report.leakCount).toBe(1)
    expect(labelled.filter((line) => line.endsWith(' 2'))).toEqual([
      'test test/a/same.png a 2',
      'train train/a/2.png a 2',
    ])
  })

  test('is immediate the second time, outlives its files, and is gone when it is removed', async () => {
    const place = await lay(
      'twice',
      numbered((index) => `${index % 2 ? 'a' : 'b'}/${index}.png`, 10),
    )
    const { imported } = await load(place)
    told = []
    expect((await load(place)).imported.id).toBe(imported.id)
    expect(told).toEqual([])
    await rm(place, { recursive: true })
    const kept = await store.find(imported.source)
    expect(kept.ok && kept.value.descriptor.hash).toBe(imported.descriptor.hash)
    expect((await store.imported()).find(({ id }) => id === imported.id)).toMatchObject({
      current: false,
      name: 'twice',
    })
    expect(await store.remove(imported.id)).toEqual({ ok: true, value: null })
    expect(await store.find(imported.source)).toMatchObject({ ok: false, error: { code: 'missing-dataset' } })
    expect((await store.imported()).some(({ id }) => id === imported.id)).toBe(false)
  })

  test('tells its progress, and leaves nothing behind when it is cancelled', async () => {
    const place = await lay(
      'cancelled',
      numbered((index) => `${index % 2 ? 'a' : 'b'}/${index}.png`, 200),
    )
    const cache = path.join(folder, 'cancelled-cache')
    const one = createDatasetStore({
      cacheFolder: cache,
      decoders: decoders.pool,
      tell: ({ job, state, done }) => {
        if (state === 'running' && done > 0) one.cancel(job)
      },
    })
    expect(await one.import({ path: place }, null, 'stop me')).toMatchObject({
      ok: false,
      error: { code: 'cancelled' },
    })
    expect(await readdir(cache)).toEqual([])
    told = []
    await load(place)
    expect(told[0]).toMatchObject({ job: 'job', done: 0, total: 200, state: 'running' })
    expect(told.at(-1)).toMatchObject({ done: 200, state: 'done' })
  })
})

test('only folders that can be a part of the data set are offered as one, not those of classes', async () => {
  const plain = await lay('classes-only', {
    'pets/cat/1.png': greyPng(1),
    'pets/cat/2.png': greyPng(2),
    'pets/dog/1.png': greyPng(3),
    'pets/dog/2.png': greyPng(4),
  })
  expect((await inspect([plain])).folders).toEqual([])
  const parts = await lay('with-parts', {
    'train/cat/1.png': greyPng(1),
    'train/dog/1.png': greyPng(2),
    'holdout/cat/2.png': greyPng(3),
    'holdout/dog/2.png': greyPng(4),
  })
  expect((await inspect([parts])).folders.map((one) => one.path)).toEqual(['holdout', 'train'])
})

test('what a data set says of itself counts the pictures that could be read', async () => {
  const place = await lay('two-torn', {
    'cat/1.png': greyPng(1),
    'cat/2.png': greyPng(2),
    'cat/torn.png': greyPng(3).subarray(0, 30),
    'dog/1.png': greyPng(4),
    'dog/2.png': greyPng(5),
    'dog/torn.png': greyPng(6).subarray(0, 30),
  })
  const { imported } = await load(place)
  expect(imported.descriptor.about.en).toMatch(/^4 pictures of your own/)
})

test('the list that tells the labels is not told of as a file that could not be used', async () => {
  const place = await lay('listed', {
    'a.png': greyPng(1),
    'b.png': greyPng(2),
    'c.png': greyPng(3),
    'd.png': greyPng(4),
    'labels.csv': 'file,label\na.png,cat\nb.png,dog\nc.png,cat\n',
  })
  const { report } = await load(place)
  expect(report.skipped.map(({ file }) => file)).toEqual(['d.png'])
})
