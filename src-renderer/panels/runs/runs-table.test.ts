import { expect, test } from 'vitest'
import type { RunSummary } from '../../../src-main/common/contract.ts'
import { filterRuns, rowsInView, sortRuns } from './runs-table.ts'

function run(id: string, valLoss: number | null, changes: Partial<RunSummary['notes']> = {}): RunSummary {
  return {
    ...{
      run: id,
      started: id,
      state: 'finished',
      epochs: 1,
      done: 1,
      backend: 'cpu',
      seed: 1,
      wayOn: null,
      bytes: 1,
      sweep: null,
    },
    models: [{ id: 'cnn', name: 'LeNet', parameters: 1 }],
    results: [{ model: 'cnn', epoch: 1, isWithin: false, valAccuracy: null, valLoss, test: null, best: null }],
    notes: { name: '', note: '', star: false, hidden: false, ...changes },
  }
}
const ids = (runs: readonly RunSummary[]) => runs.map((one) => one.run)
const everything = { text: '', state: 'all', starred: false, hidden: false } as const

test('runs are sorted both ways, with those that measured nothing last', () => {
  const runs = [run('a', 0.3), run('b', null), run('c', 0.1)]
  expect(ids(sortRuns(runs, { column: 'valLoss', descending: false }))).toEqual(['c', 'a', 'b'])
  expect(ids(sortRuns(runs, { column: 'valLoss', descending: true }))).toEqual(['a', 'c', 'b'])
})

test('every word has to be found in a name, a note or a model; hidden runs are left out unless they are asked for', () => {
  const runs = [
    run('a', 1, { name: 'Wide kernels' }),
    run('b', 1, { note: 'wide', hidden: true }),
    run('c', 1, { star: true }),
  ]
  expect(ids(filterRuns(runs, { ...everything, text: 'WIDE lenet' }))).toEqual(['a'])
  expect(ids(filterRuns(runs, { ...everything, text: 'wide', hidden: true }))).toEqual(['a', 'b'])
  expect(ids(filterRuns(runs, { ...everything, starred: true }))).toEqual(['c'])
  expect(ids(filterRuns(runs, { ...everything, state: 'failed' }))).toEqual([])
})

test('only rows in view are drawn, and the heights of all add up', () => {
  const heights = [28, 56, 28, 28, 56]
  expect(rowsInView(heights, { top: 30, height: 60 })).toEqual({ from: 1, to: 3, above: 28, below: 84 })
  expect(rowsInView(heights, { top: 0, height: 1_000 })).toEqual({ from: 0, to: 5, above: 0, below: 0 })
  expect(rowsInView([], { top: 0, height: 100 })).toEqual({ from: 0, to: 0, above: 0, below: 0 })
})
