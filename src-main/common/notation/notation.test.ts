import { describe, expect, test } from 'vitest'
import { analyzeModel } from '../graph/analyze.ts'
import { applyEdits } from '../graph/apply-edit.ts'
import type { Graph, Model } from '../graph/graph.ts'
import { emptyProject } from '../project/empty-project.ts'
import { templateById } from '../templates/registry.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { parseNotation } from './parse-notation.ts'
import type { NotationContext } from './parse-notation.ts'
import { reconcile } from './reconcile.ts'
import { writeNotation } from './write-notation.ts'

const catDog: NotationContext = { inputShape: [32, 32, 1], outputUnits: 1, task: 'classification' }
const digits: NotationContext = { inputShape: [28, 28, 1], outputUnits: 10, task: 'classification' }
const traffic: NotationContext = { inputShape: [288, 1], outputUnits: 1, task: 'regression' }
const free: NotationContext = { inputShape: [32, 32, 1], outputUnits: null, task: null }

function graphOf(text: string, context: NotationContext): Graph {
  const parsed = parseNotation(text, context)
  if (!parsed.ok) throw new Error(parsed.text.en)
  return parsed.graph
}

function answerOf({ task, outputUnits }: NotationContext) {
  return task === null || outputUnits === null ? null : { task, outputUnits }
}

/** What the notation means, written out again under the same task. */
function rewritten(text: string, context: NotationContext): string | null {
  return writeNotation(graphOf(text, context), answerOf(context))
}

