import { describe, expect, test } from 'vitest'
import type { Project } from '../project/project.ts'
import { emptyProject } from '../project/empty-project.ts'
import { definitionOf } from '../layers/registry.ts'
import { randomModel } from '../testing/random-model.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { chainModel } from '../templates/template.ts'
import type { LayerStep } from '../templates/template.ts'
import { analyzeModel } from './analyze.ts'
import type { TaskContext } from './analysis.ts'
import { applyEdits } from './apply-edit.ts'
import type { Edge, LayerNode, Model, Params } from './graph.ts'
import type { Problem } from './problem.ts'

const catDog: TaskContext = { inputShape: [32, 32, 1], outputUnits: 1, task: 'classification' }
const digits: TaskContext = { inputShape: [28, 28, 1], outputUnits: 10, task: 'classification' }
const traffic: TaskContext = { inputShape: [288, 1], outputUnits: 1, task: 'regression' }

function chain(...steps: readonly LayerStep[]): Model {
  return chainModel('m', 'M', steps)
}
function withEdges(model: Model, ...edges: readonly Edge[]): Model {
  return { ...model, edges: [...model.edges, ...edges] }
}
function withNodes(model: Model, ...nodes: readonly Omit<LayerNode, 'x' | 'y'>[]): Model {
  return { ...model, nodes: [...model.nodes, ...nodes.map((node) => ({ ...node, x: 3_000, y: 900 }))] }
}
const input = (...shape: readonly number[]): LayerStep => ['input', { shape }]

interface Case {
  readonly what: string
  readonly model: Model
  readonly task?: TaskContext
  readonly expected: readonly (readonly [code: string, place: string, severity?: 'warning'])[]
}

