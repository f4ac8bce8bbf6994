import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const trafficConv1d: Template = {
  id: 'traffic-conv1d',
  title: { en: 'Traffic forecast', ko: '교통량 예측' },
  about: {
    en: 'A 1-D convolution over the last day (288 steps of 5 minutes) predicts the next speed.',
    ko: '지난 하루(5분 간격 288시점)에 1차원 합성곱을 적용하여 다음 속도를 예측합니다.',
  },
  project: templateProject({
    name: 'Traffic forecast',
    dataset: { source: 'traffic-sample' },
    models: [
      chainModel('conv1d', 'Conv1D', [
        ['input', { shape: [288, 1] }],
        ['conv1d', { filters: 32, kernelSize: 6, padding: 'same', activation: 'relu' }],
        ['flatten'],
        ['dense', { units: 16, activation: 'relu' }],
        ['dense', { units: 1, activation: 'linear' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'meanSquaredError',
      batchSize: 32,
      epochs: 30,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
