import type { TensorLibrary, tf } from './tensor-library.ts'

type PerAxis = number | [number, number]
type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>

/** How a pooling was done. */
export interface PoolingAttributes {
  readonly filterSize: PerAxis
  readonly strides: PerAxis
  readonly pad: 'valid' | 'same' | number
}

/** dL/dx of max pooling: each output's gradient goes to the first largest cell of its window. All [batch, height, width, channels]. */
export function maxPoolGradient(
  library: TensorLibrary,
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  { filterSize, strides, pad }: PoolingAttributes,
): tf.Tensor4D {
  const info = library.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad)
  const { inChannels: channels, inWidth } = info
  const values = x.dataSync()
  const gradient = dy.dataSync()
  const result = new Float32Array(x.size)
  const largest = new Float32Array(channels)
  const places = new Int32Array(channels)
  visitWindows(info, (sample, firstRow, lastRow, firstColumn, lastColumn, output) => {
    // Channel by channel within a cell: the order in which they lie in memory.
    largest.fill(-Infinity)
    for (let row = firstRow; row < lastRow; row++) {
      const start = (sample * info.inHeight + row) * inWidth
      for (let column = firstColumn; column < lastColumn; column++) {
        const cell = (start + column) * channels
        for (let channel = 0; channel < channels; channel++) {
          const value = values[cell + channel] as number
          if (value > (largest[channel] as number)) {
            largest[channel] = value
            places[channel] = cell + channel
          }
        }
      }
    }
    const from = output * channels
    for (let channel = 0; channel < channels; channel++) {
      const place = places[channel] as number
      result[place] = (result[place] as number) + (gradient[from + channel] as number)
    }
  })
  return library.tensor4d(result, x.shape)
}

/** dL/dx of average pooling: each output's gradient is shared by the cells of its window that lie inside the input. */
export function averagePoolGradient(
  library: TensorLibrary,
  dy: tf.Tensor4D,
  inputShape: [number, number, number, number],
  { filterSize, strides, pad }: PoolingAttributes,
): tf.Tensor4D {
  const info = library.backend_util.computePool2DInfo(inputShape, filterSize, strides, 1, pad)
  const { inChannels: channels, inWidth } = info
  const gradient = dy.dataSync()
  const result = new Float32Array(inputShape.reduce((product, length) => product * length, 1))
  visitWindows(info, (sample, firstRow, lastRow, firstColumn, lastColumn, output) => {
    const share = 1 / ((lastRow - firstRow) * (lastColumn - firstColumn))
    for (let row = firstRow; row < lastRow; row++) {
      const start = (sample * info.inHeight + row) * inWidth
      for (let column = firstColumn; column < lastColumn; column++) {
        const place = (start + column) * channels
        for (let channel = 0; channel < channels; channel++)
          result[place + channel] =
            (result[place + channel] as number) + (gradient[output * channels + channel] as number) * share
      }
    }
  })
  return library.tensor4d(result, inputShape)
}

/** Calls `visit` once for each window, with the rows and columns of it that lie inside the input. */
function visitWindows(
  info: PoolInfo,
  visit: (
    sample: number,
    firstRow: number,
    lastRow: number,
    firstColumn: number,
    lastColumn: number,
    output: number,
  ) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info
  const { filterHeight, filterWidth } = info
  let output = 0
  for (let sample = 0; sample < batchSize; sample++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const row = outRow * strideHeight - info.padInfo.top
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const column = outColumn * strideWidth - info.padInfo.left
        visit(
          sample,
          Math.max(0, row),
          Math.min(inHeight, row + filterHeight),
          Math.max(0, column),
          Math.min(inWidth, column + filterWidth),
          output++,
        )
      }
    }
  }
}
