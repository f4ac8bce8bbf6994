import { layerNormalisationCell } from './cells/normalisation.ts'
import { defineLayer } from './define.ts'
import { number } from './params.ts'
import { sizeOf } from './window-shapes.ts'
import { withChannelsLast } from './torch.ts'

export const layerNormalization = defineLayer({
  kind: 'regularisation',
  title: { en: 'Layer normalisation', ko: '층 정규화' },
  label: 'LayerNorm',
  help: {
    en: 'Brings the last axis of every sample to mean 0 and deviation 1 by itself, then applies a learned scale and offset. Unlike batch normalisation it does not depend on the batch and acts the same in training and afterwards.',
    ko: '샘플마다 마지막 축을 평균 0, 표준편차 1로 맞춘 뒤 학습되는 배율과 오프셋을 적용합니다. 배치 정규화와 달리 배치에 의존하지 않으며 학습할 때와 사용할 때의 동작이 같습니다.',
  },
  prefix: 'LN',
  params: {
    epsilon: number({ label: { en: 'Epsilon', ko: '엡실론' }, min: 1e-9, max: 1, step: 0.001, default: 0.001 }),
  },
  inputs: 1,
  outputShape: ([input = []]) => input,
  weightCount: ([input = []]) => 2 * (input.at(-1) ?? 0),
  multiplyAdds: ([input = []]) => sizeOf(input),
  formula: ([input = []]) => `2·${input.at(-1) ?? 0}`,
  brief: () => '',
  cell: ({ epsilon }) => layerNormalisationCell(epsilon),
  keras: { className: 'LayerNormalization', fixed: { axis: -1, center: true, scale: true, rms_scaling: false } },
  torch: ({ name, inputs: [input = []] }, { epsilon }) => ({
    modules: { [name]: `nn.LayerNorm(${input.at(-1)}, eps=${epsilon})` },
    call: ([x = '']) => withChannelsLast(x, (row) => `self.${name}(${row})`, { from: input.length, to: input.length }),
    weights: [
      { ours: 'gamma', theirs: `${name}.weight` },
      { ours: 'beta', theirs: `${name}.bias` },
    ],
  }),
  build: ({ layers, name }, { epsilon }) => layers.layerNormalization({ name, epsilon }),
})
