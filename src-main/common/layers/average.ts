import { mergedCell } from './cells/merging.ts'
import { defineLayer } from './define.ts'
import { elementwiseShape } from './merge-shapes.ts'
import { sizeOf } from './window-shapes.ts'

export const average = defineLayer({
  kind: 'merge',
  title: { en: 'Average', ko: '평균' },
  label: 'Average',
  help: {
    en: 'Takes the mean of its inputs cell by cell, for instance to combine the answers of several branches. All inputs must have the same shape; an axis of length 1 is repeated.',
    ko: '입력을 칸마다 평균합니다. 예를 들어 여러 갈래의 답을 하나로 모을 때 씁니다. 모든 입력의 크기가 같아야 하며 길이가 1인 축은 반복됩니다.',
  },
  prefix: 'Avg',
  params: {},
  inputs: 'many',
  outputShape: (inputs) => elementwiseShape(inputs, 'Average', { broadcast: true }),
  multiplyAdds: (inputs) => sizeOf(elementwiseShape(inputs, 'Average', { broadcast: true })) * (inputs.length - 1),
  brief: () => '',
  cell: () => mergedCell('mean'),
  keras: { className: 'Average' },
  torch: () => ({ call: (inputs) => `(${inputs.join(' + ')}) / ${inputs.length}` }),
  build: ({ layers, name }) => layers.average({ name }),
})
