import { meanPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { pictureOf } from './window-shapes.ts'

export const globalAveragePooling2d = defineLayer({
  kind: 'pooling',
  title: { en: 'Global 2-D average pooling', ko: '2차원 전역 평균 풀링' },
  label: 'GlobalAveragePooling2D',
  help: {
    en: 'Turns every map into one number, its mean: height and width disappear and one value a channel remains. It often stands in for Flatten before the last layer and saves most of the weights.',
    ko: '맵 하나를 평균값 하나로 바꿉니다. 높이와 너비는 사라지고 채널마다 값 하나가 남습니다. 마지막 층 앞에서 Flatten 대신 써서 가중치를 크게 줄일 수 있습니다.',
  },
  prefix: 'GAP',
  params: {},
  inputs: 1,
  outputShape: (inputs) => [pictureOf(inputs, 'GlobalAveragePooling2D')[2]],
  brief: () => '',
  token: () => 'GAP',
  cell: () => meanPoolCell(null),
  keras: { className: 'GlobalAveragePooling2D', fixed: { keepdims: false } },
  torch: () => ({ call: ([x = '']) => `${x}.mean(dim=(2, 3))` }),
  build: ({ layers, name }) => layers.globalAveragePooling2d({ name, dataFormat: 'channelsLast' }),
})
