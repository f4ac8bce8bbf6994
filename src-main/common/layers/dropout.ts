import { sameCell } from './cells/copies.ts'
import { defineLayer } from './define.ts'
import { number } from './params.ts'

export const dropout = defineLayer({
  kind: 'regularisation',
  title: { en: 'Dropout', ko: '드롭아웃' },
  label: 'Dropout',
  help: {
    en: 'While training, sets a random share of its inputs to zero, anew in every step, and scales the others up; otherwise it does nothing. No unit can rely on a particular other one, which works against learning by heart.',
    ko: '학습 중에는 매 단계마다 입력의 일부를 무작위로 0으로 만들고 나머지를 그만큼 키우며, 그 밖에는 아무 일도 하지 않습니다. 특정 유닛에만 의존할 수 없게 되어 과적합을 막아 줍니다.',
  },
  prefix: 'D',
  params: {
    rate: number({ label: { en: 'Rate', ko: '비율' }, min: 0, max: 0.99, step: 0.05, default: 0.25 }),
  },
  inputs: 1,
  outputShape: ([input = []]) => input,
  brief: ({ rate }) => String(rate),
  token: ({ rate }) => `D${rate === 0 ? '0' : String(rate).replace(/^0/, '')}`,
  trainingOnly: true,
  cell: () => sameCell,
  keras: { className: 'Dropout', fixed: { noise_shape: null } },
  torch: (_, { rate }) => ({ call: ([x = '']) => `F.dropout(${x}, ${rate}, self.training)` }),
  build: ({ dropout }, { rate }) => dropout(rate),
})
