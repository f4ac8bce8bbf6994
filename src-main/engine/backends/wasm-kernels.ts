import {
  depthwiseFilterGradient,
  depthwiseInputGradient,
  filterGradient,
  inputGradient,
  padded,
} from './convolution-gradients.ts'
import type { ConvolutionAttributes } from './convolution-gradients.ts'
import { averagePoolGradient, maxPoolGradient } from './pooling-gradients.ts'
import type { PoolingAttributes } from './pooling-gradients.ts'
import type { TensorLibrary, tf } from './tensor-library.ts'

type Shape4D = [number, number, number, number]
type FilterAttributes = ConvolutionAttributes & { readonly filterShape: Shape4D }
type InputAttributes = ConvolutionAttributes & { readonly inputShape: Shape4D }

let registered = false

/** Registers the gradient kernels that tfjs's WebAssembly backend lacks, and faster ones for those it has. Once is enough. */
export function registerWasmKernels(library: TensorLibrary): void {
  if (registered) return
  registered = true
  const register = (kernelName: string, run: (inputs: Record<string, tf.Tensor>, attributes: never) => tf.Tensor) => {
    if ((library.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined) !== undefined)
      library.unregisterKernel(kernelName, 'wasm')
    library.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => run(inputs as unknown as Record<string, tf.Tensor>, attrs as never),
    })
  }
  register('Conv2DBackpropFilter', ({ x, dy }, attributes: FilterAttributes) =>
    filterGradient(library, x as tf.Tensor4D, dy as tf.Tensor4D, attributes),
  )
  // tfjs's own goes through the cells one by one: a tenth of the speed.
  register('Conv2DBackpropInput', ({ dy, filter }, attributes: InputAttributes) =>
    inputGradient(library, dy as tf.Tensor4D, filter as tf.Tensor4D, attributes),
  )
  register('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, attributes: FilterAttributes) =>
    depthwiseFilterGradient(library, x as tf.Tensor4D, dy as tf.Tensor4D, attributes),
  )
  register('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, attributes: InputAttributes) =>
    depthwiseInputGradient(library, dy as tf.Tensor4D, filter as tf.Tensor4D, attributes),
  )
  register('UnsortedSegmentSum', ({ x, segmentIds }, attributes: { readonly numSegments: number }) =>
    segmentSum(library, x as tf.Tensor, segmentIds as tf.Tensor, attributes.numSegments),
  )
  // A quarter of the time that tfjs's own take, which also share a padded window's gradient as if it were whole.
  register('MaxPoolGrad', ({ dy, input }, attributes: PoolingAttributes) =>
    maxPoolGradient(library, dy as tf.Tensor4D, input as tf.Tensor4D, attributes),
  )
  register('AvgPoolGrad', ({ dy, input }, attributes: PoolingAttributes) =>
    averagePoolGradient(library, dy as tf.Tensor4D, (input as tf.Tensor4D).shape, attributes),
  )
  transposeBeforeMultiplying(library)
  padSparseWindows(library)
  repeatByBroadcasting(library)
}

type KernelArguments = Parameters<tf.KernelFunc>[0]

/** Puts `kernelFunc`, which may call the one that was there, in the place of a kernel. */
function wrapKernel(
  library: TensorLibrary,
  kernelName: string,
  kernelFunc: (args: KernelArguments, original: tf.KernelFunc) => ReturnType<tf.KernelFunc>,
): void {
  const kernel = library.getKernel(kernelName, 'wasm')
  library.unregisterKernel(kernelName, 'wasm')
  library.registerKernel({ ...kernel, kernelFunc: (args) => kernelFunc(args, kernel.kernelFunc) })
}

/** tfjs multiplies transposed matrices, as in every gradient of a dense layer, cell by cell; transposing first is faster by far. */
function transposeBeforeMultiplying(library: TensorLibrary): void {
  wrapKernel(library, 'BatchMatMul', (args, original) => {
    const { transposeA, transposeB } = args.attrs as { readonly transposeA: boolean; readonly transposeB: boolean }
    const { a, b } = args.inputs as unknown as { readonly a: tf.Tensor; readonly b: tf.Tensor }
    const isSingle = (matrix: tf.Tensor) => matrix.shape.slice(0, -2).every((length) => length === 1)
    if ((!transposeA && !transposeB) || !isSingle(a) || !isSingle(b)) return original(args)
    const turned = (matrix: tf.Tensor) => {
      const axes = matrix.shape.map((_, axis) => axis)
      return library.transpose(matrix, [...axes.slice(0, -2), ...axes.slice(-2).reverse()])
    }
    return library.tidy(() => library.matMul(transposeA ? turned(a) : a, transposeB ? turned(b) : b))
  })
}

/** With padding "same", XNNPACK misplaces windows that leave a gap at the border; these are given their frame beforehand. */
function padSparseWindows(library: TensorLibrary): void {
  const names = ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D']
  for (const name of names) {
    wrapKernel(library, name, (args, original) => {
      const { x, filter } = args.inputs as unknown as { readonly x: tf.Tensor4D; readonly filter: tf.Tensor4D }
      const { strides, pad, dilations } = args.attrs as unknown as ConvolutionAttributes
      if (pad !== 'same') return original(args)
      const { backend_util: utilities } = library
      const info = utilities.computeConv2DInfo(x.shape, filter.shape, strides, dilations ?? 1, pad, undefined, true)
      const reach = (count: number, stride: number, size: number, dilation: number) =>
        (count - 1) * stride + (size - 1) * dilation + 1
      const fits =
        reach(info.outHeight, info.strideHeight, info.filterHeight, info.dilationHeight) >= info.inHeight &&
        reach(info.outWidth, info.strideWidth, info.filterWidth, info.dilationWidth) >= info.inWidth
      if (fits) return original(args)
      const { top, bottom, left, right } = info.padInfo
      const framed = padded(library, x, [top, bottom], [left, right])
      try {
        return original({ ...args, inputs: { ...args.inputs, x: framed }, attrs: { ...args.attrs, pad: 'valid' } })
      } finally {
        if (framed !== x) framed.dispose()
      }
    })
  }
}

/** tfjs copies number by number where single cells are repeated, as in every step of a batch normalisation. */
function repeatByBroadcasting(library: TensorLibrary): void {
  wrapKernel(library, 'Tile', (args, original) => {
    const { x } = args.inputs as unknown as { readonly x: tf.Tensor }
    const { reps } = args.attrs as unknown as { readonly reps: readonly number[] }
    const isBroadcast =
      x.dtype === 'float32' && x.shape.every((length, axis) => length === 1 || (reps[axis] ?? 1) === 1)
    if (!isBroadcast) return original(args)
    return library.tidy(() => library.mul(x, library.ones(x.shape.map((length, axis) => length * (reps[axis] ?? 1)))))
  })
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