const cases: readonly Case[] = [
  { what: 'an empty lane', model: chain(), expected: [['model.no-input', '']] },
  {
    what: 'a dense layer on a picture',
    model: chain(
      input(32, 32, 1),
      ['conv2d'],
      ['dense', { units: 84 }],
      ['dense', { units: 1, activation: 'sigmoid' }],
    ),
    task: catDog,
    expected: [['shape.mismatch', 'c1>fc1']],
  },
  {
    what: 'a dense layer on a picture that is flattened later',
    model: chain(
      input(32, 32, 1),
      ['dense', { units: 8 }],
      ['flatten'],
      ['dense', { units: 1, activation: 'sigmoid' }],
    ),
    task: catDog,
    expected: [['shape.mismatch', 'in>fc1', 'warning']],
  },
  {
    what: 'a convolution after Flatten',
    model: chain(input(32, 32, 1), ['flatten'], ['conv2d'], ['flatten']),
    expected: [['shape.mismatch', 'f1>c1']],
  },
  {
    what: 'a convolution on a flat list without a square',
    model: chain(input(10), ['conv2d', { padding: 'same' }], ['flatten']),
    expected: [['shape.mismatch', 'in>c1']],
  },
  {
    what: 'Flatten twice',
    model: chain(input(4, 4, 1), ['flatten'], ['flatten']),
    expected: [['shape.mismatch', 'f1>f2']],
  },
  {
    what: 'Conv1D on a picture',
    model: chain(input(8, 8, 3), ['conv1d'], ['flatten']),
    expected: [['shape.mismatch', 'in>c1']],
  },
  {
    what: 'Conv2D on a series',
    model: chain(input(288, 3), ['conv2d'], ['flatten']),
    expected: [['shape.mismatch', 'in>c1']],
  },
  {
    what: 'a kernel larger than its input',
    model: chain(input(4, 4, 1), ['conv2d', { kernelSize: 5 }], ['flatten']),
    expected: [['window.too-large', 'in>c1 kernelSize']],
  },
  {
    what: 'a pool larger than its input',
    model: chain(input(4, 1, 1), ['maxPooling2d'], ['flatten']),
    expected: [['window.too-large', 'in>p1 poolSize']],
  },
  {
    what: 'a wrong parameter',
    model: chain(input(4, 4, 1), ['flatten'], ['dense', { units: -3 }]),
    expected: [['param.invalid', 'fc1 units']],
  },
  {
    what: 'a parameter that the layer does not have',
    model: chain(input(4, 4, 1), ['flatten', { units: 3 }]),
    expected: [['param.invalid', 'f1 units']],
  },
  {
    what: 'a convolution with both strides and dilation',
    model: chain(input(9, 9, 1), ['conv2d', { dilationRate: 2, strides: [2, 1] }], ['flatten']),
    expected: [['param.stride-and-dilation', 'c1 dilationRate']],
  },
  {
    what: 'a target shape of another size',
    model: chain(input(4, 4, 1), ['reshape', { targetShape: [5, 3] }], ['flatten']),
    expected: [['reshape.count', 'in>r1 targetShape']],
  },
  {
    what: 'a cycle',
    model: withEdges(chain(input(4, 4, 1), ['flatten'], ['dense'], ['dense']), ['fc2', 'fc1']),
    expected: [['graph.cycle', 'fc2>fc1']],
  },
  {
    what: 'a layer wired to itself',
    model: withEdges(chain(input(4, 4, 1), ['flatten']), ['f1', 'f1']),
    expected: [['graph.cycle', 'f1>f1']],
  },
  {
    what: 'a wire to nowhere',
    model: withEdges(chain(input(4, 4, 1), ['flatten']), ['f1', 'gone']),
    expected: [['edge.unknown-node', 'f1>gone']],
  },
  {
    what: 'two equal wires',
    model: withEdges(chain(input(4, 4, 1), ['flatten'], ['dense']), ['f1', 'fc1']),
    expected: [['edge.duplicate', 'f1>fc1']],
  },
  {
    what: 'a layer without input',
    model: withNodes(chain(input(4, 4, 1), ['flatten']), { id: 'd', layer: 'dense', params: {} }),
    expected: [['node.unconnected', 'd']],
  },
  {
    what: 'two wires into a layer that takes one',
    model: withEdges(chain(input(4, 4, 1), ['conv2d', { padding: 'same' }], ['conv2d'], ['flatten']), ['in', 'c2']),
    expected: [['node.too-many-inputs', 'in>c2']],
  },
  {
    what: 'a merge of one',
    model: chain(input(4, 4, 1), ['flatten'], ['add']),
    expected: [['node.too-few-inputs', 'add1']],
  },
  {
    what: 'a merge of unlike maps',
    model: withEdges(chain(input(8, 8, 1), ['conv2d', { filters: 4, padding: 'same' }], ['maximum'], ['flatten']), [
      'in',
      'max1',
    ]),
    expected: [['merge.shapes-differ', 'in>max1']],
  },
  {
    what: 'a merge of unlike sizes',
    model: withEdges(chain(input(8, 8, 1), ['maxPooling2d'], ['add'], ['flatten']), ['in', 'add1']),
    expected: [['merge.shapes-differ', 'in>add1']],
  },
  {
    what: 'joining along an axis that is not there',
    model: withEdges(
      chain(input(8, 8, 1), ['maxPooling2d', { poolSize: 1 }], ['concatenate', { axis: 4 }], ['flatten']),
      ['in', 'cat1'],
    ),
    expected: [['concatenate.axis', 'cat1 axis']],
  },
  {
    what: 'no input',
    model: { ...chain(['flatten'], ['dense']) },
    expected: [
      ['node.unconnected', 'f1'],
      ['model.no-input', ''],
    ],
  },
  { what: 'nothing but an input', model: chain(input(4, 4, 1)), expected: [['model.no-output', 'in']] },
  {
    what: 'a second input',
    model: withNodes(chain(input(4, 4, 1), ['flatten']), { id: 'in2', layer: 'input', params: { shape: [4, 4, 1] } }),
    expected: [['model.several-inputs', 'in2']],
  },
  {
    what: 'a branch that leads nowhere',
    model: withEdges(
      withNodes(
        chain(input(8, 8, 1), ['conv2d'], ['flatten'], ['dense']),
        { id: 'side', layer: 'maxPooling2d', params: {} },
        { id: 'end', layer: 'flatten', params: {} },
      ),
      ['c1', 'side'],
      ['side', 'end'],
    ),
    expected: [['node.dead-end', 'end']],
  },
  {
    what: 'the wrong number of units',
    model: chain(input(28, 28, 1), ['flatten'], ['dense', { units: 84 }]),
    task: digits,
    expected: [['output.units', 'fc1 units']],
  },
  {
    what: 'the wrong number of units before a softmax of its own',
    model: chain(
      input(28, 28, 1),
      ['flatten'],
      ['dense', { units: 2, activation: 'linear' }],
      ['activation', { activation: 'softmax' }],
    ),
    task: { ...catDog, inputShape: [28, 28, 1] },
    expected: [['output.units', 'fc1 units']],
  },
  {
    what: 'softmax over one unit',
    model: chain(input(32, 32, 1), ['flatten'], ['dense', { units: 1, activation: 'softmax' }]),
    task: catDog,
    expected: [['output.activation', 'fc1 activation']],
  },
  {
    what: 'sigmoid for several classes',
    model: chain(input(28, 28, 1), ['flatten'], ['dense', { units: 10, activation: 'sigmoid' }]),
    task: digits,
    expected: [['output.activation', 'fc1 activation', 'warning']],
  },
  {
    what: 'relu for classes',
    model: chain(input(28, 28, 1), ['flatten'], ['dense', { units: 10 }], ['dropout']),
    task: digits,
    expected: [['output.activation', 'fc1 activation']],
  },
  {
    what: 'a margin for a hinge loss',
    model: chain(input(32, 32, 1), ['flatten'], ['dense', { units: 1, activation: 'tanh' }]),
    task: { ...catDog, loss: 'hinge' },
    expected: [],
  },
  {
    what: 'relu for a hinge loss',
    model: chain(input(28, 28, 1), ['flatten'], ['dense', { units: 10 }]),
    task: { ...digits, loss: 'categoricalHinge' },
    expected: [['output.activation', 'fc1 activation']],
  },
  {
    what: 'no activation for cross-entropy',
    model: chain(input(32, 32, 1), ['flatten'], ['dense', { units: 1, activation: 'linear' }]),
    task: { ...catDog, loss: 'binaryCrossentropy' },
    expected: [['output.activation', 'fc1 activation']],
  },
  {
    what: 'pooled maps as classes without softmax',
    model: chain(input(28, 28, 1), ['conv2d', { filters: 10 }], ['globalAveragePooling2d']),
    task: digits,
    expected: [['output.activation', 'gap1']],
  },
  {
    what: 'relu for a value',
    model: chain(input(288, 1), ['flatten'], ['dense', { units: 1 }]),
    task: traffic,
    expected: [['output.activation', 'fc1 activation', 'warning']],
  },
  {
    what: 'maps as an answer',
    model: chain(input(28, 28, 1), ['conv2d']),
    task: digits,
    expected: [['output.rank', 'c1']],
  },
  {
    what: 'an input unlike the data',
    model: chain(input(32, 32, 1), ['flatten'], ['dense', { units: 10, activation: 'softmax' }]),
    task: digits,
    expected: [['input.shape-differs', 'in shape']],
  },
  {
    what: 'a very large model',
    model: chain(input(200, 200, 3), ['flatten'], ['dense', { units: 4_000 }], ['dense']),
    expected: [['model.very-large', 'fc1', 'warning']],
  },
  {
    what: 'an output beyond any memory',
    model: chain(input(1000, 1000, 3), ['upSampling2d', { size: 100_000 }], ['flatten']),
    expected: [['shape.too-large', 'u1']],
  },
  {
    what: 'a layer that does not exist',
    model: unknownLayer(),
    expected: [['layer.unknown', 'x']],
  },
]

