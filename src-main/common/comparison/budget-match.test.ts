import { expect, test } from 'vitest'
import { analyzeModel } from '../graph/analyze.ts'
import type { Model } from '../graph/graph.ts'
import { templates } from '../templates/registry.ts'
import { chainModel } from '../templates/template.ts'
import { matchBudget } from './budget-match.ts'
import type { Budget, MatchedModel } from './budget-match.ts'

function matched(model: Model, { budget }: { readonly budget: Budget }): MatchedModel {
  const result = matchBudget(model, { budget, id: 'matched', name: 'MLP' })
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const models = templates.flatMap(({ project }) => project.models)
const dense = models.filter((model) => model.nodes.at(-1)?.layer === 'dense')

test.each(dense.map((model) => [model.name, model] as const))(
  'an MLP with as many parameters as %s is within one per cent',
  (_, model) => {
    const { model: made, wanted, reached, difference } = matched(model, { budget: 'parameters' })
    expect(wanted).toBe(analyzeModel(model, null).parameters)
    expect(reached).toBe(analyzeModel(made, null).parameters)
    expect(difference).toBeLessThanOrEqual(0.01)
    expect(analyzeModel(made, null).problems).toEqual([])
  },
)

test('the course’s LeNet-5 gets the 89 hidden units that come nearest, and the answer of its last layer', () => {
  const [cnn] = models
  if (!cnn) throw new Error('There is no model.')
  const { model, text } = matched(cnn, { budget: 'parameters' })
  expect(model.nodes.map(({ layer, params }) => [layer, params['units'] ?? null])).toEqual([
    ['input', null],
    ['flatten', null],
    ['dense', 89],
    ['dense', 1],
  ])
  expect(model.nodes.at(-1)?.params['activation']).toBe('sigmoid')
  expect(text.en).toContain('against 91\u202f181')
})

test('as many multiply-adds make a far wider MLP than as many parameters', () => {
  const [cnn] = models
  if (!cnn) throw new Error('There is no model.')
  const { wanted, reached, difference } = matched(cnn, { budget: 'multiplyAdds' })
  expect(wanted).toBe(analyzeModel(cnn, null).multiplyAdds)
  expect(reached).toBeGreaterThan(500_000)
  expect(difference).toBeLessThanOrEqual(0.01)
})

test('a picture so large that one unit is too much is matched as nearly as can be, and it is said', () => {
  const tiny = chainModel('cnn', 'Tiny', [
    ['input', { shape: [200, 200, 3] }],
    ['conv2d', { filters: 2, kernelSize: [3, 3], padding: 'same', activation: 'relu' }],
    ['globalAveragePooling2d'],
    ['dense', { units: 1, activation: 'sigmoid' }],
  ])
  const { difference, text, model } = matched(tiny, { budget: 'parameters' })
  expect(model.nodes.filter(({ layer }) => layer === 'dense').map(({ params }) => params['units'])).toEqual([1, 1])
  expect(difference).toBeGreaterThan(1)
  expect(text.en).toContain('Whole units come no closer')
})

test('a model with problems is refused in words', () => {
  const broken = chainModel('cnn', 'Broken', [['dense', { units: 3 }]])
  expect(matchBudget(broken, { budget: 'parameters', id: 'a', name: 'b' })).toMatchObject({
    ok: false,
    error: { code: 'invalid-model' },
  })
})
