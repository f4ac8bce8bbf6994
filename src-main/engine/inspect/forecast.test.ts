import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FileSource } from '../../common/data/reading.ts'
import { createDecoderPool } from '../datasets/decoding/pool.ts'
import type { SeriesRows } from '../datasets/cache/writer.ts'
import type { Dataset } from '../datasets/reader.ts'
import { createDatasetStore } from '../datasets/store.ts'
import { writeFiles } from '../datasets/testing/pictures.ts'
import { forecastSeries } from './forecast.ts'

const stepsADay = 24
/** 40 days of hours: each day is 10 above the one before, and a wave within. */
const valueAt = (row: number) =>
  Math.floor(row / stepsADay) * 10 + Math.round(100 * Math.sin((2 * Math.PI * (row % stepsADay)) / stepsADay))
const rowCount = 40 * stepsADay

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-forecast-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function series(horizon: number): Promise<{ readonly dataset: Dataset; readonly rows: SeriesRows }> {
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const moment = new Date(Date.UTC(2024, 0, 1, row))
    return `${moment.toISOString().slice(0, 16).replace('T', ' ')},${valueAt(row)},${row}`
  })
  await writeFiles(folder, { 'hours.csv': `time,value,other\n${lines.join('\n')}\n` })
  const store = createDatasetStore({
    cacheFolder: path.join(folder, 'cache'),
    decoders: createDecoderPool({ script: '', tensorflow: false, wasmFolder: '' }),
    tell: () => undefined,
  })
  const source: FileSource = {
    path: path.join(folder, 'hours.csv'),
    options: { format: 'series', columns: ['value', 'other'], target: 'value', lookBack: stepsADay, horizon },
  }
  const [dataset, stored] = [await store.open(source), await store.find(source)]
  if (!dataset.ok || !stored.ok) throw new Error('The series could not be read.')
  const rows = await stored.value.series()
  if (rows === null) throw new Error('no rows')
  return { dataset: dataset.value, rows }
}

/** A model that knows: the value of a day ago plus ten, in scaled values. */
function knowing({ descriptor }: Dataset, horizon: number) {
  const range = descriptor.values?.target?.range ?? NaN
  return (windows: Float32Array, count: number) =>
    Float32Array.from({ length: count }, (_, index) => {
      const row = (index * stepsADay + stepsADay - stepsADay + horizon - 1) * 2
      return (windows[row] as number) + 10 / range
    })
}

describe.each([1, 3])('a forecast %i ahead', (horizon) => {
  test('is told in the unit of the file, beside the naive ones', async () => {
    const { dataset, rows } = await series(horizon)
    const told = await forecastSeries({ dataset, rows, predict: knowing(dataset, horizon), points: 50, ahead: 0 })
    if (!told.ok) throw new Error(told.error.message)
    const { errors, naive, actual, predicted, rows: targets, times } = told.value
    expect(actual).toHaveLength(50)
    expect(targets.at(-1)).toBe(rowCount - 2)
    expect(Array.from(targets, valueAt)).toEqual(Array.from(actual, Math.round))
    expect(Array.from(predicted, Math.round)).toEqual(Array.from(actual, Math.round))
    expect(times?.at(-1)).toBe(Date.UTC(2024, 0, 1, rowCount - 2))
    expect(errors.maeInUnit).toBeLessThan(1e-3)
    // Yesterday is always ten lower.
    expect(naive.season).toMatchObject({ rows: stepsADay })
    expect(naive.season?.errors.maeInUnit).toBeCloseTo(10, 3)
    expect(naive.season?.errors.mseInUnit).toBeCloseTo(100, 2)
    const range = dataset.descriptor.values?.target?.range ?? NaN
    expect(naive.season?.errors.mse).toBeCloseTo(100 / range ** 2, 6)
    const differences = Array.from({ length: dataset.descriptor.counts.test }, (_, index) => {
      const row = dataset.descriptor.counts.train + index + stepsADay + horizon - 1
      return Math.abs(valueAt(row) - valueAt(row - horizon))
    })
    expect(naive.last.maeInUnit).toBeCloseTo(differences.reduce((sum, one) => sum + one, 0) / differences.length, 3)
  })

  test('goes on beyond the end, each step on the ones before', async () => {
    const { dataset, rows } = await series(horizon)
    const told = await forecastSeries({ dataset, rows, predict: knowing(dataset, horizon), points: 1, ahead: 60 })
    if (!told.ok) throw new Error(told.error.message)
    const { predicted, times } = told.value.ahead
    expect(Array.from(predicted, Math.round)).toEqual(Array.from({ length: 60 }, (_, step) => valueAt(rowCount + step)))
    expect([times?.[0], times?.at(-1)]).toEqual([Date.UTC(2024, 0, 1, rowCount), Date.UTC(2024, 0, 1, rowCount + 59)])
  })
})
