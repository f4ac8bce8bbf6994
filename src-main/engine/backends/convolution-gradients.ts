import type { TensorLibrary, tf } from './tensor-library.ts'

type PerAxis = number | [number, number]
type Shape4D = [number, number, number, number]

/** How a convolution was done. */
export interface ConvolutionAttributes {
  readonly strides: PerAxis
  readonly pad: 'valid' | 'same' | number
  /** Larger than 1 only where the strides are 1; null is 1. */
  readonly dilations?: PerAxis | null
}

/**
 * dL/dfilter as a convolution itself: batch and channels change places, the output's gradient is the filter, stride and
 * dilation change places. x [batch, height, width, in], dy [batch, height, width, out] → [height, width, in, out].
 */
export function filterGradient(
  library: TensorLibrary,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attributes: ConvolutionAttributes & { readonly filterShape: Shape4D },
): tf.Tensor4D {
  const { strides, pad, dilations, filterShape } = attributes
  const info = library.backend_util.computeConv2DInfo(x.shape, filterShape, strides, dilations ?? 1, pad)
  const [filterHeight, filterWidth, inputs, outputs] = filterShape
  const { top, bottom, left, right } = info.padInfo
  return library.tidy(() => {
    const turnedInput = library.transpose(padded(library, x, [top, bottom], [left, right]), [3, 1, 2, 0])
    const turnedGradient = library.transpose(dy, [1, 2, 0, 3])
    const gradient = library.conv2d(
      turnedInput,
      turnedGradient,
      [info.dilationHeight, info.dilationWidth],
      'valid',
      'NHWC',
      [info.strideHeight, info.strideWidth],
    )
    // Where the stride does not come out even, the last rows belong to no filter cell.
    const cut = library.slice(gradient, [0, 0, 0, 0], [inputs, filterHeight, filterWidth, outputs])
    return library.transpose(cut, [1, 2, 0, 3])
  })
}

/**
 * dL/dx as a convolution: the output's gradient, spread by the stride, with the filter turned around.
 * dy [batch, height, width, out], filter [height, width, in, out] → the input's shape.
 */
export function inputGradient(
  library: TensorLibrary,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  attributes: ConvolutionAttributes & { readonly inputShape: Shape4D },
): tf.Tensor4D {
  const { strides, pad, dilations, inputShape } = attributes
  const info = library.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, dilations ?? 1, pad)
  return library.tidy(() => {
    const turned = library.transpose(library.reverse(filter, [0, 1]), [0, 1, 3, 2])
    return library.conv2d(spread(library, dy, info), turned, 1, 'valid', 'NHWC', [
      info.dilationHeight,
      info.dilationWidth,
    ])
  })
}

/** The same for a depthwise convolution: dy [batch, height, width, in · multiplier], filter [height, width, in, multiplier]. */
export function depthwiseInputGradient(
  library: TensorLibrary,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  attributes: ConvolutionAttributes & { readonly inputShape: Shape4D },
): tf.Tensor4D {
  const { strides, pad, dilations, inputShape } = attributes
  const info = library.backend_util.computeConv2DInfo(
    inputShape,
    filter.shape,
    strides,
    dilations ?? 1,
    pad,
    undefined,
    true,
  )
  const [filterHeight, filterWidth, channels, multiplier] = filter.shape
  return library.tidy(() => {
    const turned = library
      .reverse(filter, [0, 1])
      .reshape<tf.Tensor4D>([filterHeight, filterWidth, channels * multiplier, 1])
    const gradient = library.depthwiseConv2d(spread(library, dy, info), turned, 1, 'valid', 'NHWC', [
      info.dilationHeight,
      info.dilationWidth,
    ])
    return multiplier === 1 ? gradient : gradient.reshape([...inputShape, multiplier]).sum<tf.Tensor4D>(-1)
  })
}

/**
 * dL/dfilter of a depthwise convolution as a depthwise convolution over all samples' channels at once, summed over the
 * samples. x [batch, height, width, in], dy [batch, height, width, in · multiplier] → [height, width, in, multiplier].
 */
export function depthwiseFilterGradient(
  library: TensorLibrary,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attributes: ConvolutionAttributes & { readonly filterShape: Shape4D },
): tf.Tensor4D {
  const { strides, pad, dilations, filterShape } = attributes
  const info = library.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    dilations ?? 1,
    pad,
    undefined,
    true,
  )
  const [filterHeight, filterWidth, channels, multiplier] = filterShape
  const { batchSize, outHeight, outWidth } = info
  const { top, bottom, left, right } = info.padInfo
  return library.tidy(() => {
    const framed = padded(library, x, [top, bottom], [left, right])
    const [, height, width] = framed.shape
    const turnedInput = library
      .transpose(framed, [1, 2, 0, 3])
      .reshape<tf.Tensor4D>([1, height, width, batchSize * channels])
    const turnedGradient = library
      .transpose(dy, [1, 2, 0, 3])
      .reshape<tf.Tensor4D>([outHeight, outWidth, batchSize * channels, multiplier])
    const gradient = library.depthwiseConv2d(
      turnedInput,
      turnedGradient,
      [info.dilationHeight, info.dilationWidth],
      'valid',
      'NHWC',
      [info.strideHeight, info.strideWidth],
    )
    return library
      .slice(gradient, [0, 0, 0, 0], [1, filterHeight, filterWidth, batchSize * channels * multiplier])
      .reshape([filterHeight * filterWidth, batchSize, channels * multiplier])
      .sum(1)
      .reshape<tf.Tensor4D>(filterShape)
  })
}

/** An output's gradient with stride − 1 zeros between its cells, framed so that a filter slides over it once for each input cell. */
function spread(
  library: TensorLibrary,
  dy: tf.Tensor4D,
  info: ReturnType<typeof tf.backend_util.computeConv2DInfo>,
): tf.Tensor4D {
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth, inHeight, inWidth } = info
  const channels = dy.shape[3]
  let result = dy
  if (strideHeight > 1)
    result = library
      .pad(dy.reshape([batchSize * outHeight, 1, outWidth * channels]), [
        [0, 0],
        [0, strideHeight - 1],
        [0, 0],
      ])
      .reshape([batchSize, outHeight * strideHeight, outWidth, channels])
  const height = outHeight * strideHeight
  if (strideWidth > 1)
    result = library
      .pad(result.reshape([batchSize * height * outWidth, 1, channels]), [
        [0, 0],
        [0, strideWidth - 1],
        [0, 0],
      ])
      .reshape([batchSize, height, outWidth * strideWidth, channels])
  const width = outWidth * strideWidth
  const rows = (info.filterHeight - 1) * info.dilationHeight
  const columns = (info.filterWidth - 1) * info.dilationWidth
  const above = rows - info.padInfo.top
  const before = columns - info.padInfo.left
  // Zeros behind the last cell may reach beyond what the filter sees.
  const below = inHeight + rows - above - height
  const after = inWidth + columns - before - width
  if (below < 0 || after < 0)
    result = library.slice(
      result,
      [0, 0, 0, 0],
      [batchSize, height + Math.min(0, below), width + Math.min(0, after), channels],
    )
  return padded(library, result, [above, Math.max(0, below)], [before, Math.max(0, after)])
}

/** A picture with a frame of zeros; itself where the frame is empty. */
export function padded(
  library: TensorLibrary,
  x: tf.Tensor4D,
  rows: readonly [number, number],
  columns: readonly [number, number],
): tf.Tensor4D {
  if (rows[0] + rows[1] + columns[0] + columns[1] === 0) return x
  return library.pad(x, [[0, 0], [...rows], [...columns], [0, 0]])
}
