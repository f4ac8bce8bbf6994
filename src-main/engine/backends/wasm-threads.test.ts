import { expect, test } from 'vitest'
import { openForTest } from '../testing/native.ts'
import { wantedThreads } from './wasm-threads.ts'

test('half the cores work as threads, at least one and at most four; CONVAS_WASM_THREADS overrides that', () => {
  const threads = [1, 2, 4, 6, 16].map((cores) => wantedThreads({}, cores))
  expect(threads).toEqual([1, 1, 2, 3, 4])
  expect(wantedThreads({ CONVAS_WASM_THREADS: '6' }, 2)).toBe(6)
  expect(wantedThreads({ CONVAS_WASM_THREADS: '99' }, 2)).toBe(8)
  expect(wantedThreads({ CONVAS_WASM_THREADS: 'many' }, 4)).toBe(2)
})

test('WebAssembly really runs on several threads under Node, and computes the same', async () => {
  process.env['CONVAS_WASM_THREADS'] = '2'
  const opened = await openForTest('wasm')
  if (opened === null) throw new Error('wasm must open')
  expect(opened.status.device).toMatch(/, 2 threads$/)
  const { tf } = opened
  const side = 150
  const [a, b] = [3, 7].map((step) => Array.from({ length: side * side }, (_, index) => ((index * step) % 11) - 5))
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(a as number[], [side, side]), tf.tensor2d(b as number[], [side, side])).dataSync(),
  )
  const cell = (row: number, column: number) =>
    Array.from(
      { length: side },
      (_, index) => (a?.[row * side + index] ?? NaN) * (b?.[index * side + column] ?? NaN),
    ).reduce((sum, value) => sum + value)
  for (const [row, column] of [
    [0, 0],
    [149, 149],
    [3, 141],
  ] as const)
    expect(product[row * side + column]).toBe(cell(row, column))
})
