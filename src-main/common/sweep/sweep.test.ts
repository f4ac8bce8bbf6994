import { expect, test } from 'vitest'
import { templateById } from '../templates/registry.ts'
import { adaptToData } from '../project/adapt-to-data.ts'
import type { Project } from '../project/project.ts'
import { advance, cellsToBegin, isClearlyWorse } from './advance.ts'
import { halvingRungs, planSweep, projectOfCell } from './cells.ts'
import { applyValue, findField, readRange, readValue, sweepFields } from './fields.ts'
import { bandOf, spreadOf } from './folds.ts'
import type { SweepAxis, SweepCell, SweepPlan, SweepSettings } from './plan.ts'
import { sweepPlanSchema } from './plan.ts'
import { sweepCsv, sweepRows } from './table.ts'

const traffic = templateById('traffic-conv1d')!.project
const duel = templateById('lenet-cat-dog')!.project

function settings(changes: Partial<SweepSettings> & Pick<SweepSettings, 'method'>): SweepSettings {
  const budget = { runs: null, minutes: null }
  return { axes: [], seed: 1, budget, together: null, metric: 'loss', prune: false, ...changes }
}

function plan(project: Project, asked: SweepSettings): SweepPlan {
  const models = project.models.map(({ id }) => id)
  const planned = planSweep({ sweep: 's', created: '2026-11-25T00:00:00Z', project, models, settings: asked })
  if (!planned.ok) throw new Error(planned.error.message)
  return planned.value
}

const courseAxes: readonly SweepAxis[] = [
  { field: 'data.lookBack', values: [60, 144] },
  { field: 'fc1.units', values: [16, 32] },
  { field: 'c1.kernelSize', values: [3, 6] },
]

function ended(cell: SweepCell, loss: number, epoch = 1): SweepCell {
  const measures = [{ model: 'm', name: 'M', parameters: 1, epoch, validation: { loss }, test: null }]
  return { ...cell, state: 'done', run: cell.id, measures, seconds: 2 }
}

test('every parameter of every layer, the recipe and the windows of a series can be varied', () => {
  const ids = sweepFields(traffic).map(({ id }) => id)
  expect(ids).toEqual(
    expect.arrayContaining([
      'data.lookBack',
      'conv1d.c1.kernelSize',
      'conv1d.fc1.units',
      'recipe.optimizer.learningRate',
      'recipe.optimizer.type',
      'recipe.batchSize',
      'recipe.split.validation',
      'recipe.augmentation.noise',
    ]),
  )
  // It could not stand there alone.
  expect(ids).not.toContain('recipe.earlyStopping.patience')
})

test.each([
  ['c1.kernelSize', 'conv1d.c1.kernelSize'],
  ['C1.kernelSize', 'conv1d.c1.kernelSize'],
  ['FC16.units', 'conv1d.fc1.units'],
  ['optimizer.learningRate', 'recipe.optimizer.learningRate'],
  ['recipe.epochs', 'recipe.epochs'],
])('the field %s is %s', (word, id) => {
  expect(findField(traffic, word)).toMatchObject({ ok: true, value: { id } })
})

test('a field that two models have is refused with both', () => {
  const found = findField(duel, 'fc1.units')
  expect(found.ok ? '' : found.error.message).toMatch(/cnn\.fc1\.units.*mlp\.fc1\.units/)
})

test.each([
  ['recipe.batchSize', '0', 'at least 1'],
  ['recipe.batchSize', '1.5', 'a whole number was expected'],
  ['recipe.optimizer.type', 'sgdd', 'one of sgd'],
  ['c1.kernelSize', 'wide', 'a whole number above zero'],
  ['c1.filters', '0', 'at least 1'],
  ['data.lookBack', '0', 'at least 1'],
  ['data.testShare', '0.95', 'at most 0.9'],
])('%s does not take %s', (word, text, words) => {
  const field = findField(traffic, word)
  if (!field.ok) throw new Error(field.error.message)
  const value = readValue(field.value, text)
  const applied = value.ok ? applyValue(traffic, field.value, value.value) : value
  expect(applied.ok ? '' : applied.error.message).toContain(words)
  expect(applied.ok ? '' : applied.error.text?.ko).toMatch(/[가-힣]/)
})

