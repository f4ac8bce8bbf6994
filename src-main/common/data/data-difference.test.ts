import { expect, test } from 'vitest'
import { dataDifference } from './data-difference.ts'
import type { DataOfRun } from './data-difference.ts'

const titles = { en: 'Traffic', ko: '교통량' }
const samples = { train: 90, validation: 10, test: 20 }

function run(lookBack: number | null, hash = 'a'): DataOfRun {
  return {
    source: { source: 'traffic-sample', ...(lookBack !== null && { windows: { lookBack } }) },
    title: 'Traffic',
    data: { titles, shape: [lookBack ?? 288, 1], hash },
    samples,
  }
}

test('the same data differ in nothing', () => {
  expect(dataDifference(run(60), run(60))).toEqual([])
})

test('windows of another length are told with the shape and the hash that follow from them', () => {
  expect(dataDifference(run(60, 'a'), run(null, 'b'))).toEqual([
    { field: 'hash', one: 'a', other: 'b' },
    { field: 'input', one: '60×1', other: '288×1' },
    { field: 'lookBack', one: 60, other: null },
  ])
})

test('files that have changed under the same name differ in their hash alone', () => {
  const file = (hash: string): DataOfRun => ({
    source: { path: '/data/a.csv', options: { format: 'table', features: ['x', 'y'] } },
    title: 'a.csv',
    data: { titles, shape: [2], hash },
    samples,
  })
  expect(dataDifference(file('a'), file('b'))).toEqual([{ field: 'hash', one: 'a', other: 'b' }])
})

test('lists of columns are one field', () => {
  const table = (...features: string[]): DataOfRun => ({
    source: { path: '/a.csv', options: { format: 'table', features } },
    title: null,
    data: null,
    samples: null,
  })
  expect(dataDifference(table('x', 'y'), table('x'))).toEqual([{ field: 'features', one: 'x, y', other: 'x' }])
})
