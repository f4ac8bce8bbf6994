import { beforeAll, describe, expect, test } from 'vitest'
import { randomSource } from '../random.ts'
import { openForTest } from '../testing/native.ts'
import type { TensorLibrary, tf } from './tensor-library.ts'

/** Gradients of a scalar in x and the filter, on the backend that is set. */
type Case = readonly [
  name: string,
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  apply: (library: TensorLibrary, x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor,
]

const cases: readonly Case[] = [
  ['same, stride 1', [2, 7, 6, 3], [3, 3, 3, 4], (library, x, filter) => library.conv2d(x, filter, 1, 'same')],
  ['valid, stride 1', [3, 8, 8, 2], [5, 5, 2, 3], (library, x, filter) => library.conv2d(x, filter, 1, 'valid')],
  ['same, stride 2', [2, 9, 8, 2], [3, 3, 2, 2], (library, x, filter) => library.conv2d(x, filter, 2, 'same')],
  [
    'valid, stride 2 with a rest',
    [2, 8, 8, 2],
    [3, 3, 2, 2],
    (library, x, filter) => library.conv2d(x, filter, 2, 'valid'),
  ],
  [
    'stride larger than the kernel',
    [1, 9, 9, 1],
    [2, 2, 1, 2],
    (library, x, filter) => library.conv2d(x, filter, 3, 'valid'),
  ],
  ['a line (1-D)', [2, 1, 12, 2], [1, 6, 2, 3], (library, x, filter) => library.conv2d(x, filter, 1, 'same')],
  [
    'depthwise, same',
    [2, 7, 7, 3],
    [3, 3, 3, 2],
    (library, x, filter) => library.depthwiseConv2d(x, filter, 1, 'same'),
  ],
  [
    'depthwise, stride 2',
    [2, 8, 8, 2],
    [3, 3, 2, 1],
    (library, x, filter) => library.depthwiseConv2d(x, filter, 2, 'valid'),
  ],
  [
    'gathering',
    [5, 2, 2, 1],
    [1, 1, 1, 1],
    (library, x, filter) => library.gather(x, library.tensor1d([0, 3, 3, 4], 'int32')).mul(filter.sum()),
  ],
]

let reference: 'tensorflow' | 'cpu' = 'cpu'
beforeAll(async () => {
  if (await openForTest('tensorflow')) reference = 'tensorflow'
})

async function gradients(backend: 'wasm' | 'tensorflow' | 'cpu', [, inputShape, filterShape, apply]: Case) {
  const opened = await openForTest(backend)
  if (opened === null) throw new Error(`${backend} must open`)
  const library = opened.tf
  const random = randomSource(3)
  const fill = (shape: [number, number, number, number]) =>
    library.tensor4d(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.between(-1, 1)),
      shape,
    )
  const x = fill(inputShape)
  const filter = fill(filterShape)
  // Squared, so that the gradient of the output differs from cell to cell.
  const [dx, dfilter] = library.grads((a: tf.Tensor, b: tf.Tensor) =>
    apply(library, a as tf.Tensor4D, b as tf.Tensor4D)
      .square()
      .sum(),
  )([x, filter])
  return [Array.from((dx as tf.Tensor).dataSync()), Array.from((dfilter as tf.Tensor).dataSync())]
}

describe('the gradient kernels that tfjs lacks on WebAssembly', () => {
  test.each(cases)('agree with another backend: %s', async (...given) => {
    const [expectedInput, expectedFilter] = await gradients(reference, given)
    const [input, filter] = await gradients('wasm', given)
    const largest = Math.max(1, ...[...(expectedInput ?? []), ...(expectedFilter ?? [])].map(Math.abs))
    const difference = (a: number[] = [], b: number[] = []) =>
      Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN))))
    expect(input).toHaveLength(expectedInput?.length ?? -1)
    expect(difference(expectedInput, input) / largest).toBeLessThan(1e-5)
    expect(difference(expectedFilter, filter) / largest).toBeLessThan(1e-5)
  })
})
