import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const kopo3264: Template = {
  id: 'kopo-32-64',
  title: { en: 'Digits with 32 and 64 filters', ko: '필터 32개와 64개로 숫자 인식' },
  about: {
    en: 'The same network with 32 and 64 filters: compare it with the single filter.',
    ko: '같은 신경망에 필터를 32개와 64개 둡니다. 필터 하나일 때와 비교해 보세요.',
  },
  project: templateProject({
    name: 'Digits with 32 and 64 filters',
    dataset: { source: 'mnist' },
    models: [
      chainModel('cnn', '32 and 64 filters', [
        ['input', { shape: [28, 28, 1] }],
        ['conv2d', { filters: 32, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['conv2d', { filters: 64, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['flatten'],
        ['dense', { units: 1000, activation: 'relu' }],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 200,
      epochs: 7,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
