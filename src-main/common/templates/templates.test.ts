import { describe, expect, test } from 'vitest'
import { analyzeModel } from '../graph/analyze.ts'
import type { TaskContext } from '../graph/analysis.ts'
import { NODE_HEIGHT, NODE_WIDTH } from '../graph/layout.ts'
import { readProject } from '../project/read-project.ts'
import { writeProject } from '../project/write-project.ts'
import { summarizeProject } from '../summary/summarize.ts'
import { listTemplates, templateById, templates } from './registry.ts'

/** The courses' own figures: each layer, its output shape without the batch axis, its weights. */
type Row = readonly [layer: string, shape: readonly number[], parameters: number]
interface Course {
  readonly template: string
  readonly model: string
  readonly rows: readonly Row[]
  readonly total: number
  readonly fixed: number
  readonly notation: string
}

const courses: readonly Course[] = [
  {
    template: 'lenet-cat-dog',
    model: 'cnn',
    rows: [
      ['conv2d', [32, 32, 6], 156],
      ['maxPooling2d', [16, 16, 6], 0],
      ['conv2d', [12, 12, 16], 2416],
      ['maxPooling2d', [6, 6, 16], 0],
      ['conv2d', [2, 2, 120], 48120],
      ['flatten', [480], 0],
      ['dense', [84], 40404],
      ['dense', [1], 85],
    ],
    total: 91181,
    fixed: 0,
    notation: 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC1',
  },
  ...['lenet-cat-dog', 'mlp-cat-dog'].map((template): Course => ({
    template,
    model: 'mlp',
    rows: [
      ['flatten', [1024], 0],
      ['dense', [88], 90200],
      ['dense', [1], 89],
    ],
    total: 90289,
    fixed: 0,
    notation: 'F-FC88-FC1',
  })),
  {
    template: 'mnist-cnn',
    model: 'cnn',
    rows: [
      ['conv2d', [26, 26, 32], 320],
      ['conv2d', [24, 24, 64], 18496],
      ['maxPooling2d', [12, 12, 64], 0],
      ['dropout', [12, 12, 64], 0],
      ['flatten', [9216], 0],
      ['dense', [128], 1179776],
      ['dropout', [128], 0],
      ['dense', [10], 1290],
    ],
    total: 1199882,
    fixed: 0,
    notation: 'C32@3-C64@3-P-D.25-F-FC128-D.5-FC10',
  },
  {
    template: 'kopo-1ch',
    model: 'cnn',
    rows: [
      ['conv2d', [28, 28, 1], 26],
      ['maxPooling2d', [14, 14, 1], 0],
      ['conv2d', [14, 14, 1], 26],
      ['maxPooling2d', [7, 7, 1], 0],
      ['flatten', [49], 0],
      ['dense', [1000], 50000],
      ['dense', [10], 10010],
    ],
    total: 60062,
    fixed: 0,
    notation: 'C1@5s-P-C1@5s-P-F-FC1000-FC10',
  },
  {
    template: 'kopo-32-64',
    model: 'cnn',
    rows: [
      ['conv2d', [28, 28, 32], 832],
      ['maxPooling2d', [14, 14, 32], 0],
      ['conv2d', [14, 14, 64], 51264],
      ['maxPooling2d', [7, 7, 64], 0],
      ['flatten', [3136], 0],
      ['dense', [1000], 3137000],
      ['dense', [10], 10010],
    ],
    total: 3199106,
    fixed: 0,
    notation: 'C32@5s-P-C64@5s-P-F-FC1000-FC10',
  },
  {
    template: 'kopo-cifar',
    model: 'cnn',
    rows: [
      ['conv2d', [32, 32, 32], 2432],
      ['maxPooling2d', [16, 16, 32], 0],
      ['conv2d', [16, 16, 32], 25632],
      ['maxPooling2d', [8, 8, 32], 0],
      ['conv2d', [8, 8, 64], 51264],
      ['maxPooling2d', [4, 4, 64], 0],
      ['flatten', [1024], 0],
      ['dense', [64], 65600],
      ['dense', [10], 650],
    ],
    total: 145578,
    fixed: 0,
    notation: 'C32@5s-P-C32@5s-P-C64@5s-P-F-FC64-FC10',
  },
  {
    template: 'kopo-cifar-bn',
    model: 'cnn',
    rows: [
      ['conv2d', [32, 32, 32], 2432],
      ['batchNormalization', [32, 32, 32], 128],
      ['maxPooling2d', [16, 16, 32], 0],
      ['dropout', [16, 16, 32], 0],
      ['conv2d', [16, 16, 32], 25632],
      ['batchNormalization', [16, 16, 32], 128],
      ['maxPooling2d', [8, 8, 32], 0],
      ['dropout', [8, 8, 32], 0],
      ['conv2d', [8, 8, 64], 51264],
      ['batchNormalization', [8, 8, 64], 256],
      ['maxPooling2d', [4, 4, 64], 0],
      ['dropout', [4, 4, 64], 0],
      ['flatten', [1024], 0],
      ['dense', [64], 65600],
      ['batchNormalization', [64], 256],
      ['dropout', [64], 0],
      ['dense', [10], 650],
    ],
    total: 146346,
    fixed: 384,
    notation: 'C32@5s-BN-P-D.25-C32@5s-BN-P-D.25-C64@5s-BN-P-D.25-F-FC64-BN-D.25-FC10',
  },
  {
    template: 'torch-cifar',
    model: 'cnn',
    rows: [
      ['conv2d', [30, 30, 32], 896],
      ['maxPooling2d', [15, 15, 32], 0],
      ['conv2d', [12, 12, 64], 32832],
      ['maxPooling2d', [6, 6, 64], 0],
      ['flatten', [2304], 0],
      ['dropout', [2304], 0],
      ['dense', [10], 23050],
    ],
    total: 56778,
    fixed: 0,
    notation: 'C32@3-P-C64@4-P-F-D.5-FC10',
  },
  {
    template: 'traffic-conv1d',
    model: 'conv1d',
    rows: [
      ['conv1d', [288, 32], 224],
      ['flatten', [9216], 0],
      ['dense', [16], 147472],
      ['dense', [1], 17],
    ],
    total: 147713,
    fixed: 0,
    notation: 'C1D32@6s-F-FC16-FC1:linear',
  },
  {
    template: 'dense-200',
    model: 'mlp',
    rows: [
      ['flatten', [120000], 0],
      ['dense', [64], 7680064],
    ],
    total: 7680064,
    fixed: 0,
    notation: 'F-FC64:relu',
  },
  {
    template: 'lenet-hand',
    model: 'hand',
    rows: [
      ['conv2d', [32, 32, 1], 26],
      ['maxPooling2d', [16, 16, 1], 0],
      ['conv2d', [16, 16, 1], 26],
      ['maxPooling2d', [8, 8, 1], 0],
    ],
    total: 52,
    fixed: 0,
    notation: 'C1@5s-P-C1@5s-P',
  },
]

