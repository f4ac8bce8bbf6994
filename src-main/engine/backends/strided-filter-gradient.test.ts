import { expect, test } from 'vitest'
import { randomSource } from '../random.ts'
import { openForTest } from '../testing/native.ts'
import type { tf } from './tensor-library.ts'

/** [batch, height, width, in], out, stride. */
const cases: readonly (readonly [[number, number, number, number], number, number])[] = [
  [[3, 10, 10, 3], 1, 2],
  [[8, 12, 8, 1], 8, 2],
  [[1, 22, 38, 6], 16, 2],
  [[3, 36, 3, 1], 10, 3],
  [[2, 9, 12, 5], 4, 3],
  [[2, 9, 13, 9], 4, 2],
]

test('the filter gradient of a 1 × 1 convolution with a stride is that of what the stride leaves', async (context) => {
  const backend = await openForTest('tensorflow')
  if (backend === null) {
    context.skip('native TensorFlow is not set up')
    return
  }
  const library = backend.tf
  const random = randomSource(4)
  const noise = (shape: [number, number, number, number]) => {
    const values = Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () =>
      random.between(-1, 1),
    )
    return library.tensor4d(values, shape)
  }
  for (const [shape, outputs, stride] of cases) {
    const x = noise(shape)
    const left = x.stridedSlice([0, 0, 0, 0], shape, [1, stride, stride, 1]) as tf.Tensor4D
    const filter = noise([1, 1, shape[3], outputs])
    const [batch, height, width] = left.shape
    const dy = noise([batch, height, width, outputs])
    const gradient = (input: tf.Tensor4D, strides: number) =>
      Array.from(
        library
          .grad((one) => library.conv2d(input, one as tf.Tensor4D, strides, 'same'))(filter, dy)
          .dataSync(),
      )
    const expected = gradient(left, 1)
    // What a kernel has not written is wrong by chance only.
    for (let tries = 0; tries < 5; tries++) {
      const difference = gradient(x, stride).map((value, index) => Math.abs(value - (expected[index] as number)))
      expect([shape, Math.max(...difference) < 1e-4]).toEqual([shape, true])
    }
  }
})