test('a value outside of the limits of its field is refused with the limit, and the field is named once', () => {
  const field = findField(traffic, 'data.lookBack')
  if (!field.ok) throw new Error(field.error.message)
  const refused = readValue(field.value, '0')
  expect(refused).toMatchObject({ error: { text: { en: 'data.lookBack: at least 1 was expected. Received: 0' } } })
  const applied = applyValue(traffic, field.value, 0)
  expect(applied.ok ? '' : applied.error.message.match(/lookBack/g)).toHaveLength(1)
})

test('a value that is given twice is trained once', () => {
  const axes = [{ field: 'data.lookBack', values: [60, 60, 144] }]
  const { cells } = plan(traffic, settings({ method: { type: 'grid' }, axes }))
  expect(cells.map(({ values }) => values['data.lookBack'])).toEqual([60, 144])
})

test('a range is read with its scale', () => {
  expect(readRange('1e-4..1e-1:log')).toEqual({ from: 0.0001, to: 0.1, isLog: true })
  expect(readRange(' 0.1 .. 1 ')).toEqual({ from: 0.1, to: 1, isLog: false })
  expect(readRange('1,2')).toBeNull()
})

test('a size of two axes, a word among numbers and a flag are read', () => {
  const valueOf = (word: string, text: string) => {
    const field = findField(duel, word)
    return field.ok ? readValue(field.value, text) : field
  }
  expect(valueOf('cnn.c1.kernelSize', '3x5')).toEqual({ ok: true, value: [3, 5] })
  expect(valueOf('split.validation', 'test')).toEqual({ ok: true, value: 'test' })
  expect(valueOf('cnn.c1.useBias', 'false')).toEqual({ ok: true, value: false })
})

test('the course’s sweep has eight cells in order, each with its own look-back, neurons and kernel', () => {
  const course = plan(traffic, settings({ method: { type: 'grid' }, axes: courseAxes }))
  expect(course.cells.map(({ values }) => Object.values(values))).toEqual([
    [60, 16, 3],
    [60, 16, 6],
    [60, 32, 3],
    [60, 32, 6],
    [144, 16, 3],
    [144, 16, 6],
    [144, 32, 3],
    [144, 32, 6],
  ])
  const project = projectOfCell(course, course.cells[3]!)
  if (!project.ok) throw new Error(project.error.message)
  expect(project.value.dataset).toEqual({ source: 'traffic-sample', windows: { lookBack: 60 } })
  const adapted = adaptToData(project.value, ['conv1d'], {
    shape: [60, 1],
    task: 'regression',
    classes: [],
    heldOut: 0,
  })
  expect(adapted.left).toEqual([])
  const params = Object.fromEntries(adapted.project.models[0]!.nodes.map((node) => [node.id, node.params]))
  expect([params['in']?.['shape'], params['fc1']?.['units'], params['c1']?.['kernelSize']]).toEqual([[60, 1], 32, 6])
  expect(sweepPlanSchema.safeParse(JSON.parse(JSON.stringify(course))).success).toBe(true)
})

test.each([
  ['an unknown field', [{ field: 'c9.units', values: [1] }], 'A field such as'],
  ['the same field twice', [courseAxes[1]!, { field: 'conv1d.fc1.units', values: [8] }], 'Received twice'],
  ['a range in a grid', [{ field: 'fc1.units', from: 1, to: 9, scale: 'linear' as const }], 'a grid needs a list'],
  ['a value that does not fit', [{ field: 'fc1.units', values: [-1] }], 'positive whole number'],
  ['nothing to vary', [], 'At least one field'],
])('a grid with %s is refused', (_, axes, words) => {
  const asked = settings({ method: { type: 'grid' }, axes })
  const planned = planSweep({ sweep: 's', created: '', project: traffic, models: ['conv1d'], settings: asked })
  expect(planned.ok ? '' : planned.error.message).toContain(words)
})

