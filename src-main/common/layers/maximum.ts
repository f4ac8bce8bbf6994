import { mergedCell } from './cells/merging.ts'
import { defineLayer } from './define.ts'
import { elementwiseShape } from './merge-shapes.ts'
import { sizeOf } from './window-shapes.ts'

export const maximum = defineLayer({
  kind: 'merge',
  title: { en: 'Maximum', ko: '최댓값' },
  label: 'Maximum',
  help: {
    en: 'Keeps the larger value of its inputs cell by cell, so that the strongest branch speaks at every place. All inputs must have the same shape.',
    ko: '입력 가운데 큰 값을 칸마다 남겨 각 위치에서 가장 강하게 반응한 갈래를 따릅니다. 모든 입력의 크기가 같아야 합니다.',
  },
  prefix: 'Max',
  params: {},
  inputs: 'many',
  outputShape: (inputs) => elementwiseShape(inputs, 'Maximum', { broadcast: false }),
  multiplyAdds: (inputs) => sizeOf(elementwiseShape(inputs, 'Maximum', { broadcast: false })) * (inputs.length - 1),
  brief: () => '',
  cell: () => mergedCell('maximum'),
  keras: { className: 'Maximum' },
  torch: () => ({ call: (inputs) => inputs.reduce((all, one) => `torch.maximum(${all}, ${one})`) }),
  build: ({ layers, name }) => layers.maximum({ name }),
})
