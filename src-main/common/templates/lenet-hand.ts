import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const lenetHand: Template = {
  id: 'lenet-hand',
  title: { en: 'Follow one filter by hand', ko: '필터 하나를 손으로 따라가기' },
  about: {
    en: 'One filter, twice convolved and pooled, without training: 32×32 becomes 8×8.',
    ko: '학습 없이 필터 하나로 합성곱과 풀링을 두 번 거칩니다. 32×32가 8×8이 됩니다.',
  },
  project: templateProject({
    name: 'One filter by hand',
    dataset: null,
    models: [
      chainModel('hand', 'C-P-C-P', [
        ['input', { shape: [32, 32, 1] }],
        ['conv2d', { filters: 1, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['conv2d', { filters: 1, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'meanSquaredError',
      batchSize: 32,
      epochs: 10,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
