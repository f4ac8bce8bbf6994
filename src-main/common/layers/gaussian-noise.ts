import { sameCell } from './cells/copies.ts'
import { defineLayer } from './define.ts'
import { number } from './params.ts'

export const gaussianNoise = defineLayer({
  kind: 'regularisation',
  title: { en: 'Gaussian noise', ko: '가우시안 노이즈' },
  label: 'GaussianNoise',
  help: {
    en: 'While training, adds random noise of the given deviation to every number; otherwise it does nothing. The model sees each sample slightly changed every time, which works against learning by heart.',
    ko: '학습 중에는 각 수에 주어진 표준편차의 무작위 노이즈를 더하고, 그 밖에는 아무 일도 하지 않습니다. 모델이 같은 샘플을 매번 조금씩 다르게 보게 되어 과적합을 막아 줍니다.',
  },
  prefix: 'GN',
  params: {
    stddev: number({ label: { en: 'Deviation', ko: '표준편차' }, min: 0, max: 100, step: 0.01, default: 0.1 }),
  },
  inputs: 1,
  outputShape: ([input = []]) => input,
  brief: ({ stddev }) => `σ ${stddev}`,
  trainingOnly: true,
  cell: () => sameCell,
  keras: { className: 'GaussianNoise' },
  torch: (_, { stddev }) => ({
    call: ([x = '']) => `(${x} + ${stddev} * torch.randn_like(${x}) if self.training else ${x})`,
  }),
  build: ({ gaussianNoise }, { stddev }) => gaussianNoise(stddev),
})
