import { expect, test } from 'vitest'
import { tensorCsv } from './tensor-csv.ts'

test('a tensor becomes a line a number, its place counted from 1', () => {
  const data = Float32Array.of(0.5, -1, 2, 0)
  expect(tensorCsv({ node: 'c1', shape: [1, 2, 2], data }, 'maps')).toBe(
    'row,column,channel,value\n1,1,1,0.5\n1,1,2,-1\n1,2,1,2\n1,2,2,0\n',
  )
  expect(tensorCsv({ node: 'fc', shape: [2, 2], data }, 'kernels').split('\n')[3]).toBe('2,1,2')
})
