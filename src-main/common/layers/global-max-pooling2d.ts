import { maximumPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { pictureOf } from './window-shapes.ts'

export const globalMaxPooling2d = defineLayer({
  kind: 'pooling',
  title: { en: 'Global 2-D max pooling', ko: '2차원 전역 최대 풀링' },
  label: 'GlobalMaxPooling2D',
  help: {
    en: 'Turns every map into one number, its largest value: it tells whether a feature occurs anywhere in the picture, not where.',
    ko: '맵 하나를 가장 큰 값 하나로 바꿉니다. 특징이 그림 어딘가에 있는지는 알려 주지만 어디에 있는지는 알려 주지 않습니다.',
  },
  prefix: 'GMP',
  params: {},
  inputs: 1,
  outputShape: (inputs) => [pictureOf(inputs, 'GlobalMaxPooling2D')[2]],
  brief: () => '',
  token: () => 'GMP',
  cell: () => maximumPoolCell(null),
  keras: { className: 'GlobalMaxPooling2D', fixed: { keepdims: false } },
  torch: () => ({ call: ([x = '']) => `${x}.amax(dim=(2, 3))` }),
  build: ({ layers, name }) => layers.globalMaxPooling2d({ name, dataFormat: 'channelsLast' }),
})
