import { transposedCell } from './cells/convolution.ts'
import { defineLayer } from './define.ts'
import { perAxis } from './params.ts'
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
import { convolutionBrief, pictureOf, sizeOf, transposedLength } from './window-shapes.ts'
import { pythonTuple, torchActivation } from './torch.ts'

export const conv2dTranspose = defineLayer({
  kind: 'convolution',
  title: { en: 'Transposed 2-D convolution', ko: '전치 2차원 합성곱' },
  label: 'Conv2DTranspose',
  help: {
    en: 'A convolution run backwards: every input cell paints its kernel onto the output, so a stride of 2 doubles the size. It learns how to enlarge and is used in decoders and generators.',
    ko: '합성곱을 거꾸로 수행합니다. 입력의 각 칸이 출력 위에 커널을 펼쳐 더하므로 스트라이드가 2이면 크기가 두 배가 됩니다. 확대하는 방법을 학습하며 디코더와 생성 모델에 쓰입니다.',
  },
  prefix: 'CT',
  params: {
    filters: filtersParam(16),
    kernelSize: kernelSizeParam(2),
    strides: stridesParam(2),
    padding: paddingParam,
    activation: activationParam('relu'),
    useBias: useBiasParam,
    kernelInitializer: initializerParam,
    ...kernelRegularizerParams,
  },
  inputs: 1,
  outputShape: (inputs, { filters, kernelSize, strides, padding }) => {
    const [height, width] = pictureOf(inputs, 'Conv2DTranspose')
    const [kernelHeight, kernelWidth] = perAxis(kernelSize, 2)
    const [strideHeight, strideWidth] = perAxis(strides, 2)
    return [
      transposedLength(height, kernelHeight, strideHeight, padding),
      transposedLength(width, kernelWidth, strideWidth, padding),
      filters,
    ]
  },
  weightCount: ([input = []], { filters, kernelSize, useBias }) =>
    filters * (sizeOf(perAxis(kernelSize, 2)) * (input[2] ?? 0) + (useBias ? 1 : 0)),
  multiplyAdds: ([input = []], { filters, kernelSize }) => sizeOf(input) * filters * sizeOf(perAxis(kernelSize, 2)),
  formula: ([input = []], { filters, kernelSize, useBias }) => {
    const window = `${perAxis(kernelSize, 2).join('·')}·${input[2] ?? 0}`
    return useBias ? `${filters}·(${window}+1)` : `${filters}·${window}`
  },
  brief: (params) => convolutionBrief(params, 2),
  cell: ({ kernelSize, strides, padding, activation }) =>
    transposedCell({ size: perAxis(kernelSize, 2), strides: perAxis(strides, 2), padding }, activation),
  keras: {
    className: 'Conv2DTranspose',
    kernels: ['kernel'],
    fixed: { groups: 1, output_padding: null, dilation_rate: [1, 1] },
  },
  torch: ({ name, inputs: [input = []], output }, params) => {
    const size = perAxis(params.kernelSize, 2)
    const strides = perAxis(params.strides, 2)
    // PyTorch gives all that the kernels paint, and less where they leave gaps at the end; 'same' takes the middle of it.
    const missing = size.map((length, axis) => Math.max(0, (strides[axis] ?? 1) - length))
    const [top = 0, left = 0] = size.map((length, axis) =>
      params.padding === 'same' ? Math.floor(Math.max(0, length - (strides[axis] ?? 1)) / 2) : 0,
    )
    const settings = [
      `${input.at(-1)}, ${params.filters}, ${pythonTuple(size)}, stride=${pythonTuple(strides)}`,
      ...(missing.some((length) => length > 0) ? [`output_padding=${pythonTuple(missing)}`] : []),
      ...(params.useBias ? [] : ['bias=False']),
    ]
    const [height = 0, width = 0] = output
    const crop = params.padding === 'same' ? `[:, :, ${top}:${top + height}, ${left}:${left + width}]` : ''
    const reach = sizeOf(size)
    return {
      modules: { [name]: `nn.ConvTranspose2d(${settings.join(', ')})` },
      call: ([x = '']) => torchActivation(params.activation, `self.${name}(${x})${crop}`),
      weights: [
        {
          ours: 'kernel',
          theirs: `${name}.weight`,
          order: [3, 2, 0, 1],
          fans: [reach * params.filters, reach * (input.at(-1) ?? 1)],
        },
        ...(params.useBias ? [{ ours: 'bias', theirs: `${name}.bias` }] : []),
      ],
    }
  },
  build: (context, params) =>
    context.layers.conv2dTranspose({
      name: context.name,
      filters: params.filters,
      kernelSize: [...perAxis(params.kernelSize, 2)],
      strides: [...perAxis(params.strides, 2)],
      padding: params.padding,
      activation: params.activation,
      useBias: params.useBias,
      kernelInitializer: context.initializer(params.kernelInitializer, 'kernel'),
      biasInitializer: context.initializer('zeros', 'bias'),
      ...kernelRegularizerOf(context, params),
    }),
})
