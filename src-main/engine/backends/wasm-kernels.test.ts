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

let isNative = false
beforeAll(async () => {
  isNative = (await openForTest('tensorflow')) !== null
})

async function gradients(backend: 'wasm' | 'tensorflow', [, inputShape, filterShape, apply]: Case) {
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

/** The largest difference, relative to the largest value. */
function differenceOf(a: readonly number[] = [], b: readonly number[] = []): number {
  expect(a).toHaveLength(b.length)
  const largest = Math.max(1, ...a.map(Math.abs))
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN)))) / largest
}

describe('the kernels for WebAssembly', () => {
  test.each(cases)('give the gradients that native TensorFlow gives: %s', async (...given) => {
    if (!isNative) return
    const [expectedInput, expectedFilter] = await gradients('tensorflow', given)
    const [input, filter] = await gradients('wasm', given)
    expect(differenceOf(expectedInput, input)).toBeLessThan(1e-5)
    expect(differenceOf(expectedFilter, filter)).toBeLessThan(1e-5)
  })

  test.each([
    [
      'convolution',
      (library: TensorLibrary, x: tf.Tensor4D, filter: tf.Tensor4D, stride: number) =>
        library.conv2d(x, filter, stride, 'same'),
    ],
    [
      'depthwise convolution',
      (library: TensorLibrary, x: tf.Tensor4D, filter: tf.Tensor4D, stride: number) =>
        library.depthwiseConv2d(x, filter, stride, 'same'),
    ],
  ] as const)('place the windows of a %s rightly where they leave a gap at the border', async (_, apply) => {
    const outputs = async (choice: 'wasm' | 'tensorflow') => {
      const opened = await openForTest(choice)
      if (opened === null) throw new Error(`${choice} must open`)
      const library = opened.tf
      const ramp = (shape: [number, number, number, number]) =>
        library
          .range(0, shape[0] * shape[1] * shape[2] * shape[3])
          .sin()
          .reshape<tf.Tensor4D>(shape)
      return [3, 4, 5, 7].flatMap((stride) =>
        library.tidy(() => Array.from(apply(library, ramp([2, 6, 8, 3]), ramp([2, 3, 3, 2]), stride).dataSync())),
      )
    }
    const ours = await outputs('wasm')
    if (!isNative) return
    expect(differenceOf(await outputs('tensorflow'), ours)).toBeLessThan(1e-6)
  })

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('multiply matrices transposed (%s, %s) as one would by hand', async (transposeA, transposeB) => {
    const opened = await openForTest('wasm')
    if (opened === null) throw new Error('wasm must open')
    const random = randomSource(4)
    const matrix = (rows: number, columns: number) =>
      Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.between(-1, 1)))
    const turned = (given: number[][]) => (given[0] ?? []).map((_, column) => given.map((row) => row[column] as number))
    const [a, b] = [matrix(3, 5), matrix(5, 4)]
    const product = opened.tf.tidy(() =>
      opened.tf
        .matMul(
          opened.tf.tensor2d(transposeA ? turned(a) : a),
          opened.tf.tensor2d(transposeB ? turned(b) : b),
          transposeA,
          transposeB,
        )
        .dataSync(),
    )
    const expected = a.flatMap((row) =>
      turned(b).map((column) => row.reduce((sum, value, index) => sum + value * (column[index] as number), 0)),
    )
    expect(differenceOf(expected, Array.from(product))).toBeLessThan(1e-6)
  })
})