test('random cells follow from the seed, differ, lie in their ranges, and are no more than there are', () => {
  const axes: readonly SweepAxis[] = [
    { field: 'optimizer.learningRate', from: 1e-4, to: 1e-1, scale: 'log' },
    { field: 'fc1.units', from: 2, to: 64, scale: 'log' },
  ]
  const drawn = (seed: number) =>
    plan(traffic, settings({ method: { type: 'random', count: 40 }, axes, seed })).cells.map(({ values }) => values)
  expect(drawn(3)).toEqual(drawn(3))
  expect(drawn(3)).not.toEqual(drawn(4))
  const rates = drawn(3).map((values) => Number(values['recipe.optimizer.learningRate']))
  expect(rates.every((rate) => rate >= 1e-4 && rate <= 1e-1)).toBe(true)
  // Over orders of size, half of them lie below the middle one.
  const low = rates.filter((rate) => rate < 3.16e-3).length
  expect(low).toBeGreaterThan(10)
  expect(low).toBeLessThan(30)
  const units = drawn(3).map((values) => values['conv1d.fc1.units'] as number)
  expect(units.every((count) => Number.isInteger(count) && count >= 2 && count <= 64)).toBe(true)
  const few = plan(
    traffic,
    settings({ method: { type: 'random', count: 50 }, axes: [{ field: 'fc1.units', values: [1, 2, 3] }] }),
  )
  expect(few.cells.map(({ values }) => values['conv1d.fc1.units']).sort()).toEqual([1, 2, 3])
})

test.each([
  [
    9,
    30,
    3,
    [
      [3, 9],
      [10, 3],
      [30, 1],
    ],
  ],
  [8, 1, 3, [[1, 8]]],
  [
    4,
    30,
    2,
    [
      [8, 4],
      [15, 2],
      [30, 1],
    ],
  ],
])('%d cells of %d epochs, halved by %d', (cells, epochs, keep, rungs) => {
  expect(halvingRungs(cells, epochs, keep).map((rung) => [rung.epochs, rung.cells])).toEqual(rungs)
})

test('successive halving takes the best up a rung once a rung is over, with their runs', () => {
  const axes = [{ field: 'fc1.units', values: [1, 2, 3, 4] }]
  let halving = plan(traffic, settings({ method: { type: 'halving', count: null, keep: 2 }, axes }))
  expect(halving.cells.map(({ epochs }) => epochs)).toEqual([8, 8, 8, 8])
  const losses = [0.4, 0.1, 0.3, 0.2]
  const [first, ...others] = halving.cells
  halving = advance({ ...halving, cells: [first!, ...others.map((cell, index) => ended(cell, losses[index + 1]!))] })
  // One is still to come: nobody goes up before all can be compared.
  expect(cellsToBegin(halving).map(({ id }) => id)).toEqual(['cell-1'])
  halving = advance({ ...halving, cells: halving.cells.map((cell, index) => ended(cell, losses[index]!)) })
  expect(halving.cells.map(({ state, epochs, run }) => [state, epochs, run])).toEqual([
    ['pruned', 8, 'cell-1'],
    ['waiting', 15, 'cell-2'],
    ['pruned', 8, 'cell-3'],
    ['waiting', 15, 'cell-4'],
  ])
})

