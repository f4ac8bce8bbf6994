import { ShapeMismatch } from '../layers/define.ts'
import type { LayerDefinition } from '../layers/define.ts'
import { definitionOf, isLayerType } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import { formatShape, sizeOf } from '../layers/window-shapes.ts'
import { writeNotation } from '../notation/write-notation.ts'
import type { ModelAnalysis, NodeAnalysis, TaskContext } from './analysis.ts'
import type { Edit } from './edit.ts'
import type { Edge, LayerNode, Model, Params, Shape } from './graph.ts'
import { problem } from './inspection.ts'
import type { Inspection } from './inspection.ts'
import { NODE_GAP_Y, NODE_HEIGHT } from './layout.ts'
import { adapters, insertFix, mismatchFixes, removeEdgeFix, removeFix, shapeAfter } from './mends.ts'
import { displayNames, newNodeId } from './names.ts'
import { orderNodes } from './order.ts'
import { outputProblems } from './output-problems.ts'
import type { Fix, Problem } from './problem.ts'

/** Beyond this many weights a model is called very large: more than most desk machines can train. */
const manyParameters = 200_000_000
/** Beyond this many numbers in one layer's output no machine could hold it. */
const manyNumbers = 1e12

/**
 * Shapes, counts and problems of a model; never throws, whatever the graph. `task` null leaves out what only the data
 * can tell. Takes time linear in nodes and wires, apart from the mends of faulty ones.
 */
export function analyzeModel(model: Model, task: TaskContext | null): ModelAnalysis {
  const problems: Problem[] = []
  const byId = new Map<string, LayerNode>()
  for (const node of model.nodes) {
    if (!byId.has(node.id)) byId.set(node.id, node)
    else problems.push(duplicateNode(node))
  }
  const edges = knownEdges(model, byId, problems)
  const { order, acyclic, closing } = orderNodes([...byId.keys()], edges)
  const names = displayNames(order.map((id) => byId.get(id)!))
  for (const edge of closing) problems.push(cycleProblem(model, edge, names))

  const into = grouped(byId, edges, 1)
  const outOf = grouped(byId, edges, 0)
  const open = [...byId.values()].filter((node) => outOf.get(node.id)?.length === 0)
  const inspection: Inspection = { model, task, byId, names, into, outOf, open, nodes: new Map(), problems }
  for (const [position, id] of order.entries()) inspectNode(inspection, byId.get(id)!, position < acyclic)
  denseOnPictures(inspection, order.slice(0, acyclic))
  outputProblems(inspection, order.slice(0, acyclic), closing.length > 0)

  let parameters = 0
  let trainable = 0
  let multiplyAdds = 0
  for (const node of inspection.nodes.values()) {
    parameters += node.parameters
    trainable += node.trainable
    multiplyAdds += node.multiplyAdds
  }
  if (parameters > manyParameters) problems.push(veryLarge(inspection, parameters))
  return {
    order,
    nodes: inspection.nodes,
    problems,
    parameters,
    trainable,
    multiplyAdds,
    notation: writeNotation(model, task),
  }
}

function duplicateNode(node: LayerNode): Problem {
  return problem(
    'node.duplicate-id',
    { node: node.id },
    {
      en: `Every layer needs an id of its own. Received twice: "${node.id}"`,
      ko: `층마다 고유한 id가 있어야 합니다. 두 번 나온 id: "${node.id}"`,
    },
  )
}

function knownEdges(model: Model, byId: ReadonlyMap<string, LayerNode>, problems: Problem[]): readonly Edge[] {
  const seen = new Set<string>()
  const edges: Edge[] = []
  for (const edge of model.edges) {
    const [from, to] = edge
    const missing = [from, to].filter((id) => !byId.has(id))
    const key = JSON.stringify(edge)
    if (missing.length > 0) {
      const ids = missing.map((id) => `"${id}"`).join(', ')
      problems.push(
        problem(
          'edge.unknown-node',
          { edge },
          {
            en: `A wire must join two layers of the model. Not found: ${ids}`,
            ko: `연결은 모델 안의 두 층을 이어야 합니다. 찾을 수 없는 층: ${ids}`,
          },
          [removeEdgeFix(model, edge)],
        ),
      )
    } else if (seen.has(key)) {
      problems.push(
        problem(
          'edge.duplicate',
          { edge },
          { en: 'These two layers are wired together more than once.', ko: '두 층이 두 번 이상 연결되어 있습니다.' },
          [{ title: { en: 'Keep one wire', ko: '연결 하나만 남기기' }, edits: duplicatesOf(model, edge) }],
        ),
      )
    } else {
      seen.add(key)
      edges.push(edge)
    }
  }
  return edges
}

