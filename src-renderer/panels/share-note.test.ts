import { expect, test } from 'vitest'
import type { DatasetDescriptor } from '../../src-main/common/data/dataset.ts'
import { unevenShare } from './share-note.ts'

const of = (classCounts: readonly number[], kind: DatasetDescriptor['kind'] = 'pictures') =>
  ({
    kind,
    task: 'classification',
    classCounts,
    heldOut: 0,
    counts: { train: classCounts.reduce((sum, count) => sum + count, 0), test: 0 },
  }) as unknown as DatasetDescriptor

test('a quarter of two samples a class is one of each, and that is told', () => {
  expect(unevenShare(0.25, of([2, 2, 2, 2]))).toEqual({ held: '4', all: '8', share: '50.0\u202f%' })
})

test('a quarter of three samples a class is a third of them', () => {
  expect(unevenShare(0.25, of([3, 3]))).toEqual({ held: '2', all: '6', share: '33.3\u202f%' })
})

test('classes of one give nothing to a share', () => {
  expect(unevenShare(0.25, of([1, 1, 1, 1]))).toEqual({ held: '0', all: '4', share: '0.0\u202f%' })
})

test('where the share is what it says, nothing is told', () => {
  expect(unevenShare(0.25, of([28, 8]))).toBeNull()
  expect(unevenShare(0.1, of([4_000, 4_005]))).toBeNull()
  expect(unevenShare(0, of([2, 2]))).toBeNull()
  expect(unevenShare('test', of([2, 2]))).toBeNull()
})
