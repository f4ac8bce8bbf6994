import { separableCell } from './cells/convolution.ts'
import { defineLayer } from './define.ts'
import { int, perAxis } from './params.ts'
import {
  activationParam,
  depthwiseRegularizerOf,
  filtersParam,
  initializerParam,
  kernelRegularizerParams,
  kernelSizeParam,
  paddingParam,
  pointwiseRegularizerOf,
  useBiasParam,
} from './shared-params.ts'
import { convolutionBrief, pictureOf, sizeOf, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchConvolution, torchActivation } from './torch.ts'
import { sameOnEveryAxis } from './keras.ts'

export const separableConv2d = defineLayer({
  kind: 'convolution',
  title: { en: 'Separable 2-D convolution', ko: '분리 가능 2차원 합성곱' },
  label: 'SeparableConv2D',
  help: {
    en: 'A convolution in two steps: first one small kernel for each channel by itself, then a 1×1 convolution that mixes the channels into the filters. It sees the same window as an ordinary convolution with a fraction of its weights and operations.',
    ko: '합성곱을 두 단계로 나눕니다. 먼저 채널마다 작은 커널을 따로 적용하고, 이어서 1×1 합성곱으로 채널을 섞어 필터 수만큼 만듭니다. 일반 합성곱과 같은 범위를 보면서 가중치와 연산량은 훨씬 적습니다.',
  },
  prefix: 'SC',
  params: {
    filters: filtersParam(32),
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
    const [height, width] = pictureOf(inputs, 'SeparableConv2D')
    return [...slideOver([height, width], windowOf(params), 'kernelSize'), params.filters]
  },
  weightCount: ([input = []], { filters, kernelSize, depthMultiplier, useBias }) => {
    const depth = (input[2] ?? 0) * depthMultiplier
    return sizeOf(perAxis(kernelSize, 2)) * depth + filters * (depth + (useBias ? 1 : 0))
  },
  multiplyAdds: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'SeparableConv2D')
    const positions = sizeOf(slideOver([height, width], windowOf(params), 'kernelSize'))
    const depth = channels * params.depthMultiplier
    return positions * depth * (sizeOf(perAxis(params.kernelSize, 2)) + params.filters)
  },
  formula: ([input = []], { filters, kernelSize, depthMultiplier, useBias }) => {
    const depth = depthMultiplier === 1 ? String(input[2] ?? 0) : `${input[2] ?? 0}·${depthMultiplier}`
    return `${perAxis(kernelSize, 2).join('·')}·${depth} + ${filters}·${useBias ? `(${depth}+1)` : depth}`
  },
  brief: (params) => convolutionBrief(params, 2),
  window: (params) => windowOf(params),
  cell: (params) => separableCell(windowOf(params), params.depthMultiplier, params.activation),
  keras: {
    className: 'SeparableConv2D',
    kernels: ['depthwise', 'pointwise'],
    fixed: { dilation_rate: [1, 1] },
    config: ({ strides }) => ({ strides: [strides, strides] }),
    params: ({ strides }) => ({ strides: sameOnEveryAxis('strides', strides) }),
  },
  torch: ({ name, inputs: [input = []] }, params) => {
    const window = windowOf(params)
    const channels = input.at(-1) ?? 1
    const depth = channels * params.depthMultiplier
    const { module, call } = torchConvolution(
      { window, filters: depth, groups: channels, bias: false, attribute: `${name}_depthwise` },
      input,
    )
    const reach = sizeOf(window.size)
    return {
      modules: {
        [`${name}_depthwise`]: module,
        [name]: `nn.Conv2d(${depth}, ${params.filters}, 1${params.useBias ? '' : ', bias=False'})`,
      },
      call: ([x = '']) => torchActivation(params.activation, `self.${name}(${call(x)})`),
      weights: [
        {
          ours: 'depthwiseKernel',
          theirs: `${name}_depthwise.weight`,
          order: [2, 3, 0, 1],
          shape: [depth, 1, ...window.size],
          fans: [reach * channels, reach * params.depthMultiplier],
        },
        { ours: 'pointwiseKernel', theirs: `${name}.weight`, order: [3, 2, 0, 1], fans: [depth, params.filters] },
        ...(params.useBias ? [{ ours: 'bias', theirs: `${name}.bias` }] : []),
      ],
    }
  },
  build: (context, params) =>
    context.layers.separableConv2d({
      name: context.name,
      filters: params.filters,
      kernelSize: [...perAxis(params.kernelSize, 2)],
      strides: [params.strides, params.strides],
      padding: params.padding,
      depthMultiplier: params.depthMultiplier,
      activation: params.activation,
      useBias: params.useBias,
      depthwiseInitializer: context.initializer(params.kernelInitializer, 'depthwise'),
      pointwiseInitializer: context.initializer(params.kernelInitializer, 'pointwise'),
      biasInitializer: context.initializer('zeros', 'bias'),
      ...depthwiseRegularizerOf(context, params),
      ...pointwiseRegularizerOf(context, params),
    }),
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