describe('notation', () => {
  test.each<readonly [text: string, context: NotationContext, meaning: string]>([
    ['C6@5s-P-C16@5-P-C120@5-F-FC84-FC1', catDog, 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC1'],
    ['C-P-C-P-C-F-FC', catDog, 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC1'],
    ['C-P-C-P-C-F-FC-FC', catDog, 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC1'],
    ['C-P-C-P-C-F-FC', digits, 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC10'],
    ['C-P-C-P-C-F-FC', { ...digits, outputUnits: 100 }, 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC100'],
    ['C6@5s-P-C16@5-P-C120@5-F-FC84', catDog, 'C6@5s-P-C16@5-P-C120@5-F-FC84-FC1'],
    ['c6@5S → p → f → fc10', digits, 'C6@5s-P-F-FC10'],
    ['C6@5s->P->F', digits, 'C6@5s-P-F-FC10'],
    ['C6@5v P2 F FC10', digits, 'C6@5-P-F-FC10'],
    ['C6@5x3/2s:tanh-AP3-F-FC10:softmax', digits, 'C6@5x3/2s:tanh-AP3-F-FC10'],
    ['C8@3x3/2x2-P2x2/2s-F-FC10', digits, 'C8@3/2-Ps-F-FC10'],
    ['C8@3-P3/1s-GAP-FC10', digits, 'C8@3-P3/1s-GAP-FC10'],
    ['C8@3-BN-D.25-F-FC32:sigmoid-D0.5-FC10', digits, 'C8@3-BN-D.25-F-FC32:sigmoid-D.5-FC10'],
    ['C1D32@6s-F-FC16-FC1', traffic, 'C1D32@6s-F-FC16-FC1'],
    ['C1D8@5/2-P-AP3-GAP-FC1:relu', traffic, 'C1D8@5/2-P-AP3-GAP-FC1:relu'],
    ['F-FC64:relu', free, 'F-FC64:relu'],
    ['F-FC64:relu', digits, 'F-FC64:relu'],
    ['F-FC64:softmax', digits, 'F-FC64:softmax'],
    ['F-FC5', digits, 'F-FC5'],
    ['F-FC88-FC1', free, 'F-FC88-FC1'],
    ['C1@5s-P-C1@5s-P', free, 'C1@5s-P-C1@5s-P'],
    ['  F - FC10  ', digits, 'F-FC10'],
  ])('%s has one meaning', (text, context, meaning) => {
    expect(rewritten(text, context)).toBe(meaning)
    expect(rewritten(meaning, context)).toBe(meaning)
  })

  test.each<readonly [text: string, position: number, expected: string]>([
    ['', 0, 'a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN'],
    ['X', 0, 'a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN'],
    ['C6@5s-Q-F', 6, 'a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN'],
    ['C6@5s-', 6, 'a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN'],
    ['C6@5s-P-', 8, 'a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN'],
    ['C6', 2, '"@" and the kernel size'],
    ['C6@', 3, 'a whole number'],
    ['C@5', 1, 'a whole number'],
    ['C6@5x', 5, 'a whole number'],
    ['C6@5s/2', 5, '"-" or the end'],
    [
      'F-FC10:gelu',
      7,
      'an activation: linear, relu, relu6, elu, selu, tanh, sigmoid, hardSigmoid, softplus, softsign, softmax, swish',
    ],
    ['F-D5', 3, 'a rate such as .25'],
    ['F-FC0', 2, '`units` must be a positive whole number. Received: 0'],
  ])('%j is refused at character %i', (text, position, expected) => {
    const parsed = parseNotation(text, digits)
    expect(parsed.ok ? parsed : { position: parsed.position, expected: parsed.expected.en }).toEqual({
      position,
      expected,
    })
  })

  test('an unreadable place is told in words', () => {
    const parsed = parseNotation('C6@5s-Q-F', digits)
    expect(parsed.ok ? null : parsed.text.en).toBe(
      'At character 7, expected a layer: C6@5s, C1D32@6, P, AP, GAP, F, FC84, D.25 or BN. Found: "Q-F"',
    )
    const faulty = parseNotation('F-FC0', digits)
    expect(faulty.ok ? null : faulty.text.en).toBe(
      'At character 3, "FC0": `units` must be a positive whole number. Received: 0',
    )
  })

  test('300 random notations are written as they were understood', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed)
      const context = random.pick([catDog, digits, traffic, free])
      const text = randomNotation(random, context === traffic)
      const once = rewritten(text, context)
      expect({ text, twice: once === null ? null : rewritten(once, context) }).toEqual({ text, twice: once })
      expect(once).not.toBeNull()
    }
  })

  test.each<readonly [what: string, graph: (model: Model) => Graph]>([
    ['a branch', (model) => ({ ...model, edges: [...model.edges, ['in', 'f1']] })],
    ['a layer without a token', (model) => withNode(model, 'f1', 'activation')],
    ['no bias', (model) => withParam(model, 'c1', { useBias: false })],
    ['wrong parameters', (model) => withParam(model, 'c1', { filters: -1 })],
    ['an input alone', (model) => ({ nodes: model.nodes.slice(0, 1), edges: [] })],
  ])('%s cannot be said', (_, change) => {
    expect(writeNotation(change(lenet()), null)).toBeNull()
  })
})

describe('typing in the title', () => {
  test.each<readonly [text: string, edits: readonly (readonly string[])[]]>([
    ['C6@5s-P-C16@5-P-C120@5-F-FC84-FC1', []],
    ['C6@5s-P-C32@5-P-C120@5-F-FC84-FC1', [['set-param', 'c2']]],
    [
      'C6@3-P-C16@5-P-C120@5-F-FC84-FC1',
      [
        ['set-param', 'c1'],
        ['set-param', 'c1'],
      ],
    ],
    [
      'C6@5s-P-C16@5-P-C120@5-F-FC84-D.5-FC1',
      [
        ['add-node', 'd1'],
        ['remove-edge', 'fc1>fc2'],
        ['add-edge', 'fc1>d1'],
        ['add-edge', 'd1>fc2'],
        ['move-node', 'fc2'],
      ],
    ],
    [
      'C6@5s-P-C16@5-P-F-FC84-FC1',
      [
        ['remove-node', 'c3'],
        ['add-edge', 'p2>f1'],
        ['move-node', 'f1'],
        ['move-node', 'fc1'],
        ['move-node', 'fc2'],
      ],
    ],
  ])('%s changes only what differs', (text, expected) => {
    const edits = reconcile(lenet(), graphOf(text, catDog))
    const shown = edits.map((edit) => [
      edit.type,
      'edge' in edit ? edit.edge.join('>') : edit.type === 'add-node' ? edit.node.id : 'node' in edit ? edit.node : '',
    ])
    expect(shown).toEqual(expected)
    expect(analyzeModel(applied(lenet(), edits), null).notation).toBe(text)
  })

  test('keeps names and what the notation does not speak of', () => {
    const model = withParam(lenet(), 'c2', { kernelInitializer: 'heNormal' })
    const named = { ...model, nodes: model.nodes.map((node) => (node.id === 'c2' ? { ...node, name: 'edges' } : node)) }
    const after = applied(named, reconcile(named, graphOf('P-C24@5-P-C120@5-F-FC84-FC1', catDog)))
    expect(after.nodes.find((node) => node.id === 'c2')).toMatchObject({
      name: 'edges',
      params: { filters: 24, kernelInitializer: 'heNormal' },
    })
  })

  test('leads from any chain to any other', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new SeededRandom(seed)
      const [from, to] = [randomNotation(random, false), randomNotation(random, false)]
      const model = { id: 'm', name: 'M', ...graphOf(from, digits) }
      const after = applied(model, reconcile(model, graphOf(to, digits)))
      expect({ from, notation: writeNotation(after, answerOf(digits)) }).toEqual({
        from,
        notation: rewritten(to, digits),
      })
      expect(reconcile(after, graphOf(to, digits))).toEqual([])
    }
  })

  test('turns a branched graph into the chain that was typed', () => {
    const branched: Model = { ...lenet(), edges: [...lenet().edges, ['c1', 'f1'], ['fc2', 'c1']] }
    const after = applied(branched, reconcile(branched, graphOf('C6@5s-F-FC1', catDog)))
    expect(writeNotation(after, answerOf(catDog))).toBe('C6@5s-F-FC1')
  })
})

