import { convolutionCell } from './cells/convolution.ts'
import { defineLayer } from './define.ts'
import { activationToken, paddingToken, sizeToken, strideToken } from './notation-tokens.ts'
import { perAxis, size } from './params.ts'
import {
  activationParam,
  filtersParam,
  initializerParam,
  kernelRegularizerOf,
  kernelRegularizerParams,
  kernelSizeParam,
  paddingParam,
  stridesParam,
  useBiasParam,
} from './shared-params.ts'
import { convolutionBrief, pictureOf, sizeOf, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchConvolutionLayer } from './torch.ts'

export const conv2d = defineLayer({
  kind: 'convolution',
  title: { en: '2-D convolution', ko: '2차원 합성곱' },
  label: 'Conv2D',
  help: {
    en: 'Each filter slides over the picture; at every position it multiplies the window under it, through all channels, with its kernel, adds them up with a bias and applies the activation. One filter makes one feature map, and the same few weights are used everywhere, so a pattern is found wherever it lies. With padding "same" and stride 1 the size stays, with "valid" it shrinks by kernel − 1.',
    ko: '각 필터가 그림 위를 이동하면서, 모든 채널에 걸쳐 창 안의 값과 커널을 곱해 더하고 편향을 더한 뒤 활성화 함수를 적용합니다. 필터 하나가 특징 맵 하나를 만들며, 같은 가중치를 모든 위치에서 쓰므로 패턴이 어디에 있든 찾아냅니다. 스트라이드가 1일 때 패딩 "same"은 크기를 유지하고 "valid"는 커널 − 1만큼 줄입니다.',
  },
  prefix: 'C',
  params: {
    filters: filtersParam(16),
    kernelSize: kernelSizeParam(2),
    strides: stridesParam(2),
    padding: paddingParam,
    activation: activationParam('relu'),
    useBias: useBiasParam,
    dilationRate: size({ label: { en: 'Dilation', ko: '팽창률' }, axes: 2, default: 1 }),
    kernelInitializer: initializerParam,
    ...kernelRegularizerParams,
  },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [height, width] = pictureOf(inputs, 'Conv2D')
    return [...slideOver([height, width], windowOf(params), 'kernelSize'), params.filters]
  },
  weightCount: ([input = []], { filters, kernelSize, useBias }) =>
    filters * (sizeOf(perAxis(kernelSize, 2)) * (input[2] ?? 0) + (useBias ? 1 : 0)),
  multiplyAdds: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'Conv2D')
    const positions = sizeOf(slideOver([height, width], windowOf(params), 'kernelSize'))
    return positions * params.filters * sizeOf(perAxis(params.kernelSize, 2)) * channels
  },
  formula: ([input = []], { filters, kernelSize, useBias }) => {
    const window = `${perAxis(kernelSize, 2).join('·')}·${input[2] ?? 0}`
    return useBias ? `${filters}·(${window}+1)` : `${filters}·${window}`
  },
  brief: (params) => convolutionBrief(params, 2),
  window: (params) => windowOf(params),
  token: ({ filters, kernelSize, strides, padding, activation, useBias, dilationRate }) =>
    useBias && sizeToken(dilationRate) === '1'
      ? `C${filters}@${sizeToken(kernelSize)}${strideToken(strides)}${paddingToken(padding)}${activationToken(activation)}`
      : null,
  cell: (params) => convolutionCell(windowOf(params), params.activation),
  keras: { className: 'Conv2D', kernels: ['kernel'], fixed: { groups: 1 } },
  torch: (context, params) =>
    torchConvolutionLayer(context, {
      window: windowOf(params),
      filters: params.filters,
      bias: params.useBias,
      activation: params.activation,
      ours: 'kernel',
      order: [3, 2, 0, 1],
    }),
  build: (context, params) =>
    context.layers.conv2d({
      name: context.name,
      filters: params.filters,
      kernelSize: [...perAxis(params.kernelSize, 2)],
      strides: [...perAxis(params.strides, 2)],
      padding: params.padding,
      activation: params.activation,
      useBias: params.useBias,
      dilationRate: [...perAxis(params.dilationRate, 2)],
      kernelInitializer: context.initializer(params.kernelInitializer, 'kernel'),
      biasInitializer: context.initializer('zeros', 'bias'),
      ...kernelRegularizerOf(context, params),
    }),
})

function windowOf(params: {
  readonly kernelSize: number | readonly number[]
  readonly strides: number | readonly number[]
  readonly padding: 'same' | 'valid'
  readonly dilationRate: number | readonly number[]
}): SlidingWindow {
  return {
    size: perAxis(params.kernelSize, 2),
    strides: perAxis(params.strides, 2),
    padding: params.padding,
    dilation: perAxis(params.dilationRate, 2),
  }
}
