import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const kopoCifar: Template = {
  id: 'kopo-cifar',
  title: { en: 'Colour pictures', ko: '컬러 그림' },
  about: {
    en: 'Three convolutions over three colour channels sort small pictures into ten classes.',
    ko: '세 개의 색 채널에 합성곱 세 층을 적용하여 작은 그림을 열 가지로 분류합니다.',
  },
  project: templateProject({
    name: 'Colour pictures',
    dataset: { source: 'shapes-in-colour' },
    models: [
      chainModel('cnn', 'Colour CNN', [
        ['input', { shape: [32, 32, 3] }],
        ['conv2d', { filters: 32, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['conv2d', { filters: 32, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['conv2d', { filters: 64, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['flatten'],
        ['dense', { units: 64, activation: 'relu' }],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 200,
      epochs: 10,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
