import { depthwiseCell } from './cells/convolution.ts'
import { defineLayer } from './define.ts'
import { int, perAxis } from './params.ts'
import {
  activationParam,
  depthwiseRegularizerOf,
  initializerParam,
  kernelRegularizerParams,
  kernelSizeParam,
  paddingParam,
  useBiasParam,
} from './shared-params.ts'
import { formatSize, pictureOf, sizeOf, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchConvolutionLayer } from './torch.ts'
import { sameOnEveryAxis } from './keras.ts'

export const depthwiseConv2d = defineLayer({
  kind: 'convolution',
  title: { en: 'Depthwise 2-D convolution', ko: '깊이별 2차원 합성곱' },
  label: 'DepthwiseConv2D',
  help: {
    en: 'Every channel is convolved by itself with a kernel of its own; channels are not mixed. The number of maps is that of the input times the depth multiplier. It is the first half of a separable convolution.',
    ko: '채널마다 전용 커널로 따로 합성곱을 하며 채널끼리 섞지 않습니다. 출력 맵의 수는 입력 채널 수 × 깊이 배수입니다. 분리 가능 합성곱의 앞 단계에 해당합니다.',
  },
  prefix: 'DC',
  params: {
    kernelSize: kernelSizeParam(2),
    strides: int({ label: { en: 'Stride', ko: '스트라이드' }, min: 1, max: 1_000, default: 1 }),
    padding: paddingParam,
    depthMultiplier: int({ label: { en: 'Depth multiplier', ko: '깊이 배수' }, min: 1, max: 256, default: 1 }),
    activation: activationParam('relu'),
    useBias: useBiasParam,
    kernelInitializer: initializerParam,
    ...kernelRegularizerParams,
  },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'DepthwiseConv2D')
    return [...slideOver([height, width], windowOf(params), 'kernelSize'), channels * params.depthMultiplier]
  },
  weightCount: ([input = []], { kernelSize, depthMultiplier, useBias }) =>
    (input[2] ?? 0) * depthMultiplier * (sizeOf(perAxis(kernelSize, 2)) + (useBias ? 1 : 0)),
  multiplyAdds: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'DepthwiseConv2D')
    const positions = sizeOf(slideOver([height, width], windowOf(params), 'kernelSize'))
    return positions * channels * params.depthMultiplier * sizeOf(perAxis(params.kernelSize, 2))
  },
  formula: ([input = []], { kernelSize, depthMultiplier, useBias }) => {
    const depth = depthMultiplier === 1 ? String(input[2] ?? 0) : `${input[2] ?? 0}·${depthMultiplier}`
    const window = perAxis(kernelSize, 2).join('·')
    return useBias ? `${depth}·(${window}+1)` : `${depth}·${window}`
  },
  brief: ({ kernelSize, depthMultiplier, strides, padding, activation }) =>
    `×${depthMultiplier} @ ${formatSize(kernelSize, 2)}${strides === 1 ? '' : `, /${strides}`}, ${padding}, ${activation}`,
  window: (params) => windowOf(params),
  cell: (params) => depthwiseCell(windowOf(params), params.depthMultiplier, params.activation),
  keras: {
    className: 'DepthwiseConv2D',
    kernels: ['depthwise'],
    fixed: { dilation_rate: [1, 1] },
    config: ({ strides }) => ({ strides: [strides, strides] }),
    params: ({ strides }) => ({ strides: sameOnEveryAxis('strides', strides) }),
  },
  torch: (context, params) => {
    const window = windowOf(params)
    const channels = context.inputs[0]?.at(-1) ?? 1
    const filters = channels * params.depthMultiplier
    return torchConvolutionLayer(context, {
      window,
      filters,
      groups: channels,
      bias: params.useBias,
      activation: params.activation,
      ours: 'depthwiseKernel',
      order: [2, 3, 0, 1],
      shape: [filters, 1, ...window.size],
    })
  },
  build: (context, params) => {
    const [height, width] = perAxis(params.kernelSize, 2)
    return context.layers.depthwiseConv2d({
      name: context.name,
      kernelSize: [height, width],
      strides: [params.strides, params.strides],
      padding: params.padding,
      depthMultiplier: params.depthMultiplier,
      activation: params.activation,
      useBias: params.useBias,
      depthwiseInitializer: context.initializer(params.kernelInitializer, 'depthwise'),
      biasInitializer: context.initializer('zeros', 'bias'),
      ...depthwiseRegularizerOf(context, params),
    })
  },
})

function windowOf(params: {
  readonly kernelSize: number | readonly number[]
  readonly strides: number
  readonly padding: 'same' | 'valid'
}): SlidingWindow {
  return {
    size: perAxis(params.kernelSize, 2),
    strides: [params.strides, params.strides],
    padding: params.padding,
    dilation: [1, 1],
  }
}