function duplicatesOf(model: Model, edge: Edge): readonly Edit[] {
  const count = model.edges.filter((other) => other[0] === edge[0] && other[1] === edge[1]).length
  return Array.from({ length: count - 1 }, () => ({ type: 'remove-edge', model: model.id, edge }) as const)
}

function cycleProblem(model: Model, edge: Edge, names: ReadonlyMap<string, string>): Problem {
  const [from, to] = edge.map((id) => names.get(id) ?? id)
  return problem(
    'graph.cycle',
    { edge },
    {
      en: `Data must flow in one direction; the wire from ${from} to ${to} closes a cycle.`,
      ko: `데이터는 한 방향으로만 흘러야 합니다. ${from}에서 ${to}(으)로 가는 연결이 순환을 만듭니다.`,
    },
    [removeEdgeFix(model, edge)],
  )
}

/** Finds one node's shapes and counts from those of the nodes before it, and what is wrong with it. */
function inspectNode(inspection: Inspection, node: LayerNode, onNoCycle: boolean): void {
  const { model, names, into, nodes, problems } = inspection
  const name = names.get(node.id) ?? node.id
  const incoming = into.get(node.id) ?? []
  const inputShapes = incoming.map(([from]) => nodes.get(from)?.outputShape ?? null)
  const unknown: NodeAnalysis = {
    inputShapes,
    outputShape: null,
    parameters: 0,
    trainable: 0,
    multiplyAdds: 0,
    formula: null,
    name,
  }
  nodes.set(node.id, unknown)
  if (!isLayerType(node.layer)) {
    problems.push(
      problem(
        'layer.unknown',
        { node: node.id },
        {
          en: `The layer must be one that Convas knows. Received: "${String(node.layer)}"`,
          ko: `Convas가 아는 층이어야 합니다. 받은 값: "${String(node.layer)}"`,
        },
        [removeFix(model, node, name)],
      ),
    )
    return
  }
  const definition = definitionOf(node.layer)
  const params = definition.readParams(node.params)
  if (!params.ok) {
    for (const fault of params.faults) problems.push(paramProblem(model, node, definition, fault.param, fault.text))
  }
  if (onNoCycle) inputCountProblems(inspection, node, definition, incoming)
  const window = params.ok ? definition.window?.(params.value) : undefined
  if (window?.dilation.some((rate) => rate > 1) && window.strides.some((stride) => stride > 1))
    problems.push(dilationProblem(model, node, name))
  const used = definition.inputs === 1 ? inputShapes.slice(0, 1) : inputShapes
  const needed = definition.inputs === 'many' ? 2 : definition.inputs
  if (!params.ok || used.length < needed || !onNoCycle) return
  const inputs = definition.inputs === 0 ? [] : used.filter((shape) => shape !== null)
  if (definition.inputs !== 0 && inputs.length < used.length) return
  try {
    nodes.set(node.id, { ...unknown, ...countNode(definition, inputs, params.value) })
  } catch (error) {
    if (!(error instanceof ShapeMismatch)) throw error
    const edge = error.input === null ? null : (incoming[error.input] ?? null)
    const source = edge ? inspection.byId.get(edge[0]) : undefined
    const sourceInput = source ? nodes.get(source.id)?.inputShapes[0] : null
    const before =
      source && sourceInput ? { node: source, name: names.get(source.id) ?? source.id, input: sourceInput } : null
    problems.push({
      ...problem(
        error.code,
        { node: node.id, edge },
        { en: `${name}: ${error.text.en}`, ko: `${name}: ${error.text.ko}` },
        mismatchFixes({ model, node, name, params: params.value, inputs, mismatch: error, edge, before }),
      ),
      param: error.mend?.type === 'params' ? (Object.keys(error.mend.choices.at(-1)?.params ?? {})[0] ?? null) : null,
    })
    return
  }
  const { outputShape } = nodes.get(node.id)!
  if (outputShape && sizeOf(outputShape) > manyNumbers) {
    nodes.set(node.id, unknown)
    problems.push(
      problem(
        'shape.too-large',
        { node: node.id },
        {
          en: `${name} would give ${formatShape(outputShape)} numbers a sample; no machine can hold that.`,
          ko: `${name}의 출력이 샘플마다 ${formatShape(outputShape)}개가 되어 어떤 컴퓨터로도 담을 수 없습니다.`,
        },
        [removeFix(model, node, name)],
      ),
    )
  }
}