function unknownLayer(): Model {
  const model = chain(input(4, 4, 1), ['flatten'])
  return withEdges(withNodes(model, { id: 'x', layer: 'lstm' as LayerNode['layer'], params: {} }), ['f1', 'x'])
}

function briefly(problems: readonly Problem[]): readonly (readonly string[])[] {
  return problems.map(({ code, node, edge, param, severity }) => [
    code,
    `${edge ? edge.join('>') : (node ?? '')}${param === null ? '' : ` ${param}`}`,
    ...(severity === 'warning' ? [severity] : []),
  ])
}

function projectOf(model: Model): Project {
  return { ...emptyProject('Test'), models: [model] }
}

/** Applies every mend of every problem by itself and tells those that leave their problem as it was. */
function uselessFixes(model: Model, task: TaskContext | null): readonly string[] {
  const key = (problem: Problem) => JSON.stringify([problem.code, problem.node, problem.edge, problem.param])
  return analyzeModel(model, task).problems.flatMap((problem) =>
    problem.fixes.flatMap((fix) => {
      const mended = applyEdits(projectOf(model), fix.edits).project.models[0]!
      const left = analyzeModel(mended, task).problems.filter((other) => key(other) === key(problem))
      return left.length === 0 ? [] : [`${key(problem)} after "${fix.title.en}"`]
    }),
  )
}

