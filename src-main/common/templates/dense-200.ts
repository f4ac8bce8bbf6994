import { chainModel, templateProject } from './template.ts'
import type { Template } from './template.ts'

export const dense200: Template = {
  id: 'dense-200',
  title: { en: 'Why not an MLP?', ko: '왜 MLP가 아닌가?' },
  about: {
    en: 'One dense layer of 64 units on a 200×200 colour picture already has 7.68 million weights.',
    ko: '200×200 컬러 그림에 유닛 64개짜리 완전 연결 층 하나만 두어도 가중치가 768만 개가 됩니다.',
  },
  project: templateProject({
    name: 'Why not an MLP?',
    dataset: null,
    models: [
      chainModel('mlp', 'Dense on 200×200', [
        ['input', { shape: [200, 200, 3] }],
        ['flatten'],
        ['dense', { units: 64, activation: 'relu' }],
      ]),
    ],
    recipe: {
      optimizer: { type: 'adam', learningRate: 0.001 },
      loss: 'categoricalCrossentropy',
      batchSize: 32,
      epochs: 10,
      seed: 1,
      split: { validation: 0.1 },
    },
  }),
}
