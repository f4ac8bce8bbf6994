import { activationCell } from './cells/copies.ts'
import { defineLayer } from './define.ts'
import { activationParam } from './shared-params.ts'
import { torchActivation } from './torch.ts'

export const activation = defineLayer({
  kind: 'activation',
  title: { en: 'Activation', ko: '활성화' },
  label: 'Activation',
  help: {
    en: 'Applies a function to every number by itself: relu cuts off what is negative, sigmoid and tanh squeeze into a range, softmax turns the last axis into probabilities. Without such a bend many layers together could do no more than one.',
    ko: '각 수에 함수를 적용합니다. relu는 음수를 0으로 만들고, sigmoid와 tanh는 일정한 범위로 압축하며, softmax는 마지막 축을 확률로 바꿉니다. 이런 비선형성이 없으면 층을 아무리 쌓아도 한 층과 다를 바 없습니다.',
  },
  prefix: 'A',
  params: { activation: activationParam('relu') },
  inputs: 1,
  outputShape: ([input = []]) => input,
  brief: (params) => params.activation,
  cell: (params) => activationCell(params.activation),
  keras: { className: 'Activation' },
  torch: (_, params) => ({ call: ([x = '']) => torchActivation(params.activation, x) }),
  build: ({ layers, name }, params) => layers.activation({ name, activation: params.activation }),
})
