import { denseCell } from './cells/dense.ts'
import { defineLayer } from './define.ts'
import { activationToken } from './notation-tokens.ts'
import { int } from './params.ts'
import {
  activationParam,
  initializerParam,
  kernelRegularizerOf,
  kernelRegularizerParams,
  useBiasParam,
} from './shared-params.ts'
import { torchActivation, withChannelsLast } from './torch.ts'

export const dense = defineLayer({
  kind: 'dense',
  title: { en: 'Fully connected layer', ko: '완전 연결 층' },
  label: 'Dense',
  help: {
    en: 'Every unit takes a weighted sum of all its inputs, adds a bias and applies the activation. It has no notion of place: a picture must be flattened first, and each pixel gets a weight of its own in every unit.',
    ko: '각 유닛이 모든 입력의 가중합에 편향을 더하고 활성화 함수를 적용합니다. 위치 개념이 없어서 그림은 먼저 평탄화해야 하며, 픽셀마다 유닛별로 따로 가중치를 갖습니다.',
  },
  prefix: 'FC',
  nameNumber: ({ units }) => units,
  params: {
    units: int({ label: { en: 'Units', ko: '유닛 수' }, min: 1, default: 64 }),
    activation: activationParam('relu'),
    useBias: useBiasParam,
    kernelInitializer: initializerParam,
    ...kernelRegularizerParams,
  },
  inputs: 1,
  outputShape: ([input = []], { units }) => [...input.slice(0, -1), units],
  weightCount: ([input = []], { units, useBias }) => ((input.at(-1) ?? 0) + (useBias ? 1 : 0)) * units,
  multiplyAdds: ([input = []], { units }) => input.reduce((product, length) => product * length, 1) * units,
  formula: ([input = []], { units, useBias }) =>
    `${units}·${useBias ? `(${input.at(-1) ?? 0}+1)` : (input.at(-1) ?? 0)}`,
  brief: ({ units, activation }) => `${units}, ${activation}`,
  token: ({ units, activation, useBias }) => (useBias ? `FC${units}${activationToken(activation)}` : null),
  cell: ({ activation }) => denseCell(activation),
  keras: { className: 'Dense', kernels: ['kernel'], fixed: { lora_rank: null } },
  torch: ({ name, inputs: [input = []] }, { units, activation, useBias }) => {
    const width = input.at(-1) ?? 1
    return {
      modules: { [name]: `nn.Linear(${width}, ${units}${useBias ? '' : ', bias=False'})` },
      call: ([x = '']) =>
        torchActivation(
          activation,
          withChannelsLast(x, (row) => `self.${name}(${row})`, { from: input.length, to: input.length }),
        ),
      weights: [
        { ours: 'kernel', theirs: `${name}.weight`, order: [1, 0], fans: [width, units] },
        ...(useBias ? [{ ours: 'bias', theirs: `${name}.bias` }] : []),
      ],
    }
  },
  build: (context, params) =>
    context.layers.dense({
      name: context.name,
      units: params.units,
      activation: params.activation,
      useBias: params.useBias,
      kernelInitializer: context.initializer(params.kernelInitializer, 'kernel'),
      biasInitializer: context.initializer('zeros', 'bias'),
      ...kernelRegularizerOf(context, params),
    }),
})
