import type { TensorLibrary, tf } from './tensor-library.ts'

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>
type Strides = number | [number, number]
type Padding = 'valid' | 'same' | number
type Shape4D = [number, number, number, number]

interface GradientAttributes {
  readonly strides: Strides
  readonly pad: Padding
  readonly dilations?: Strides
  readonly filterShape: Shape4D
  readonly inputShape: Shape4D
}

let registered = false

/** Registers the gradient kernels that tfjs's WebAssembly backend lacks. Once is enough. */
export function registerGradientKernels(library: TensorLibrary): void {
  if (registered) return
  registered = true
  const register = (kernelName: string, run: (inputs: Record<string, tf.Tensor>, attributes: never) => tf.Tensor) => {
    library.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => run(inputs as unknown as Record<string, tf.Tensor>, attrs as never),
    })
  }
  register('Conv2DBackpropFilter', ({ x, dy }, attributes: GradientAttributes) =>
    convolutionFilterGradient(library, x as tf.Tensor4D, dy as tf.Tensor4D, attributes),
  )
  register('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, attributes: GradientAttributes) =>
    depthwiseFilterGradient(library, x as tf.Tensor4D, dy as tf.Tensor4D, attributes),
  )
  register('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, attributes: GradientAttributes) =>
    depthwiseInputGradient(library, dy as tf.Tensor4D, filter as tf.Tensor4D, attributes),
  )
  register('UnsortedSegmentSum', ({ x, segmentIds }, attributes: { readonly numSegments: number }) =>
    segmentSum(library, x as tf.Tensor, segmentIds as tf.Tensor, attributes.numSegments),
  )
}

/**
 * dL/dfilter as a convolution itself: batch and channels change places, the output's gradient is the filter, and the
 * stride becomes its dilation. x [batch, height, width, in], dy [batch, height, width, out].
 */
function convolutionFilterGradient(
  library: TensorLibrary,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attributes: GradientAttributes,
): tf.Tensor {
  const { strides, pad, filterShape } = attributes
  const info = library.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad)
  const [filterHeight, filterWidth, inputs, outputs] = filterShape
  return library.tidy(() => {
    const { top, bottom, left, right } = info.padInfo
    const padded =
      top + bottom + left + right === 0
        ? x
        : library.pad(x, [
            [0, 0],
            [top, bottom],
            [left, right],
            [0, 0],
          ])
    const turnedInput = library.transpose(padded, [3, 1, 2, 0])
    const turnedGradient = library.transpose(dy, [1, 2, 0, 3])
    const gradient = library.conv2d(turnedInput, turnedGradient, 1, 'valid', 'NHWC', [
      info.strideHeight,
      info.strideWidth,
    ])
    const cut = library.slice(gradient, [0, 0, 0, 0], [inputs, filterHeight, filterWidth, outputs])
    return library.transpose(cut, [1, 2, 0, 3])
  })
}

/** Calls `visit` for every pair of an input cell and an output cell that a filter cell connects; offsets without channels. */
function visitWindows(
  info: ConvInfo,
  visit: (inputOffset: number, outputOffset: number, filterOffset: number) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info
  const { top, left } = info.padInfo
  for (let sample = 0; sample < batchSize; sample++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let filterRow = 0; filterRow < filterHeight; filterRow++) {
        const row = outRow * strideHeight - top + filterRow * dilationHeight
        if (row < 0 || row >= inHeight) continue
        for (let outColumn = 0; outColumn < outWidth; outColumn++) {
          for (let filterColumn = 0; filterColumn < filterWidth; filterColumn++) {
            const column = outColumn * strideWidth - left + filterColumn * dilationWidth
            if (column < 0 || column >= inWidth) continue
            visit(
              (sample * inHeight + row) * inWidth + column,
              (sample * outHeight + outRow) * outWidth + outColumn,
              filterRow * filterWidth + filterColumn,
            )
          }
        }
      }
    }
  }
}

/** x [batch, height, width, in], dy [batch, height, width, in · multiplier] → [height, width, in, multiplier]. */
function depthwiseFilterGradient(
  library: TensorLibrary,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attributes: GradientAttributes,
): tf.Tensor {
  const { strides, pad, dilations = 1, filterShape } = attributes
  const info = library.backend_util.computeConv2DInfo(x.shape, filterShape, strides, dilations, pad, undefined, true)
  const [, , channels, multiplier] = filterShape
  const input = x.dataSync()
  const gradient = dy.dataSync()
  const result = new Float32Array(filterShape.reduce((product, length) => product * length, 1))
  visitWindows(info, (inputOffset, outputOffset, filterOffset) => {
    for (let channel = 0; channel < channels; channel++) {
      const value = input[inputOffset * channels + channel] as number
      for (let copy = 0; copy < multiplier; copy++) {
        const output = channel * multiplier + copy
        const place = filterOffset * channels * multiplier + output
        result[place] =
          (result[place] as number) + value * (gradient[outputOffset * channels * multiplier + output] as number)
      }
    }
  })
  return library.tensor(result, filterShape)
}

/** dy [batch, height, width, in · multiplier], filter [height, width, in, multiplier] → the input's shape. */
function depthwiseInputGradient(
  library: TensorLibrary,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  attributes: GradientAttributes,
): tf.Tensor {
  const { strides, pad, dilations = 1, inputShape } = attributes
  const info = library.backend_util.computeConv2DInfo(
    inputShape,
    filter.shape,
    strides,
    dilations,
    pad,
    undefined,
    true,
  )
  const [, , channels, multiplier] = filter.shape
  const gradient = dy.dataSync()
  const weights = filter.dataSync()
  const result = new Float32Array(inputShape.reduce((product, length) => product * length, 1))
  visitWindows(info, (inputOffset, outputOffset, filterOffset) => {
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0
      for (let copy = 0; copy < multiplier; copy++) {
        const output = channel * multiplier + copy
        sum +=
          (weights[filterOffset * channels * multiplier + output] as number) *
          (gradient[outputOffset * channels * multiplier + output] as number)
      }
      const place = inputOffset * channels + channel
      result[place] = (result[place] as number) + sum
    }
  })
  return library.tensor(result, inputShape)
}

/** Sums the slices of x along its first axis that share a segment. */
function segmentSum(library: TensorLibrary, x: tf.Tensor, segmentIds: tf.Tensor, segments: number): tf.Tensor {
  const inner = x.size / (x.shape[0] ?? 1)
  const values = x.dataSync()
  const ids = segmentIds.dataSync()
  const result = new Float32Array(segments * inner)
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] as number
    if (segment < 0) continue
    for (let column = 0; column < inner; column++) {
      const place = segment * inner + column
      result[place] = (result[place] as number) + (values[row * inner + column] as number)
    }
  }
  return library.tensor(result, [segments, ...x.shape.slice(1)])
}