describe('problems', () => {
  test.each(cases)('$what is found where it is', ({ model, task, expected }) => {
    expect(briefly(analyzeModel(model, task ?? null).problems)).toEqual(expected)
  })

  test.each(cases)('$what has mends, and each mends it', ({ model, task }) => {
    const { problems } = analyzeModel(model, task ?? null)
    expect(problems.filter((problem) => problem.fixes.length === 0)).toEqual([])
    expect(uselessFixes(model, task ?? null)).toEqual([])
  })

  test('speak both languages', () => {
    const texts = cases.flatMap(({ model, task }) =>
      analyzeModel(model, task ?? null).problems.flatMap((problem) => [
        problem.text,
        ...problem.fixes.map((fix) => fix.title),
      ]),
    )
    expect(texts.filter(({ en, ko }) => en === '' || !/[가-힣]/.test(ko))).toEqual([])
  })

  test('tell the expected and the received value of a parameter', () => {
    const { problems } = analyzeModel(chain(input(4, 4, 1), ['flatten'], ['dense', { units: -3 }]), null)
    expect(problems[0]!.text).toEqual({
      en: '`units` must be a positive whole number. Received: -3',
      ko: '`units`에 맞는 값: 양의 정수. 받은 값: -3',
    })
    expect(problems[0]!.fixes[0]!.title.en).toBe('Use the default, 64')
  })

  test('offer Flatten first where a dense layer gets a picture', () => {
    const { problems } = analyzeModel(chain(input(32, 32, 1), ['maxPooling2d'], ['dense']), null)
    expect(problems.map(({ fixes }) => fixes.map((fix) => fix.title.en))).toEqual([
      ['Insert Flatten', 'Insert GlobalAveragePooling2D'],
    ])
  })

  test('leave the shapes and counts of what is still valid', () => {
    const model = chain(
      input(28, 28, 1),
      ['conv2d', { filters: 6, kernelSize: 5 }],
      ['maxPooling2d', { poolSize: -1 }],
      ['flatten'],
    )
    const analysis = analyzeModel(model, null)
    expect(
      [...analysis.nodes.values()].map(({ name, outputShape, parameters }) => [name, outputShape, parameters]),
    ).toEqual([
      ['in', [28, 28, 1], 0],
      ['C1', [24, 24, 6], 156],
      ['P1', null, 0],
      ['F', null, 0],
    ])
    expect(analysis.parameters).toBe(156)
  })
})

