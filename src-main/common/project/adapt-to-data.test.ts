import { expect, test } from 'vitest'
import { analyzeModel } from '../graph/analyze.ts'
import { taskOf } from '../graph/task-output.ts'
import { templates } from '../templates/registry.ts'
import { fittingLosses } from '../training/loss-fit.ts'
import { adaptToData } from './adapt-to-data.ts'

const colours = {
  shape: [32, 32, 3],
  task: 'classification',
  classes: Array.from({ length: 10 }, (_, label) => String(label)),
  heldOut: 0,
} as const
const idsOf = (project: (typeof templates)[number]['project']) => project.models.map(({ id }) => id)
const ofPictures = templates.filter(({ project }) => {
  const shape = project.models[0]?.nodes[0]?.params['shape']
  return Array.isArray(shape) && shape.length === 3
})

test.each(ofPictures)('$id fits ten classes of colour pictures after its mends', ({ project }) => {
  const { project: adapted, left } = adaptToData(project, idsOf(project), colours)
  expect(left).toEqual([])
  expect(fittingLosses(taskOf(colours))).toContain(adapted.recipe.loss)
  for (const model of adapted.models) {
    const { problems } = analyzeModel(model, { ...taskOf(colours), loss: adapted.recipe.loss })
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  }
})

test('what was changed is told in order, and data that fit change nothing', () => {
  const project = templates[0]!.project
  const { changes } = adaptToData(project, ['cnn'], colours)
  expect(changes.map(({ model, text }) => `${model}: ${text.en}`)).toEqual([
    'null: Loss: categoricalCrossentropy',
    expect.stringMatching(/^cnn: .*: Set the shape to 32×32×3$/),
    expect.stringMatching(/^cnn: .*: Set units to 10$/),
  ])
  const pets = { shape: [32, 32, 1], task: 'classification', classes: ['cat', 'dog'], heldOut: 0 } as const
  expect(adaptToData(project, idsOf(project), pets)).toEqual({ project, edits: [], changes: [], left: [] })
})

test('values instead of classes get a linear unit and a loss for values; what the data set aside judges', () => {
  const project = templates[0]!.project
  const { project: adapted, changes } = adaptToData(project, ['mlp'], {
    shape: [32, 32, 1],
    task: 'regression',
    classes: [],
    heldOut: 5,
  })
  expect([adapted.recipe.loss, adapted.recipe.split.validation]).toEqual(['meanSquaredError', 'given'])
  expect(changes.at(-1)?.text.en).toMatch(/: Set the activation to linear$/)
})

test('samples too small for a model are left as the problem of the layer that they break at', () => {
  const { left } = adaptToData(templates[0]!.project, ['cnn'], { ...colours, shape: [2, 2, 3] })
  expect(left[0]).toMatchObject({ model: 'cnn', problem: { severity: 'error' } })
  expect(left.map(({ problem }) => problem.code)).not.toContain('input.shape-differs')
})