test('a budget of runs lets go on what was begun, and leaves out the rest', () => {
  const asked = settings({ method: { type: 'grid' }, axes: courseAxes, budget: { runs: 2, minutes: null } })
  const course = plan(traffic, asked)
  const cells = course.cells.map((cell, index) => (index === 0 ? { ...cell, run: 'r' } : cell))
  expect(cellsToBegin({ ...course, cells }).map(({ id }) => id)).toEqual(['cell-1', 'cell-2'])
  const over = advance({ ...course, cells: course.cells.map((cell, at) => (at < 2 ? ended(cell, 1) : cell)) })
  expect([over.state, ...over.cells.map(({ state }) => state)]).toEqual([
    'finished',
    ...['done', 'done', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped'],
  ])
})

test('k-fold trains each fold, then a model on all data for as many epochs as were best on average', () => {
  const stopping = { patience: 2, minDelta: 0, restoreBest: true }
  const project = { ...duel, recipe: { ...duel.recipe, earlyStopping: stopping } }
  let folds = plan(project, settings({ method: { type: 'folds', of: 3, final: true } }))
  expect(folds.cells.map(({ fold }) => fold)).toEqual([1, 2, 3, 'all'])
  // The last waits for the folds.
  expect(cellsToBegin(folds).map(({ fold }) => fold)).toEqual([1, 2, 3])
  const splitOf = (index: number) => {
    const cell = projectOfCell(folds, folds.cells[index]!)
    return cell.ok ? cell.value.recipe : null
  }
  expect(splitOf(1)?.split).toEqual({ validation: { fold: 2, of: 3 } })
  folds = advance({
    ...folds,
    cells: folds.cells.map((cell, index) => (index < 3 ? ended(cell, 1, [4, 6, 8][index]) : cell)),
  })
  expect(cellsToBegin(folds).map(({ fold, epochs }) => [fold, epochs])).toEqual([['all', 6]])
  expect(splitOf(3)).toMatchObject({ split: { validation: 0 }, epochs: 6 })
  expect(splitOf(3)?.earlyStopping).toBeUndefined()
})

test.each([
  ['well behind three others', [3, 2.9], true],
  ['in the middle', [3, 1.4], false],
  ['behind now, but it was better before', [0.5, 9], false],
  ['too young', [9], false],
])('a cell that is %s', (_, values, isWorse) => {
  const others = [
    [2, 1.5],
    [2, 1.4],
    [2.2, 1.6],
  ]
  expect(isClearlyWorse({ metric: 'loss', values, others, epochs: 10 })).toBe(isWorse)
})

test('two others say nothing of what is usual, and a higher accuracy is no worse', () => {
  const others = [
    [0.5, 0.6],
    [0.5, 0.6],
  ]
  expect(isClearlyWorse({ metric: 'accuracy', values: [0.1, 0.1], others, epochs: 9 })).toBe(false)
  const three = [...others, [0.5, 0.7]]
  expect(isClearlyWorse({ metric: 'accuracy', values: [0.1, 0.9], others: three, epochs: 9 })).toBe(false)
  expect(isClearlyWorse({ metric: 'accuracy', values: [0.1, 0.5], others: three, epochs: 9 })).toBe(true)
})

test('the table and its file begin with the smallest error, and what was not measured comes last', () => {
  const axes = [{ field: 'fc1.units', values: [1, 2, 3] }]
  const small = plan(traffic, settings({ method: { type: 'grid' }, axes }))
  const cells = [small.cells[0]!, ended(small.cells[1]!, 0.5), ended(small.cells[2]!, 0.25)]
  const over = { ...small, cells, loss: 'meanSquaredError' as const }
  expect(sweepRows(over).map(({ cell }) => cell.id)).toEqual(['cell-3', 'cell-2', 'cell-1'])
  expect(sweepCsv(over).split('\n')).toEqual([
    'fc1.units,model,validation mse,test mse,parameters,epoch,seconds,state,run',
    '3,M,0.25,,1,1,2.0,done,cell-3',
    '2,M,0.5,,1,1,2.0,done,cell-2',
    '1,,,,,,0.0,waiting,',
    '',
  ])
})

test('mean and sample deviation over folds, and a band as far as two of them reach', () => {
  expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: Math.sqrt(32 / 7), count: 8 })
  expect(spreadOf([3])).toEqual({ mean: 3, deviation: 0, count: 1 })
  expect(spreadOf([])).toBeNull()
  expect(
    bandOf([
      [1, 2, 9],
      [3, null, 7],
      [5, 4],
    ]).map((spread) => spread?.mean ?? null),
  ).toEqual([3, 3, 8])
})
