import { mergedCell } from './cells/merging.ts'
import { defineLayer } from './define.ts'
import { elementwiseShape } from './merge-shapes.ts'
import { sizeOf } from './window-shapes.ts'

export const add = defineLayer({
  kind: 'merge',
  title: { en: 'Addition', ko: '더하기' },
  label: 'Add',
  help: {
    en: 'Adds its inputs cell by cell. With a wire that skips some layers it makes a residual connection, which lets gradients reach early layers. All inputs must have the same shape; an axis of length 1 is repeated.',
    ko: '입력을 칸마다 더합니다. 층을 건너뛰는 연결과 함께 쓰면 잔차 연결이 되어 기울기가 앞쪽 층까지 잘 전달됩니다. 모든 입력의 크기가 같아야 하며 길이가 1인 축은 반복됩니다.',
  },
  prefix: 'Add',
  params: {},
  inputs: 'many',
  outputShape: (inputs) => elementwiseShape(inputs, 'Add', { broadcast: true }),
  multiplyAdds: (inputs) => sizeOf(elementwiseShape(inputs, 'Add', { broadcast: true })) * (inputs.length - 1),
  brief: () => '',
  cell: () => mergedCell('sum'),
  keras: { className: 'Add' },
  torch: () => ({ call: (inputs) => inputs.join(' + ') }),
  build: ({ layers, name }) => layers.add({ name }),
})
