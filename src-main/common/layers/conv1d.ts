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
import { convolutionBrief, seriesOf, sizeOf, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchConvolutionLayer } from './torch.ts'

export const conv1d = defineLayer({
  kind: 'convolution',
  title: { en: '1-D convolution', ko: '1차원 합성곱' },
  label: 'Conv1D',
  help: {
    en: 'Each filter slides along the steps of a series and weighs a short stretch of it through all channels: a learned moving average, difference or shape detector. It suits sensor values, traffic counts and sound, where a pattern may occur at any moment.',
    ko: '각 필터가 시계열을 따라 이동하면서 짧은 구간을 모든 채널에 걸쳐 가중합합니다. 학습되는 이동 평균, 변화량, 파형 검출기라고 볼 수 있습니다. 패턴이 언제든 나타날 수 있는 센서 값, 교통량, 소리에 알맞습니다.',
  },
  prefix: 'C',
  params: {
    filters: filtersParam(32),
    kernelSize: kernelSizeParam(1),
    strides: stridesParam(1),
    padding: paddingParam,
    activation: activationParam('relu'),
    useBias: useBiasParam,
    dilationRate: size({ label: { en: 'Dilation', ko: '팽창률' }, axes: 1, default: 1 }),
    kernelInitializer: initializerParam,
    ...kernelRegularizerParams,
  },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [steps] = seriesOf(inputs, 'Conv1D')
    return [...slideOver([steps], windowOf(params), 'kernelSize'), params.filters]
  },
  weightCount: ([input = []], { filters, kernelSize, useBias }) =>
    filters * (perAxis(kernelSize, 1)[0] * (input[1] ?? 0) + (useBias ? 1 : 0)),
  multiplyAdds: (inputs, params) => {
    const [steps, channels] = seriesOf(inputs, 'Conv1D')
    const positions = sizeOf(slideOver([steps], windowOf(params), 'kernelSize'))
    return positions * params.filters * perAxis(params.kernelSize, 1)[0] * channels
  },
  formula: ([input = []], { filters, kernelSize, useBias }) => {
    const window = `${perAxis(kernelSize, 1)[0]}·${input[1] ?? 0}`
    return useBias ? `${filters}·(${window}+1)` : `${filters}·${window}`
  },
  brief: (params) => convolutionBrief(params, 1),
  window: (params) => windowOf(params),
  token: ({ filters, kernelSize, strides, padding, activation, useBias, dilationRate }) =>
    useBias && sizeToken(dilationRate) === '1'
      ? `C1D${filters}@${sizeToken(kernelSize)}${strideToken(strides)}${paddingToken(padding)}${activationToken(activation)}`
      : null,
  cell: (params) => convolutionCell(windowOf(params), params.activation),
  keras: { className: 'Conv1D', kernels: ['kernel'], fixed: { groups: 1 } },
  torch: (context, params) =>
    torchConvolutionLayer(context, {
      window: windowOf(params),
      filters: params.filters,
      bias: params.useBias,
      activation: params.activation,
      ours: 'kernel',
      order: [2, 1, 0],
    }),
  build: (context, params) =>
    context.layers.conv1d({
      name: context.name,
      filters: params.filters,
      kernelSize: [...perAxis(params.kernelSize, 1)],
      strides: [...perAxis(params.strides, 1)],
      padding: params.padding,
      activation: params.activation,
      useBias: params.useBias,
      dilationRate: perAxis(params.dilationRate, 1)[0],
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
    size: perAxis(params.kernelSize, 1),
    strides: perAxis(params.strides, 1),
    padding: params.padding,
    dilation: perAxis(params.dilationRate, 1),
  }
}