function countNode(
  definition: LayerDefinition,
  inputs: readonly Shape[],
  params: Params,
): Pick<NodeAnalysis, 'outputShape' | 'parameters' | 'trainable' | 'multiplyAdds' | 'formula'> {
  const outputShape = definition.outputShape(inputs, params)
  const parameters = definition.weightCount(inputs, params)
  return {
    outputShape,
    parameters,
    trainable: parameters - definition.untrainedCount(inputs, params),
    multiplyAdds: definition.multiplyAdds(inputs, params),
    formula: parameters > 0 ? (definition.formula?.(inputs, params) ?? null) : null,
  }
}

function paramProblem(model: Model, node: LayerNode, definition: LayerDefinition, param: string, text: Text): Problem {
  const usual = definition.params[param]?.default
  const shown = JSON.stringify(usual)
  const title: Text =
    usual === undefined
      ? { en: `Remove \`${param}\``, ko: `\`${param}\` 제거` }
      : { en: `Use the default, ${shown}`, ko: `기본값 ${shown} 사용` }
  return {
    ...problem('param.invalid', { node: node.id }, text, [
      { title, edits: [{ type: 'set-param', model: model.id, node: node.id, param, value: undefined }] },
    ]),
    param,
  }
}

/** tfjs has no convolution that both leaps and spreads. */
function dilationProblem(model: Model, node: LayerNode, name: string): Problem {
  const received = (param: string) => JSON.stringify(node.params[param])
  return {
    ...problem(
      'param.stride-and-dilation',
      { node: node.id },
      {
        en: `${name}: \`dilationRate\` must be 1 where \`strides\` is larger than 1. Received: strides ${received('strides')}, dilationRate ${received('dilationRate')}`,
        ko: `${name}: \`strides\`가 1보다 크면 \`dilationRate\`는 1이어야 합니다. 받은 값: strides ${received('strides')}, dilationRate ${received('dilationRate')}`,
      },
      (
        [
          ['dilationRate', { en: 'Set dilation to 1', ko: '팽창률을 1로 설정' }],
          ['strides', { en: 'Set strides to 1', ko: '스트라이드를 1로 설정' }],
        ] as const
      ).map(([param, title]) => ({
        title,
        edits: [{ type: 'set-param', model: model.id, node: node.id, param, value: undefined }],
      })),
    ),
    param: 'dilationRate',
  }
}

function inputCountProblems(
  inspection: Inspection,
  node: LayerNode,
  definition: LayerDefinition,
  incoming: readonly Edge[],
): void {
  const { model, names, problems } = inspection
  const name = names.get(node.id) ?? node.id
  if (definition.inputs === 'many') {
    if (incoming.length >= 2) return
    problems.push(
      problem(
        'node.too-few-inputs',
        { node: node.id },
        {
          en: `${name} joins at least two inputs. Received: ${incoming.length}`,
          ko: `${name}에는 입력이 두 개 이상 있어야 합니다. 현재 입력: ${incoming.length}개`,
        },
        [...(incoming.length === 1 ? connectFixes(inspection, node) : []), removeFix(model, node, name)],
      ),
    )
    return
  }
  if (definition.inputs === 1 && incoming.length === 0) {
    problems.push(
      problem(
        'node.unconnected',
        { node: node.id },
        { en: `${name} has no input: wire a layer to it.`, ko: `${name}에 입력이 없습니다. 다른 층을 연결하세요.` },
        [...connectFixes(inspection, node), removeFix(model, node, name)],
      ),
    )
    return
  }
  for (const edge of incoming.slice(definition.inputs)) {
    problems.push(
      problem(
        'node.too-many-inputs',
        { node: node.id, edge },
        definition.inputs === 0
          ? { en: `${name} is an input and takes no wire.`, ko: `${name}은(는) 입력이므로 연결을 받지 않습니다.` }
          : {
              en: `${name} takes one input. Received: ${incoming.length}. Use a merge layer to join several.`,
              ko: `${name}은(는) 입력을 하나만 받습니다. 현재 입력: ${incoming.length}개. 여러 개를 합치려면 병합 층을 쓰세요.`,
            },
        [removeEdgeFix(model, edge), ...(definition.inputs === 1 ? [mergeFix(model, node, incoming)] : [])],
      ),
    )
  }
}

function mergeFix(model: Model, node: LayerNode, incoming: readonly Edge[]): Fix {
  const id = newNodeId(model, 'concatenate')
  const named = { model: model.id }
  return {
    title: { en: 'Join them with Concatenate', ko: 'Concatenate로 합치기' },
    edits: [
      {
        type: 'add-node',
        ...named,
        node: { id, layer: 'concatenate', params: {}, x: node.x, y: node.y - NODE_HEIGHT - NODE_GAP_Y },
      },
      ...incoming.map((edge): Edit => ({ type: 'remove-edge', ...named, edge })),
      ...incoming.map(([from]): Edit => ({ type: 'add-edge', ...named, edge: [from, id] })),
      { type: 'add-edge', ...named, edge: [id, node.id] },
    ],
  }
}

