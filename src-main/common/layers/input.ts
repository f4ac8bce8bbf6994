import { defineLayer } from './define.ts'
import { shape } from './params.ts'

export const input = defineLayer({
  kind: 'input',
  title: { en: 'Input', ko: '입력' },
  label: 'Input',
  help: {
    en: 'Where samples enter: pictures of height × width × channels, or series of steps × channels. Its shape must be that of the data set.',
    ko: '샘플이 들어오는 곳입니다. 그림은 높이 × 너비 × 채널, 시계열은 시점 × 채널입니다. 데이터 세트의 크기와 같아야 합니다.',
  },
  prefix: 'in',
  params: { shape: shape({ label: { en: 'Shape', ko: '크기' }, default: [32, 32, 1] }) },
  inputs: 0,
  outputShape: (_, { shape }) => shape,
  brief: ({ shape }) => shape.join('×'),
  keras: { className: 'InputLayer', config: ({ shape }) => ({ shape }) },
})
