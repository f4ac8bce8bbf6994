import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const kopo1ch: Template = {
  id: 'kopo-1ch',
  title: { en: 'Digits with a single filter', ko: '필터 하나로 숫자 인식' },
  about: {
    en: 'How far one 5×5 filter in each of two convolutions gets: about 95 % of the digits.',
    ko: '두 합성곱 층에 5×5 필터를 하나씩만 두면 어디까지 되는지 봅니다. 숫자의 약 95 %를 맞힙니다.',
  },
  project: templateProject({
    name: 'Digits with a single filter',
    dataset: { source: 'mnist' },
    models: [
      chainModel('cnn', 'One filter', [
        ['input', { shape: [28, 28, 1] }],
        ['conv2d', { filters: 1, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
        ['maxPooling2d', { poolSize: [2, 2] }],
        ['conv2d', { filters: 1, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
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
      epochs: 10,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