/** What each template's data ask for; null where it has none. */
const tasks: Readonly<Record<string, TaskContext | null>> = {
  'cat-dog-doodles': { inputShape: [32, 32, 1], outputUnits: 1, task: 'classification' },
  mnist: { inputShape: [28, 28, 1], outputUnits: 10, task: 'classification' },
  'shapes-in-colour': { inputShape: [32, 32, 3], outputUnits: 10, task: 'classification' },
  'traffic-sample': { inputShape: [288, 1], outputUnits: 1, task: 'regression' },
}

describe('templates', () => {
  test.each(courses)('$template/$model has the shapes and counts of the course', (course) => {
    const project = templateById(course.template)!.project
    const summary = summarizeProject(project).models.find((model) => model.id === course.model)!
    expect({
      rows: summary.layers.map((layer) => [layer.layer, layer.outputShape, layer.parameters]),
      total: summary.parameters,
      fixed: summary.parameters - summary.trainable,
      notation: summary.notation,
      problems: summary.problems,
    }).toEqual({
      rows: course.rows,
      total: course.total,
      fixed: course.fixed,
      notation: course.notation,
      problems: [],
    })
  })

  test('are all in the table', () => {
    const inTable = courses.map(({ template, model }) => `${template}/${model}`)
    const shipped = templates.flatMap(({ id, project }) => project.models.map((model) => `${id}/${model.id}`))
    expect(shipped.sort()).toEqual(inTable.sort())
  })

  test.each(templates.map(({ id, project }) => ({ id, project })))('$id suits its data', ({ project }) => {
    const source = project.dataset && 'source' in project.dataset ? project.dataset.source : null
    const task = source === null ? null : tasks[source]!
    expect(project.models.flatMap((model) => analyzeModel(model, task).problems)).toEqual([])
  })

  test.each(templates.map(({ id, project }) => ({ id, project })))('$id survives a file unchanged', ({ project }) => {
    expect(readProject(writeProject(project))).toEqual({ ok: true, value: { project, notices: [] } })
  })

  test('place no layer on another', () => {
    for (const { project } of templates) {
      for (const { nodes } of project.models) {
        const overlaps = nodes.filter((a, index) =>
          nodes.slice(index + 1).some((b) => Math.abs(a.x - b.x) < NODE_WIDTH && Math.abs(a.y - b.y) < NODE_HEIGHT),
        )
        expect(overlaps).toEqual([])
      }
    }
  })

  test('are listed with the sizes of their models, the duel first', () => {
    expect(listTemplates().map(({ id, inputShape, parameters }) => [id, inputShape, parameters])).toEqual([
      ['lenet-cat-dog', [32, 32, 1], [91181, 90289]],
      ['mlp-cat-dog', [32, 32, 1], [90289]],
      ['mnist-cnn', [28, 28, 1], [1199882]],
      ['kopo-1ch', [28, 28, 1], [60062]],
      ['kopo-32-64', [28, 28, 1], [3199106]],
      ['kopo-cifar', [32, 32, 3], [145578]],
      ['kopo-cifar-bn', [32, 32, 3], [146346]],
      ['torch-cifar', [32, 32, 3], [56778]],
      ['traffic-conv1d', [288, 1], [147713]],
      ['dense-200', [200, 200, 3], [7680064]],
      ['lenet-hand', [32, 32, 1], [52]],
    ])
  })

  test('LeNet-5 tells the multiply-adds of every layer', () => {
    const [cnn] = summarizeProject(templateById('lenet-cat-dog')!.project).models
    expect(cnn!.layers.map((layer) => layer.multiplyAdds)).toEqual([153600, 0, 345600, 0, 192000, 0, 40320, 84])
    expect(cnn!.multiplyAdds).toBe(731604)
  })
})