function lenet(): Model {
  return templateById('lenet-cat-dog')!.project.models[0]!
}

function applied(model: Model, edits: Parameters<typeof applyEdits>[1]): Model {
  return applyEdits({ ...emptyProject('Test'), models: [model] }, edits).project.models[0]!
}

function withParam(model: Model, id: string, params: Model['nodes'][number]['params']): Model {
  const nodes = model.nodes.map((node) => (node.id === id ? { ...node, params: { ...node.params, ...params } } : node))
  return { ...model, nodes }
}

function withNode(model: Model, id: string, layer: 'activation'): Model {
  return { ...model, nodes: model.nodes.map((node) => (node.id === id ? { ...node, layer, params: {} } : node)) }
}

function randomNotation(random: SeededRandom, series: boolean): string {
  const size = () =>
    series || random.chance(0.7) ? `${random.whole(1, 5)}` : `${random.whole(1, 5)}x${random.whole(1, 5)}`
  const stride = () => (random.chance(0.3) ? `/${size()}` : '')
  const padding = () => random.pick(['', 's', 'v'])
  const activation = () =>
    random.chance(0.3) ? `:${random.pick(['relu', 'tanh', 'sigmoid', 'softmax', 'linear'])}` : ''
  const body = Array.from({ length: random.whole(0, 5) }, () =>
    random.pick([
      () => `${series ? 'C1D' : 'C'}${random.whole(1, 64)}@${size()}${stride()}${padding()}${activation()}`,
      () => `${random.pick(['P', 'AP'])}${random.chance(0.5) ? `${size()}${stride()}` : ''}${padding()}`,
      () => 'BN',
      () => `D.${random.whole(1, 9)}`,
    ])(),
  )
  const flat = random.pick(['F', 'GAP', 'GMP'])
  const dense = Array.from(
    { length: random.whole(1, 3) },
    () => `FC${random.chance(0.2) ? '' : random.whole(1, 200)}${activation()}`,
  )
  return [...body, flat, ...dense].join('-')
}
