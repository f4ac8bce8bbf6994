import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const mnistCnn: Template = {
  id: 'mnist-cnn',
  title: { en: 'Handwritten digits', ko: '손글씨 숫자' },
  about: {
    en: 'Two convolutions and dropout read the digits of MNIST with about 99 % accuracy.',
    ko: '합성곱 두 층과 드롭아웃으로 MNIST 숫자를 약 99 % 정확도로 읽습니다.',
  },
  project: templateProject({
    name: 'Handwritten digits',
    dataset: { source: 'mnist' },
    models: [
      chainModel('cnn', 'MNIST CNN', [
        ['input', { shape: [28, 28, 1] }],
        ['conv2d', { filters: 32, kernelSize: [3, 3], padding: 'valid', activation: 'relu' }],
        ['conv2d', { filters: 64, kernelSize: [3, 3], padding: 'valid', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['dropout', { rate: 0.25 }],
        ['flatten'],
        ['dense', { units: 128, activation: 'relu' }],
        ['dropout', { rate: 0.5 }],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 128,
      epochs: 10,
      seed: 1,
      // The course's notebook judges each epoch on the 10,000 test pictures.
      split: { validation: 'test' },
    },
  }),
}
