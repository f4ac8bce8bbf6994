import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const kopoCifarBn: Template = {
  id: 'kopo-cifar-bn',
  title: { en: 'Colour pictures, regularised', ko: '컬러 그림(규제 적용)' },
  about: {
    en: 'The same network with batch normalisation, dropout and early stopping against learning by heart.',
    ko: '같은 신경망에 배치 정규화, 드롭아웃, 조기 종료를 더해 과적합을 막습니다.',
  },
  project: templateProject({
    name: 'Colour pictures, regularised',
    dataset: { source: 'shapes-in-colour' },
    models: [
      chainModel('cnn', 'Colour CNN with BN', [
        ['input', { shape: [32, 32, 3] }],
        ['conv2d', { filters: 32, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['batchNormalization'],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['dropout', { rate: 0.25 }],
        ['conv2d', { filters: 32, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['batchNormalization'],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['dropout', { rate: 0.25 }],
        ['conv2d', { filters: 64, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['batchNormalization'],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['dropout', { rate: 0.25 }],
        ['flatten'],
        ['dense', { units: 64, activation: 'relu' }],
        ['batchNormalization'],
        ['dropout', { rate: 0.25 }],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 200,
      epochs: 50,
      seed: 1,
      split: { validation: 0.1 },
      earlyStopping: { patience: 5, minDelta: 0, restoreBest: true },
    },
  }),
}
