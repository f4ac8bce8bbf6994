import { batchNormalisationCell } from './cells/normalisation.ts'
import { defineLayer } from './define.ts'
import { number } from './params.ts'
import { sizeOf } from './window-shapes.ts'

export const batchNormalization = defineLayer({
  kind: 'regularisation',
  title: { en: 'Batch normalisation', ko: '배치 정규화' },
  label: 'BatchNorm',
  help: {
    en: 'Shifts and scales every channel so that, over the batch, it has mean 0 and deviation 1, then applies a learned scale and offset. Training becomes faster and less sensitive to the learning rate. It has 4 weights a channel; 2 of them, the moving mean and variance used after training, are not learned by gradient descent.',
    ko: '배치 전체에서 채널마다 평균 0, 표준편차 1이 되도록 맞춘 뒤 학습되는 배율과 오프셋을 적용합니다. 학습이 빨라지고 학습률에 덜 민감해집니다. 채널마다 가중치가 4개이며, 그중 2개(학습 후에 쓰는 이동 평균과 이동 분산)는 경사 하강법으로 학습되지 않습니다.',
  },
  prefix: 'BN',
  params: {
    momentum: number({ label: { en: 'Momentum', ko: '모멘텀' }, min: 0, max: 0.9999, step: 0.01, default: 0.99 }),
    epsilon: number({ label: { en: 'Epsilon', ko: '엡실론' }, min: 1e-9, max: 1, step: 0.001, default: 0.001 }),
  },
  inputs: 1,
  outputShape: ([input = []]) => input,
  weightCount: ([input = []]) => 4 * (input.at(-1) ?? 0),
  untrainedCount: ([input = []]) => 2 * (input.at(-1) ?? 0),
  multiplyAdds: ([input = []]) => sizeOf(input),
  formula: ([input = []]) => `4·${input.at(-1) ?? 0}`,
  brief: () => '',
  token: () => 'BN',
  trainingOnly: true,
  cell: ({ epsilon }) => batchNormalisationCell(epsilon),
  keras: { className: 'BatchNormalization', fixed: { axis: -1, center: true, scale: true, renorm: false } },
  torch: ({ name, inputs: [input = []] }, { momentum, epsilon }) => ({
    // PyTorch's momentum is the share of the new value; its moving variance is that of a sample, n / (n − 1) larger.
    modules: {
      [name]: `nn.BatchNorm${Math.max(1, input.length - 1)}d(${input.at(-1)}, eps=${epsilon}, momentum=${Number((1 - momentum).toPrecision(12))})`,
    },
    call: ([x = '']) => `self.${name}(${x})`,
    weights: [
      { ours: 'gamma', theirs: `${name}.weight` },
      { ours: 'beta', theirs: `${name}.bias` },
      { ours: 'movingMean', theirs: `${name}.running_mean` },
      { ours: 'movingVariance', theirs: `${name}.running_var` },
    ],
  }),
  build: ({ layers, name }, { momentum, epsilon }) => layers.batchNormalization({ name, momentum, epsilon }),
})
