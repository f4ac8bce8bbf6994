import { describe, expect, test } from 'vitest'
import { emptyProject } from '../project/empty-project.ts'
import { chainModel } from '../templates/template.ts'
import { randomModel } from '../testing/random-model.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { analyzeModel } from './analyze.ts'
import { applyEdits } from './apply-edit.ts'
import type { Edit } from './edit.ts'
import type { Edge, LayerNode, Model } from './graph.ts'
import { automaticLayout, laidOut, NODE_GAP_X, NODE_GAP_Y, NODE_HEIGHT, NODE_WIDTH } from './layout.ts'
import { displayNames } from './names.ts'
import {
  addNode,
  alignNodes,
  connectNodes,
  copyNodes,
  duplicateNodes,
  insertOnEdge,
  moveNodes,
  pasteNodes,
  removeNodes,
} from './operations.ts'

const step = NODE_WIDTH + NODE_GAP_X
const chain = chainModel('m', 'M', [['input'], ['conv2d'], ['maxPooling2d'], ['flatten'], ['dense'], ['dense']])

/** in → a, b → add1 → out: two branches of one layer each. */
const branched: Model = laidOut({
  id: 'm',
  name: 'M',
  nodes: [
    place('in', 'input'),
    place('a', 'conv2d'),
    place('b', 'conv2d'),
    place('add1', 'add'),
    place('out', 'flatten'),
  ],
  edges: [
    ['in', 'a'],
    ['in', 'b'],
    ['a', 'add1'],
    ['b', 'add1'],
    ['add1', 'out'],
  ],
})

function place(id: string, layer: LayerNode['layer']): LayerNode {
  return { id, layer, params: {}, x: 0, y: 0 }
}

function applied(model: Model, edits: readonly Edit[]): Model {
  return applyEdits({ ...emptyProject('Test'), models: [model] }, edits).project.models[0]!
}

function wires(model: Model): readonly string[] {
  return model.edges.map((edge) => edge.join('>'))
}

describe('removing layers', () => {
  test.each<readonly [what: string, model: Model, ids: readonly string[], left: readonly string[]]>([
    ['one of a chain', chain, ['p1'], ['in>c1', 'c1>f1', 'f1>fc1', 'fc1>fc2']],
    ['a stretch of a chain', chain, ['c1', 'p1', 'f1'], ['in>fc1', 'fc1>fc2']],
    ['the last', chain, ['fc2'], ['in>c1', 'c1>p1', 'p1>f1', 'f1>fc1']],
    ['the first', chain, ['in'], ['c1>p1', 'p1>f1', 'f1>fc1', 'fc1>fc2']],
    ['a branch', branched, ['b'], ['in>a', 'a>add1', 'in>add1', 'add1>out']],
    ['both branches', branched, ['a', 'b'], ['in>add1', 'add1>out']],
    ['a merge, whose inputs cannot all go on', branched, ['add1'], ['in>a', 'in>b']],
    ['everything', chain, ['in', 'c1', 'p1', 'f1', 'fc1', 'fc2'], []],
  ])('heals the wires: %s', (_, model, ids, left) => {
    expect(wires(applied(model, removeNodes(model, ids)))).toEqual(left)
  })
})

describe('adding layers', () => {
  test('into a wire keeps the order of a merge and makes room', () => {
    const { edits, nodes } = insertOnEdge(branched, ['a', 'add1'], 'dropout')
    const after = applied(branched, edits)
    expect(nodes).toEqual(['d1'])
    expect(after.edges.filter(([, to]) => to === 'add1')).toEqual([
      ['d1', 'add1'],
      ['b', 'add1'],
    ])
    const places = new Map(after.nodes.map((node) => [node.id, node.x]))
    expect(places.get('d1')! - places.get('a')!).toBe(step)
    expect(places.get('add1')! - places.get('d1')!).toBeGreaterThanOrEqual(step)
  })

  test('after one with a wire onwards goes between', () => {
    const { edits } = addNode(chain, 'batchNormalization', { after: 'c1' })
    expect(wires(applied(chain, edits))).toEqual(['in>c1', 'c1>bn1', 'bn1>p1', 'p1>f1', 'f1>fc1', 'fc1>fc2'])
  })

  test('after the last goes on from there, on its right', () => {
    const { edits } = addNode(chain, 'dense', { after: 'fc2', params: { units: 3 } })
    const after = applied(chain, edits)
    expect([wires(after).at(-1), after.nodes.at(-1)]).toEqual([
      'fc2>fc3',
      { id: 'fc3', layer: 'dense', params: { units: 3 }, x: 6 * step, y: 0 },
    ])
  })

  test('alone stands below everything', () => {
    expect(addNode(chain, 'dense').edits).toEqual([
      {
        type: 'add-node',
        model: 'm',
        node: { id: 'fc3', layer: 'dense', params: {}, x: 0, y: NODE_HEIGHT + NODE_GAP_Y },
      },
    ])
  })
})

describe('connecting', () => {
  test.each<readonly [from: string, to: string, left: readonly string[]]>([
    ['in', 'p1', ['in>c1', 'p1>f1', 'f1>fc1', 'fc1>fc2', 'in>p1']],
    ['fc2', 'c1', ['c1>p1', 'p1>f1', 'f1>fc1', 'fc1>fc2', 'fc2>c1']],
  ])('%s to %s replaces the one input', (from, to, left) => {
    const result = connectNodes(chain, from, to)
    expect(result.ok && wires(applied(chain, result.edits))).toEqual(left)
  })

  test('to a merge adds an input', () => {
    const result = connectNodes(branched, 'in', 'add1')
    expect(result.ok && wires(applied(branched, result.edits))).toEqual([...wires(branched), 'in>add1'])
  })

  test.each([
    ['c1', 'c1'],
    ['c1', 'in'],
    ['in', 'c1'],
    ['c1', 'gone'],
  ])('%s to %s is refused in words', (from, to) => {
    const result = connectNodes(chain, from, to)
    expect(result.ok ? null : [result.text.en !== '', /[가-힣]/.test(result.text.ko)]).toEqual([true, true])
  })
})

