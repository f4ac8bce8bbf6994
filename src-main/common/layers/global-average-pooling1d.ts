import { meanPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { seriesOf } from './window-shapes.ts'

export const globalAveragePooling1d = defineLayer({
  kind: 'pooling',
  title: { en: 'Global 1-D average pooling', ko: '1차원 전역 평균 풀링' },
  label: 'GlobalAveragePooling1D',
  help: {
    en: 'Turns a series into one number a channel, the mean over all steps, so that the length no longer matters.',
    ko: '시계열을 채널마다 값 하나, 곧 모든 시점의 평균으로 바꿉니다. 따라서 길이는 더 이상 중요하지 않습니다.',
  },
  prefix: 'GAP',
  params: {},
  inputs: 1,
  outputShape: (inputs) => [seriesOf(inputs, 'GlobalAveragePooling1D')[1]],
  brief: () => '',
  token: () => 'GAP',
  cell: () => meanPoolCell(null),
  keras: { className: 'GlobalAveragePooling1D', fixed: { keepdims: false } },
  torch: () => ({ call: ([x = '']) => `${x}.mean(dim=2)` }),
  build: ({ layers, name }) => layers.globalAveragePooling1d({ name }),
})
