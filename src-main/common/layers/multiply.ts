import { mergedCell } from './cells/merging.ts'
import { defineLayer } from './define.ts'
import { elementwiseShape } from './merge-shapes.ts'
import { sizeOf } from './window-shapes.ts'

export const multiply = defineLayer({
  kind: 'merge',
  title: { en: 'Multiplication', ko: '곱하기' },
  label: 'Multiply',
  help: {
    en: 'Multiplies its inputs cell by cell: one branch can turn the other up or down, as in a gate or in channel attention. All inputs must have the same shape; an axis of length 1 is repeated.',
    ko: '입력을 칸마다 곱합니다. 게이트나 채널 주의 집중처럼 한 갈래가 다른 갈래의 세기를 조절할 수 있습니다. 모든 입력의 크기가 같아야 하며 길이가 1인 축은 반복됩니다.',
  },
  prefix: 'Mul',
  params: {},
  inputs: 'many',
  outputShape: (inputs) => elementwiseShape(inputs, 'Multiply', { broadcast: true }),
  multiplyAdds: (inputs) => sizeOf(elementwiseShape(inputs, 'Multiply', { broadcast: true })) * (inputs.length - 1),
  brief: () => '',
  cell: () => mergedCell('product'),
  keras: { className: 'Multiply' },
  torch: () => ({ call: (inputs) => inputs.join(' * ') }),
  build: ({ layers, name }) => layers.multiply({ name }),
})
