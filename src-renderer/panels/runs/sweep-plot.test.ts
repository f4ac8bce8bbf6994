import { expect, test } from 'vitest'
import { planSweep } from '../../../src-main/common/sweep/cells.ts'
import { findField } from '../../../src-main/common/sweep/fields.ts'
import { detailOf } from '../../../src-main/common/sweep/plan.ts'
import { trafficConv1d } from '../../../src-main/common/templates/traffic-conv1d.ts'
import { readAxis, readWhole } from './sweep-form.ts'
import { axisOf, effectsOf, parallelOf } from './sweep-plot.ts'

const { project } = trafficConv1d

function detail(losses: readonly (number | null)[]) {
  const axes = [
    { field: 'fc1.units', values: [32, 16] },
    { field: 'c1.kernelSize', values: [3, 6] },
  ]
  const budget = { runs: null, minutes: null }
  const planned = planSweep({
    ...{ sweep: 's', created: '', project, models: ['conv1d'] },
    settings: { method: { type: 'grid' }, axes, seed: 1, budget, together: 1, metric: 'loss', prune: false },
  })
  if (!planned.ok) throw new Error(planned.error.message)
  const cells = planned.value.cells.map((cell, index) => {
    const loss = losses[index] ?? null
    const measures = { model: 'm', name: 'M', parameters: 1, epoch: 1, validation: { loss: loss ?? 0 }, test: null }
    return { ...cell, measures: loss === null ? [] : [measures] }
  })
  return detailOf({ ...planned.value, cells }, { progress: {}, secondsLeft: null, active: false })
}

test('a cell is a line through its values, the best is drawn last, and one without a measure not at all', () => {
  const { axes, lines } = parallelOf(detail([0.4, 0.1, 0.3, null]))
  expect(axes.map(({ ticks }) => ticks.map(({ label }) => label))).toEqual([
    ['16', '32'],
    ['3', '6'],
  ])
  expect(lines.map(({ places, score, rank }) => [...places, score, rank])).toEqual([
    [1, 0, 0.4, 1],
    [0, 0, 0.3, 0.5],
    [1, 1, 0.1, 0],
  ])
})

test('the effect of a field is the mean over the cells with each of its values', () => {
  const [units, kernel] = effectsOf(detail([0.4, 0.2, 0.3, 0.1]))
  expect(units?.values.map(({ label, mean }) => [label, Number(mean.toFixed(6))])).toEqual([
    ['16', 0.2],
    ['32', 0.3],
  ])
  expect(kernel?.values.map(({ scores }) => scores.length)).toEqual([2, 2])
})

test('many numbers lie by their order of size, words in their order', () => {
  const many = axisOf(
    'rate',
    Array.from({ length: 13 }, (_, index) => Math.pow(10, -index / 3)),
  )
  expect(many.placeOf(0.01)).toBeCloseTo(0.5)
  expect(axisOf('type', ['sgd', 'adam', 'sgd']).ticks.map(({ label }) => label)).toEqual(['adam', 'sgd'])
})

test.each([
  ['16, 32', false, { ok: true, axis: { field: 'conv1d.fc1.units', values: [16, 32] } }],
  ['16, x', false, { ok: false, value: 'x' }],
  ['2..64', false, { ok: false, value: '2..64' }],
  ['2..64', true, { ok: true, axis: { field: 'conv1d.fc1.units', from: 2, to: 64, scale: 'log' } }],
  ['2..3', true, { ok: true, axis: { field: 'conv1d.fc1.units', from: 2, to: 3, scale: 'linear' } }],
  ['9..3', true, { ok: false, value: '9..3' }],
])('units typed as %j, ranges %j', (text, ranges, read) => {
  const field = findField(project, 'fc1.units')
  if (!field.ok) throw new Error(field.error.message)
  expect(readAxis(field.value, text, { ranges })).toEqual(read)
})

test('a number that may be left open is empty, whole, or refused', () => {
  expect([readWhole(' ', 1), readWhole('3', 1), readWhole('0', 1), readWhole('x', 1)]).toEqual([
    null,
    3,
    undefined,
    undefined,
  ])
})
