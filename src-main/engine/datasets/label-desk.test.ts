import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLabelDesk } from './label-desk.ts'
import { saveLabels } from './save-labels.ts'
import { createDatasetStore } from './store.ts'
import { buildDecoders } from './testing/decoders.ts'
import type { TestDecoders } from './testing/decoders.ts'
import { greyPng, writeFiles } from './testing/pictures.ts'

let decoders: TestDecoders
let folder: string
beforeAll(async () => {
  decoders = await buildDecoders({ tensorflow: false })
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-desk-'))
})
afterAll(async () => {
  decoders.close()
  await rm(folder, { recursive: true, force: true })
})

const deskIn = (name: string) => createLabelDesk({ folder: path.join(folder, name), decoders: decoders.pool })

test('pictures come in the order that was asked for; what cannot be read is named', async () => {
  const loose = path.join(folder, 'loose')
  await writeFiles(loose, { 'a.png': greyPng(10), 'b.png': greyPng(200), 'torn.png': greyPng(90).subarray(0, 40) })
  const desk = deskIn('drafts-1')
  const opened = await desk.open({ path: loose })
  expect(opened).toEqual({
    name: 'loose',
    files: ['a.png', 'b.png', 'torn.png'],
    labelling: { classes: [], labels: {} },
    isDraft: false,
  })
  const { pixels, faults } = await desk.thumbnails({ path: loose }, ['b.png', 'torn.png', 'gone.png', 'a.png'], 16)
  const middles = [0, 1, 2, 3].map((place) => pixels[place * 768 + 8 * 48 + 24])
  expect(middles).toEqual([200, 0, 0, 10])
  expect(faults.map(({ file }) => file).sort()).toEqual(['gone.png', 'torn.png'])
})

test('what folders tell is where labelling begins, and one class for all tells nothing', async () => {
  const pets = path.join(folder, 'pets')
  await writeFiles(pets, { 'cat/1.png': greyPng(1), 'dog/1.png': greyPng(2), 'dog/2.png': greyPng(3) })
  const desk = deskIn('drafts-2')
  expect((await desk.open({ path: pets })).labelling).toEqual({
    classes: ['cat', 'dog'],
    labels: { 'cat/1.png': 0, 'dog/1.png': 1, 'dog/2.png': 1 },
  })
  const all = path.join(folder, 'all')
  await writeFiles(all, { 'camera/1.png': greyPng(1), 'camera/2.png': greyPng(2) })
  expect((await desk.open({ path: all })).labelling).toEqual({ classes: [], labels: {} })
})

test('labels on their way are kept, listed and found again by the same files however they are read', async () => {
  const loose = path.join(folder, 'kept')
  await writeFiles(loose, { 'a.png': greyPng(1), 'b.png': greyPng(2) })
  const draft = { classes: ['고양이'], labels: { 'b.png': 0 } }
  const source = { path: loose, options: { format: 'pictures', height: 32 } } as const
  await deskIn('drafts-3').keep(source, draft)
  const later = deskIn('drafts-3')
  expect(await later.drafts()).toMatchObject([{ source, name: 'kept', labelled: 1, total: 2 }])
  expect(await later.open({ path: loose })).toMatchObject({ labelling: draft, isDraft: true })
  await later.keep({ path: loose }, null)
  expect(await later.drafts()).toEqual([])
  expect(await later.open({ path: loose })).toMatchObject({ isDraft: false })
})

test('labels that were corrected and saved as a CSV beside the old list count, also for files of the same name', async () => {
  const pets = path.join(folder, 'listed')
  await writeFiles(pets, { 'one/1.png': greyPng(1), 'two/1.png': greyPng(2), 'two/2.png': greyPng(3) })
  await writeFile(path.join(pets, 'labels.csv'), 'file,label\none/1.png,cat\ntwo/1.png,cat\ntwo/2.png,dog\n')
  const opened = await deskIn('drafts-4').open({ path: pets })
  expect(opened.labelling).toEqual({
    classes: ['cat', 'dog'],
    labels: { 'one/1.png': 0, 'two/1.png': 0, 'two/2.png': 1 },
  })
  const file = path.join(folder, 'a-corrected.csv')
  const labels = { 'one/1.png': 1, 'two/1.png': 0, 'two/2.png': 0 }
  await saveLabels({ path: pets }, { classes: ['cat', 'dog'], labels }, { as: 'table', file })
  const store = createDatasetStore({
    cacheFolder: path.join(folder, 'cache'),
    decoders: decoders.pool,
    tell: () => undefined,
  })
  const made = await store.find({
    path: pets,
    more: [file],
    options: { format: 'pictures', labelsFrom: 'table', testShare: 0 },
  })
  if (!made.ok) throw new Error(made.error.message)
  const [names, targets] = [await made.value.names('train'), await made.value.targets('train')]
  expect(names?.map((name, index) => `${name} ${made.value.descriptor.classes[targets[index] ?? -1]}`).sort()).toEqual([
    'listed/one/1.png dog',
    'listed/two/1.png cat',
    'listed/two/2.png cat',
  ])
})

test('a list of labels replaces a former one, and no other file', async () => {
  const loose = path.join(folder, 'careful')
  await writeFiles(loose, { 'a.png': greyPng(1) })
  const labelling = { classes: ['cat'], labels: { 'a.png': 0 } }
  const save = (file: string) => saveLabels({ path: loose }, labelling, { as: 'table', file })
  const list = path.join(folder, 'new', 'labels.csv')
  expect([await save(list), await save(list)]).toEqual([1, 1])
  const other = path.join(folder, 'prices.csv')
  await writeFile(other, 'date,price\n')
  await expect(save(other)).rejects.toThrow(/list of labels to replace.*prices.csv is something else/)
  await expect(save(path.join(loose, 'a.png'))).rejects.toThrow(/ends in \.csv/)
  await expect(save('labels.csv')).rejects.toThrow(/whole path/)
})