describe('random broken models', () => {
  const breakages: readonly ((
    model: Model,
    random: SeededRandom,
  ) => { model: Model; code: string; node?: string; edge?: Edge } | null)[] = [
    (model, random) => {
      const [from, to] = random.pick(model.edges)
      const edges = model.edges.filter((edge) => edge[0] !== from || edge[1] !== to)
      const lost = lostInput(model, [from, to])
      return lost && { model: { ...model, edges }, ...lost }
    },
    (model, random) => {
      const [from, to] = random.pick(model.edges.filter(([start]) => start !== 'in'))
      return { model: withEdges(model, [to, from]), code: 'graph.cycle' }
    },
    (model, random) => {
      const edge: Edge = [random.pick(model.nodes).id, 'nowhere']
      return { model: withEdges(model, edge), code: 'edge.unknown-node', edge }
    },
    (model, random) => {
      const edge = random.pick(model.edges)
      return { model: withEdges(model, edge), code: 'edge.duplicate', edge }
    },
    (model, random) => {
      const node = random.pick(model.nodes.filter((other) => Object.keys(definitionOf(other.layer).params).length > 0))
      const param = random.pick(Object.keys(definitionOf(node.layer).params))
      return { model: withParams(model, node.id, { [param]: 'nonsense' }), code: 'param.invalid', node: node.id }
    },
    (model) => ({
      model: withNodes(model, { id: 'loose', layer: 'dense', params: {} }),
      code: 'node.unconnected',
      node: 'loose',
    }),
    (model) => ({
      model: withNodes(model, { id: 'other', layer: 'input', params: {} }),
      code: 'model.several-inputs',
      node: 'other',
    }),
    (model) => {
      const edge: Edge = [lastOf(model), 'conv']
      return {
        model: withEdges(withNodes(model, { id: 'conv', layer: 'conv2d', params: {} }), edge),
        code: 'shape.mismatch',
        edge,
      }
    },
    (model) => {
      const edge: Edge = [lastOf(model), 'shape']
      return {
        model: withEdges(withNodes(model, { id: 'shape', layer: 'reshape', params: { targetShape: [99_991] } }), edge),
        code: 'reshape.count',
        edge,
      }
    },
    (model) => {
      const merge = { id: 'merge', layer: 'add', params: {} } as const
      return {
        model: withEdges(withNodes(model, merge), [lastOf(model), 'merge']),
        code: 'node.too-few-inputs',
        node: 'merge',
      }
    },
    (model, random) => {
      const windows = model.nodes.filter((node) => definitionOf(node.layer).window && node.layer !== 'reshape')
      if (windows.length === 0) return null
      const node = random.pick(windows)
      const size = 'poolSize' in definitionOf(node.layer).params ? 'poolSize' : 'kernelSize'
      const edge = model.edges.find(([, to]) => to === node.id)!
      return { model: withParams(model, node.id, { [size]: 99, padding: 'valid' }), code: 'window.too-large', edge }
    },
    (model) => {
      const side = { id: 'side', layer: 'flatten', params: {} } as const
      return { model: withEdges(withNodes(model, side), ['in', 'side']), code: 'node.dead-end' }
    },
  ]

  test('100 of them each have a named problem in the right place, without an exception, and working mends', () => {
    const seen: string[] = []
    for (let seed = 1; seen.length < 100; seed++) {
      const random = new SeededRandom(seed * 7919)
      const whole = randomModel(random)
      const broken = breakages[seed % breakages.length]!(whole, random)
      if (!broken) continue
      seen.push(broken.code)
      const { problems, parameters, multiplyAdds } = analyzeModel(broken.model, null)
      const found = problems.filter(
        (problem) =>
          problem.code === broken.code &&
          (broken.node === undefined || problem.node === broken.node) &&
          (broken.edge === undefined || JSON.stringify(problem.edge) === JSON.stringify(broken.edge)),
      )
      expect({ seed, code: broken.code, found: found.length > 0 }).toEqual({ seed, code: broken.code, found: true })
      expect(Number.isFinite(parameters) && Number.isFinite(multiplyAdds)).toBe(true)
      expect({ seed, useless: uselessFixes(broken.model, null) }).toEqual({ seed, useless: [] })
    }
    expect(new Set(seen).size).toBeGreaterThanOrEqual(10)
  })
})

test('a thousand layers are analysed in time linear in their number', () => {
  const steps = (count: number): readonly LayerStep[] => Array.from({ length: count }, () => ['activation'] as const)
  const analysis = analyzeModel(chain(input(4), ...steps(999)), null)
  expect([analysis.order.length, analysis.problems]).toEqual([1_000, []])
})

function lostInput(model: Model, [, to]: Edge): { code: string; node: string } | null {
  const node = model.nodes.find((other) => other.id === to)!
  const inputs = model.edges.filter((edge) => edge[1] === to).length
  if (definitionOf(node.layer).inputs !== 'many') return { code: 'node.unconnected', node: to }
  return inputs > 2 ? null : { code: 'node.too-few-inputs', node: to }
}

function withParams(model: Model, id: string, params: Params): Model {
  return {
    ...model,
    nodes: model.nodes.map((node) => (node.id === id ? { ...node, params: { ...node.params, ...params } } : node)),
  }
}

function lastOf(model: Model): string {
  return model.nodes.find((node) => !model.edges.some(([from]) => from === node.id))!.id
}