/** Offers the one open output that could feed a node; nothing where several stand about equally near. */
function connectFixes(inspection: Inspection, node: LayerNode): readonly Fix[] {
  const { model, outOf, names } = inspection
  // Among many open ends none is the obvious one, and looking at them all for every node would take long.
  if (inspection.open.length > 20) return []
  const behind = new Set<string>([node.id])
  for (const id of behind) for (const [, to] of outOf.get(id) ?? []) behind.add(to)
  const fed = new Set(inspection.into.get(node.id)?.map(([from]) => from))
  const open = inspection.open
    .filter((other) => !behind.has(other.id) && !fed.has(other.id))
    .map((other) => ({ other, distance: Math.hypot(other.x - node.x, other.y - node.y) }))
    .sort((a, b) => a.distance - b.distance)
  const [nearest, second] = open
  if (!nearest || (second && second.distance < 1.5 * nearest.distance)) return []
  const name = names.get(nearest.other.id) ?? nearest.other.id
  return [
    {
      title: { en: `Connect it to ${name}`, ko: `${name}에 연결` },
      edits: [{ type: 'add-edge', model: model.id, edge: [nearest.other.id, node.id] }],
    },
  ]
}

/** Dense layers that get pictures or series: an error where the model's answer is no flat list for it, else a warning. */
function denseOnPictures(inspection: Inspection, order: readonly string[]): void {
  const { model, byId, names, into, outOf, nodes, problems } = inspection
  const unflattened = new Set<string>()
  const found: { readonly node: LayerNode; readonly edge: Edge; readonly input: Shape }[] = []
  let reachesEnd = false
  for (const id of order) {
    const node = byId.get(id)!
    const output = nodes.get(id)?.outputShape
    if (!output || output.length === 1) continue
    const incoming = into.get(id) ?? []
    const edge = incoming[0]
    const input = nodes.get(id)?.inputShapes[0]
    if (incoming.some(([from]) => unflattened.has(from))) unflattened.add(id)
    else if (isLayerType(node.layer) && definitionOf(node.layer).kind === 'dense' && edge && input) {
      unflattened.add(id)
      found.push({ node, edge, input })
    }
    if (unflattened.has(id) && (outOf.get(id)?.length ?? 0) === 0) reachesEnd = true
  }
  for (const { node, edge, input } of found) {
    const name = names.get(node.id) ?? node.id
    problems.push({
      ...problem(
        'shape.mismatch',
        { node: node.id, edge },
        {
          en: `${name}: a dense layer needs a flat list of numbers. Received: ${formatShape(input)}, of which it would only see the last axis.`,
          ko: `${name}: 완전 연결 층에는 1차원 벡터가 필요합니다. 받은 크기: ${formatShape(input)} (마지막 축만 보게 됩니다).`,
        },
        adapters(input, { rank: 1 })
          .filter((steps) => shapeAfter(input, steps) !== null)
          .map((steps) => insertFix(model, edge, steps)),
      ),
      severity: reachesEnd ? 'error' : 'warning',
    })
  }
}

function veryLarge(inspection: Inspection, parameters: number): Problem {
  const { model, byId, nodes, names } = inspection
  const [id, largest] = [...nodes].reduce((best, entry) => (entry[1].parameters > best[1].parameters ? entry : best))
  const node = byId.get(id)!
  const units = Number(node.params['units'])
  const smaller = Math.floor(((manyParameters - (parameters - largest.parameters)) / largest.parameters) * units)
  const millions = Math.round(parameters / 1e6)
  return {
    ...problem(
      'model.very-large',
      { node: id },
      {
        en: `The model has ${millions} million weights, most of them in ${names.get(id)}; training may not fit into memory.`,
        ko: `모델의 가중치가 ${millions}백만 개이며 대부분 ${names.get(id)}에 있습니다. 학습할 때 메모리가 부족할 수 있습니다.`,
      },
      node.layer === 'dense' && smaller >= 1
        ? [
            {
              title: { en: `Reduce it to ${smaller} units`, ko: `유닛을 ${smaller}개로 줄이기` },
              edits: [{ type: 'set-param', model: model.id, node: id, param: 'units', value: smaller }],
            },
          ]
        : [],
    ),
    severity: 'warning',
  }
}

function grouped(
  byId: ReadonlyMap<string, LayerNode>,
  edges: readonly Edge[],
  end: 0 | 1,
): ReadonlyMap<string, readonly Edge[]> {
  const groups = new Map<string, Edge[]>([...byId.keys()].map((id) => [id, []]))
  for (const edge of edges) groups.get(edge[end])?.push(edge)
  return groups
}
