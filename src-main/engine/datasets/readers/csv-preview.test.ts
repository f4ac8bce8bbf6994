import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Recognition } from '../../../common/data/inspection.ts'
import type { ReadingChoices } from '../../../common/data/reading.ts'
import { createDecoderPool } from '../decoding/pool.ts'
import { createDatasetStore } from '../store.ts'
import { writeFiles } from '../testing/pictures.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-csv-'))
  const lines = Array.from({ length: 50 }, (_, row) => {
    const moment = new Date(Date.UTC(2024, 0, 1, row)).toISOString().slice(0, 16)
    return `${moment},${row === 3 ? 'n/a' : row % 7},${row === 4 ? '' : row % 2 === 0 ? 'even' : 'odd'}`
  })
  await writeFiles(folder, { 'hours.csv': `time,value,note\n${lines.join('\n')}\n` })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function recognise(choices: ReadingChoices, name = 'hours.csv'): Promise<Recognition> {
  const store = createDatasetStore({
    cacheFolder: path.join(folder, 'cache'),
    decoders: createDecoderPool({ script: '', tensorflow: false, wasmFolder: '' }),
    tell: () => undefined,
  })
  const inspection = await store.inspect([path.join(folder, name)], choices, 'job')
  if (!inspection.ok) throw new Error(inspection.error.message)
  return inspection.value.recognised[0]
}

test('a look-back longer than the series is a fault of that option, and nothing is cut', async () => {
  const recognised = await recognise({ format: 'series', lookBack: 60 })
  expect(recognised.counts).toEqual({ train: 0, test: 0 })
  expect(Object.keys(recognised.faults ?? {})).toEqual(['lookBack'])
  expect(recognised.faults?.lookBack?.en).toContain('the series has 50')
  expect(Object.keys((await recognise({ format: 'series', lookBack: 4, horizon: 60 })).faults ?? {})).toEqual([
    'horizon',
  ])
})

test('a look-back that fits has no fault, and the series is told from its first row to its last', async () => {
  const recognised = await recognise({ format: 'series', lookBack: 10 })
  expect(recognised.faults).toBeUndefined()
  if (recognised.format !== 'series') throw new Error('no series')
  expect(recognised.overview).toMatchObject({ rows: 50, from: 0, to: 50, gapCount: 0, testFrom: 31 + 10 })
})

test('cells of the first rows that hold nothing readable are named, words and numbers alike', async () => {
  for (const format of ['series', 'table'] as const) {
    const recognised = await recognise(format === 'series' ? { format } : { format, target: 'value' })
    if (recognised.format !== 'series' && recognised.format !== 'table') throw new Error('no rows')
    expect(recognised.firstMissing.slice(2, 6)).toEqual([[], [1], [2], []])
  }
})

test('a text whose name says zip is read as what it is, and the preview says so', async () => {
  await writeFiles(folder, { 'photos.zip': `a,b\n${'1,2\n3,4\n'.repeat(20)}` })
  for (const format of ['series', 'table'] as const) {
    const { warnings } = await recognise({ format }, 'photos.zip')
    expect(warnings.map(({ en }) => en)).toContain(
      '"photos.zip" is named like a zip and is none; it is read as what is in it.',
    )
  }
  expect(
    (await recognise({ format: 'table', target: 'value' })).warnings.filter(({ en }) => en.includes('zip')),
  ).toEqual([])
})

test('missing values are counted in the columns that are used only', async () => {
  const lines = Array.from({ length: 50 }, (_, row) => `${row === 3 ? '' : row},${row % 3 === 0 ? '' : row},${row}`)
  await writeFiles(folder, { 'gaps.csv': `first,second,third\n${lines.join('\n')}\n` })
  const told = async (columns: string[]) =>
    (await recognise({ format: 'series', columns, target: 'first', lookBack: 5 }, 'gaps.csv')).warnings.map(
      ({ en }) => en,
    )
  expect(await told(['first'])).toEqual(['1 missing values are filled in.'])
  expect(await told(['first', 'second'])).toEqual(['18 missing values are filled in.'])
})
