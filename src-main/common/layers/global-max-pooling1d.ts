import { maximumPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { seriesOf } from './window-shapes.ts'

export const globalMaxPooling1d = defineLayer({
  kind: 'pooling',
  title: { en: 'Global 1-D max pooling', ko: '1차원 전역 최대 풀링' },
  label: 'GlobalMaxPooling1D',
  help: {
    en: 'Turns a series into one number a channel, the largest over all steps: it tells whether a pattern occurs, not when.',
    ko: '시계열을 채널마다 값 하나, 곧 모든 시점의 최댓값으로 바꿉니다. 패턴이 나타나는지는 알려 주지만 언제인지는 알려 주지 않습니다.',
  },
  prefix: 'GMP',
  params: {},
  inputs: 1,
  outputShape: (inputs) => [seriesOf(inputs, 'GlobalMaxPooling1D')[1]],
  brief: () => '',
  token: () => 'GMP',
  cell: () => maximumPoolCell(null),
  keras: { className: 'GlobalMaxPooling1D', fixed: { keepdims: false } },
  torch: () => ({ call: ([x = '']) => `${x}.amax(dim=2)` }),
  build: ({ layers, name }) => layers.globalMaxPooling1d({ name }),
})
