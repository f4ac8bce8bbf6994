import type { Model } from '../graph/graph.ts'
import { chainModel } from '../templates/template.ts'
import { trafficConv1d } from '../templates/traffic-conv1d.ts'

import type {
  DenseStart,
  DepthStart,
  LessonProject,
  LessonStart,
  LookBackStart,
  SizeStart,
  WindowLesson,
} from './lesson.ts'
import { lessonNumbers } from './lesson.ts'

/** The one layer of a lesson on numbers. */
export function windowProject(layer: WindowLesson['layer'], start: Omit<LessonStart, 'title'>): LessonProject {
  const { params, input } = lessonNumbers(layer, start)
  return only(
    chainModel('lesson', 'Lesson', [
      ['input', { shape: [...input.shape] }],
      [layer, params],
    ]),
  )
}

export function sizeProject({ length, size, padding, stride }: SizeStart): LessonProject {
  return only(
    chainModel('size', 'D, F, P, S', [
      ['input', { shape: [length, length, 1] }],
      ...(padding > 0 ? [['zeroPadding2d', { padding }] as const] : []),
      ['conv2d', { filters: 1, kernelSize: [size, size], strides: stride, padding: 'valid', activation: 'linear' }],
    ]),
  )
}

export function depthProject({ side, channels, size, filters }: Omit<DepthStart, 'title'>): LessonProject {
  return only(
    chainModel('depth', `C${filters}@${size}`, [
      ['input', { shape: [side, side, channels] }],
      ['conv2d', { filters, kernelSize: [size, size], padding: 'valid', activation: 'relu' }],
    ]),
  )
}

/** A dense layer and a convolution on the same picture, side by side. */
export function denseProject({ side, channels, units, filters, size }: Omit<DenseStart, 'title'>): LessonProject {
  const shape = [side, side, channels]
  return {
    dataset: null,
    models: [
      chainModel('dense', 'Dense', [['input', { shape }], ['flatten'], ['dense', { units, activation: 'relu' }]]),
      chainModel('convolution', 'Convolution', [
        ['input', { shape }],
        ['conv2d', { filters, kernelSize: [size, size], padding: 'same', activation: 'relu' }],
      ]),
    ],
  }
}

/** C-P-C-P with one filter, as the lesson on drawn kernels has it. */
export function kernelModel(side: number): Model {
  const convolution = { filters: 1, kernelSize: [5, 5], padding: 'same', activation: 'relu' } as const
  return chainModel('hand', 'C-P-C-P', [
    ['input', { shape: [side, side, 1] }],
    ['conv2d', convolution],
    ['maxPooling2d', { poolSize: [2, 2] }],
    ['conv2d', convolution],
    ['maxPooling2d', { poolSize: [2, 2] }],
  ])
}

/** The two networks of the lesson, to be trained on real digits. */
export function shiftProject(): LessonProject {
  return {
    dataset: { source: 'mnist' },
    models: [
      chainModel('dense', 'Dense', [
        ['input', { shape: [28, 28, 1] }],
        ['flatten'],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
      chainModel('convolution', 'Convolution', [
        ['input', { shape: [28, 28, 1] }],
        ['conv2d', { filters: 32, kernelSize: [10, 6], padding: 'valid', activation: 'relu' }],
        ['globalMaxPooling2d'],
        ['dense', { units: 10, activation: 'softmax' }],
      ]),
    ],
  }
}

/** The course's forecast; its look-back is the data's. */
export function lookBackProject({ lookBack }: Pick<LookBackStart, 'lookBack'>): LessonProject {
  const { models, dataset } = trafficConv1d.project
  return {
    dataset: lookBack === 288 ? dataset : null,
    models: models.map((model) => ({
      ...model,
      nodes: model.nodes.map((node) =>
        node.layer === 'input' ? { ...node, params: { ...node.params, shape: [lookBack, 1] } } : node,
      ),
    })),
  }
}

function only(model: Model): LessonProject {
  return { models: [model], dataset: null }
}
