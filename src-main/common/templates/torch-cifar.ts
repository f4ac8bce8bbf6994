import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const torchCifar: Template = {
  id: 'torch-cifar',
  title: { en: 'Colour pictures, compact', ko: '컬러 그림(작은 모델)' },
  about: {
    en: 'A small CNN with 3×3 and 4×4 kernels; try Adam against SGD with a stepped learning rate.',
    ko: '3×3과 4×4 커널을 쓰는 작은 CNN입니다. Adam과 단계별 학습률을 쓰는 SGD를 비교해 보세요.',
  },
  project: templateProject({
    name: 'Colour pictures, compact',
    dataset: { source: 'shapes-in-colour' },
    models: [
      chainModel('cnn', 'Compact CNN', [
        ['input', { shape: [32, 32, 3] }],
        ['conv2d', { filters: 32, kernelSize: [3, 3], padding: 'valid', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['conv2d', { filters: 64, kernelSize: [4, 4], padding: 'valid', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['flatten'],
        ['dropout', { rate: 0.5 }],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 64,
      epochs: 10,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