describe('copying', () => {
  test('takes the wires between the layers and gives new ids', () => {
    const clipping = copyNodes(chain, ['c1', 'p1', 'fc2'])
    const { edits, nodes } = pasteNodes(chain, clipping, { x: 10, y: 20 })
    const after = applied(chain, edits)
    expect([nodes, wires(after).slice(chain.edges.length)]).toEqual([['c2', 'p2', 'fc3'], ['c2>p2']])
    expect(after.nodes.slice(chain.nodes.length).map(({ x, y }) => [x, y])).toEqual([
      [step + 10, 20],
      [2 * step + 10, 20],
      [5 * step + 10, 20],
    ])
  })

  test('in place lays the copies below', () => {
    const { edits } = duplicateNodes(chain, ['c1', 'p1'])
    const after = applied(chain, edits)
    expect(after.nodes.slice(chain.nodes.length).map(({ x, y }) => [x, y])).toEqual([
      [step, NODE_HEIGHT + NODE_GAP_Y],
      [2 * step, NODE_HEIGHT + NODE_GAP_Y],
    ])
  })

  test('of nothing does nothing', () => {
    expect(duplicateNodes(chain, [])).toEqual({ edits: [], nodes: [] })
  })
})

describe('placing', () => {
  const scattered: Model = {
    ...chain,
    nodes: chain.nodes.map((node, index) => ({ ...node, x: index * 37, y: (index * 53) % 90 })),
  }

  test.each([
    [
      'left',
      [
        [37, 53],
        [37, 16],
      ],
    ],
    [
      'right',
      [
        [74, 53],
        [74, 16],
      ],
    ],
    [
      'top',
      [
        [37, 16],
        [74, 16],
      ],
    ],
    [
      'bottom',
      [
        [37, 53],
        [74, 53],
      ],
    ],
    [
      'row',
      [
        [37, 16],
        [37 + step, 16],
      ],
    ],
    [
      'column',
      [
        [37, 16 + NODE_HEIGHT + NODE_GAP_Y],
        [37, 16],
      ],
    ],
  ] as const)('lines layers up: %s', (alignment, places) => {
    const after = applied(scattered, alignNodes(scattered, ['c1', 'p1'], alignment))
    expect(after.nodes.slice(1, 3).map(({ x, y }) => [x, y])).toEqual(places)
  })

  test('moves layers together', () => {
    expect(moveNodes(chain, ['c1'], { x: 3, y: -4 })).toEqual([
      { type: 'move-node', model: 'm', node: 'c1', x: step + 3, y: -4 },
    ])
  })

  test('automatic layout of a chain is a row', () => {
    const after = applied(scattered, automaticLayout(scattered))
    expect(after.nodes.map(({ x, y }) => [x, y])).toEqual(chain.nodes.map((_, index) => [index * step, 0]))
    expect(automaticLayout(after)).toEqual([])
  })

  test('automatic layout puts no layer on another and every wire forwards, for 60 random graphs', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const model = laidOut(randomModel(new SeededRandom(seed)))
      const places = new Map(model.nodes.map((node) => [node.id, node]))
      const backwards = model.edges.filter(([from, to]) => places.get(from)!.x + NODE_WIDTH > places.get(to)!.x)
      const overlapping = model.nodes.filter((a, index) =>
        model.nodes.slice(index + 1).some((b) => Math.abs(a.x - b.x) < NODE_WIDTH && Math.abs(a.y - b.y) < NODE_HEIGHT),
      )
      expect({ seed, backwards, overlapping }).toEqual({ seed, backwards: [], overlapping: [] })
    }
  })

  test('automatic layout bears cycles and loose wires', () => {
    const broken: Model = { ...branched, edges: [...branched.edges, ['out', 'a'], ['a', 'gone'], ['a', 'a']] }
    expect(automaticLayout(broken).every((edit) => edit.type === 'move-node' && Number.isFinite(edit.x))).toBe(true)
    expect(automaticLayout({ ...broken, nodes: [], edges: [] })).toEqual([])
  })
})

test('names count along the flow, dense layers carry their units', () => {
  const nodes: readonly LayerNode[] = [
    place('i', 'input'),
    place('x', 'conv2d'),
    { ...place('n', 'conv2d'), name: 'edges' },
    place('y', 'conv2d'),
    place('f', 'flatten'),
    { ...place('d', 'dense'), params: { units: 84 } },
    { ...place('e', 'dense'), params: { units: 84 } },
    place('g', 'dropout'),
  ]
  expect([...displayNames(nodes).values()]).toEqual(['in', 'C1', 'edges', 'C3', 'F', 'FC84', 'FC84 (2)', 'D1'])
})

test('removing layers from random graphs never leaves a wire to nowhere', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new SeededRandom(seed)
    const model = randomModel(random)
    const ids = model.nodes.filter(() => random.chance(0.4)).map((node) => node.id)
    const after = applied(model, removeNodes(model, ids))
    const codes = analyzeModel(after, null).problems.map((problem) => problem.code)
    expect(codes.filter((code) => code === 'edge.unknown-node' || code === 'edge.duplicate')).toEqual([])
    const gone = new Set(ids)
    const untouched = model.edges.filter(([from, to]: Edge) => !gone.has(from) && !gone.has(to))
    expect(after.edges).toEqual(expect.arrayContaining([...untouched]))
  }
})
