import { definitionOf, isLayerType } from '../layers/registry.ts'
import type { LayerDefinition } from '../layers/define.ts'
import { formatShape } from '../layers/window-shapes.ts'
import { isHinge } from '../training/loss-fit.ts'
import type { TaskContext } from './analysis.ts'
import type { Edit } from './edit.ts'
import type { LayerNode, Shape } from './graph.ts'
import { problem } from './inspection.ts'
import type { Inspection } from './inspection.ts'
import { NODE_GAP_X, NODE_WIDTH } from './layout.ts'
import { insertTitle, removeFix } from './mends.ts'
import type { Step } from './mends.ts'
import { newNodeId } from './names.ts'
import { appendChain } from './operations.ts'
import type { Fix } from './problem.ts'
import { outputActivation } from './task-output.ts'

const usualUnits = 10

/** What is wrong with a model's two ends: its input against the data, its output against the task, and branches that lead nowhere. */
export function outputProblems(inspection: Inspection, order: readonly string[], cyclic: boolean): void {
  const main = inputProblems(inspection)
  if (!main) return
  const fed = reachableFrom(main.id, inspection)
  const ends = order.filter((id) => fed.has(id) && (inspection.outOf.get(id)?.length ?? 0) === 0)
  const last = mainOutput(inspection, ends)
  if (last === null) return
  if (last.id === main.id) {
    const others = [...inspection.byId.values()].some((node) => node.layer !== 'input')
    if (!others && !cyclic) inspection.problems.push(noOutput(inspection, last))
    return
  }
  for (const id of ends)
    if (id !== last.id) inspection.problems.push(deadEnd(inspection, inspection.byId.get(id)!, last))
  // Where the data have no labels, no model is at fault: nothing can be asked of its answer.
  if (inspection.task && inspection.task.outputUnits > 0) answerProblems(inspection, inspection.task, last)
}

/** The input that counts: the first that leads somewhere. The others, and a shape unlike the data's, are problems. */
function inputProblems(inspection: Inspection): LayerNode | null {
  const { model, task, byId, outOf, names, problems } = inspection
  const inputs = [...byId.values()].filter((node) => node.layer === 'input')
  const main = inputs.find((node) => (outOf.get(node.id)?.length ?? 0) > 0) ?? inputs[0]
  if (!main) {
    problems.push(noInput(inspection))
    return null
  }
  for (const other of inputs) {
    if (other === main) continue
    problems.push(
      problem(
        'model.several-inputs',
        { node: other.id },
        {
          en: `A model has one input here, ${names.get(main.id)}. Received another: ${names.get(other.id)}`,
          ko: `모델의 입력은 ${names.get(main.id)} 하나여야 합니다. 또 다른 입력: ${names.get(other.id)}`,
        },
        [replaceInput(inspection, other, main)],
      ),
    )
  }
  const shape = inspection.nodes.get(main.id)?.outputShape
  if (task && shape && !sameShape(shape, task.inputShape)) {
    problems.push({
      ...problem(
        'input.shape-differs',
        { node: main.id },
        {
          en: `The input must have the data's shape, ${formatShape(task.inputShape)}. Received: ${formatShape(shape)}`,
          ko: `입력은 데이터와 같은 ${formatShape(task.inputShape)} 크기여야 합니다. 받은 크기: ${formatShape(shape)}`,
        },
        [
          {
            title: {
              en: `Set the shape to ${formatShape(task.inputShape)}`,
              ko: `크기를 ${formatShape(task.inputShape)}로 설정`,
            },
            edits: [{ type: 'set-param', model: model.id, node: main.id, param: 'shape', value: [...task.inputShape] }],
          },
        ],
      ),
      param: 'shape',
    })
  }
  return main
}

function noInput(inspection: Inspection) {
  const { model, task, byId, into } = inspection
  const first = [...byId.values()].find(
    (node) =>
      isLayerType(node.layer) && definitionOf(node.layer).inputs === 1 && (into.get(node.id)?.length ?? 0) === 0,
  )
  const node: LayerNode = {
    id: newNodeId(model, 'input'),
    layer: 'input',
    params: task ? { shape: [...task.inputShape] } : {},
    x: first ? first.x - NODE_WIDTH - NODE_GAP_X : 0,
    y: first?.y ?? 0,
  }
  const edits: Edit[] = [{ type: 'add-node', model: model.id, node, at: 0 }]
  if (first) edits.push({ type: 'add-edge', model: model.id, edge: [node.id, first.id] })
  return problem(
    'model.no-input',
    {},
    {
      en: 'A model needs an input layer, where the samples enter.',
      ko: '모델에는 샘플이 들어오는 입력 층이 있어야 합니다.',
    },
    [{ title: { en: 'Add an input', ko: '입력 추가' }, edits }],
  )
}

function replaceInput({ model, outOf, names }: Inspection, other: LayerNode, main: LayerNode): Fix {
  const named = { model: model.id }
  const served = new Set((outOf.get(main.id) ?? []).map(([, to]) => to))
  const rewired = (outOf.get(other.id) ?? []).flatMap((edge): readonly Edit[] => {
    const at = model.edges.findIndex((present) => present[0] === edge[0] && present[1] === edge[1])
    if (served.has(edge[1])) return []
    return [
      { type: 'remove-edge', ...named, edge, at },
      { type: 'add-edge', ...named, edge: [main.id, edge[1]], at },
    ]
  })
  return {
    title: { en: `Use ${names.get(main.id)} instead`, ko: `대신 ${names.get(main.id)} 사용` },
    edits: [...rewired, { type: 'remove-node', ...named, node: other.id }],
  }
}

function noOutput({ model, task, nodes }: Inspection, input: LayerNode) {
  const units = task?.outputUnits || usualUnits
  const steps: Step[] = [
    ...(nodes.get(input.id)?.outputShape?.length === 1 ? [] : [{ layer: 'flatten', params: {} } as const]),
    { layer: 'dense', params: { units, activation: outputActivation(task?.task ?? 'classification', units) } },
  ]
  return problem(
    'model.no-output',
    { node: input.id },
    {
      en: 'Nothing follows the input: add layers that turn a sample into an answer.',
      ko: '입력 다음에 층이 없습니다. 샘플을 답으로 바꾸는 층을 추가하세요.',
    },
    [appendFix(model, input, steps)],
  )
}

/** Of several ends the one that looks like the answer: the task's units, else a dense layer, else the last. */
function mainOutput({ task, byId, nodes }: Inspection, ends: readonly string[]): LayerNode | null {
  const score = (id: string): number => {
    const node = byId.get(id)!
    const shape = nodes.get(id)?.outputShape
    const flat = shape?.length === 1
    return (task && flat && shape[0] === task.outputUnits ? 4 : 0) + (node.layer === 'dense' ? 2 : 0) + (flat ? 1 : 0)
  }
  let best: string | null = null
  for (const id of ends) if (best === null || score(id) >= score(best)) best = id
  return best === null ? null : byId.get(best)!
}

function deadEnd(inspection: Inspection, end: LayerNode, last: LayerNode) {
  const { model, names, into } = inspection
  const name = names.get(end.id) ?? end.id
  const needed = upstreamOf(last.id, inspection)
  const dead = [...upstreamOf(end.id, inspection)].filter((id) => !needed.has(id))
  return problem(
    'node.dead-end',
    { node: end.id },
    {
      en: `Nothing uses what ${name} gives; the model's answer is ${names.get(last.id)}.`,
      ko: `${name}의 출력을 쓰는 층이 없습니다. 이 모델의 답은 ${names.get(last.id)}입니다.`,
    },
    [
      ...((into.get(end.id)?.length ?? 0) > 0
        ? [
            {
              title:
                dead.length === 1
                  ? { en: `Remove ${name}`, ko: `${name} 제거` }
                  : { en: `Remove this branch (${dead.length} layers)`, ko: `이 갈래 제거(층 ${dead.length}개)` },
              edits: dead.map((node): Edit => ({ type: 'remove-node', model: model.id, node })),
            },
          ]
        : [removeFix(model, end, name)]),
    ],
  )
}

/** Rank, units and activation of the answer against what the task needs. */
function answerProblems(inspection: Inspection, task: TaskContext, last: LayerNode): void {
  const { model, nodes, names, problems } = inspection
  const shape = nodes.get(last.id)?.outputShape
  if (!shape) return
  const name = names.get(last.id) ?? last.id
  const activation = outputActivation(task.task, task.outputUnits)
  const answer: Step = { layer: 'dense', params: { units: task.outputUnits, activation } }
  if (shape.length !== 1) {
    // Where a dense layer got a picture, that is the fault to mend, and it is told already.
    if (problems.some((other) => other.code === 'shape.mismatch' && other.severity === 'error')) return
    const pool = shape.length === 3 ? 'globalAveragePooling2d' : shape.length === 2 ? 'globalAveragePooling1d' : null
    problems.push(
      problem(
        'output.rank',
        { node: last.id },
        {
          en: `The last layer must give ${unitsInWords(task.outputUnits).en}. Received: ${formatShape(shape)} from ${name}`,
          ko: `마지막 층의 출력은 ${unitsInWords(task.outputUnits).ko}여야 합니다. ${name}의 출력: ${formatShape(shape)}`,
        },
        [
          appendFix(model, last, [{ layer: 'flatten', params: {} }, answer]),
          ...(pool ? [appendFix(model, last, [{ layer: pool, params: {} }, answer])] : []),
        ],
      ),
    )
    return
  }
  const units = shape[0] ?? 0
  if (units !== task.outputUnits) {
    const dense = lastWith(inspection, last, (definition) => definition.params['units'] !== undefined)
    const active = lastWith(inspection, last, (definition) => definition.params['activation'] !== undefined)
    const fixes: Fix[] = []
    if (dense) {
      const edits: Edit[] = [
        { type: 'set-param', model: model.id, node: dense.id, param: 'units', value: task.outputUnits },
      ]
      if (active && paramOf(active, 'activation') !== activation)
        edits.push({ type: 'set-param', model: model.id, node: active.id, param: 'activation', value: activation })
      fixes.push({
        title: { en: `Set units to ${task.outputUnits}`, ko: `유닛 수를 ${task.outputUnits}(으)로 설정` },
        edits,
      })
    }
    fixes.push(appendFix(model, last, [answer]))
    problems.push({
      ...problem(
        'output.units',
        { node: dense?.id ?? last.id },
        {
          en: `The last layer must have ${unitsInWords(task.outputUnits).en} for the data. Received: ${units}`,
          ko: `이 데이터에는 마지막 층의 출력이 ${unitsInWords(task.outputUnits).ko}여야 합니다. 받은 값: ${units}`,
        },
        fixes,
      ),
      param: dense ? 'units' : null,
    })
    return
  }
  activationProblem(inspection, task, last)
}

function activationProblem(inspection: Inspection, task: TaskContext, last: LayerNode): void {
  const { model, names, problems } = inspection
  const wanted = outputActivation(task.task, task.outputUnits)
  const active = lastWith(inspection, last, (definition) => definition.params['activation'] !== undefined)
  const found = active ? paramOf(active, 'activation') : 'linear'
  if (found === wanted) return
  if (task.loss && isHinge(task.loss) && (found === 'linear' || found === 'tanh')) return
  const node = active ?? last
  // These give a usable, if unusual, answer; any other would train towards nonsense.
  const bearable =
    task.task === 'regression'
      ? found !== 'softmax'
      : task.outputUnits > 1
        ? found === 'sigmoid'
        : found === 'hardSigmoid'
  const purpose =
    task.task === 'regression'
      ? { en: 'a value', ko: '값을 예측하려면' }
      : task.outputUnits === 1
        ? { en: 'two classes', ko: '두 클래스를 구분하려면' }
        : { en: `${task.outputUnits} classes`, ko: `${task.outputUnits}개 클래스를 구분하려면` }
  problems.push({
    ...problem(
      'output.activation',
      { node: node.id },
      {
        en: `${names.get(node.id)}: the last activation for ${purpose.en} must be ${wanted}. Received: ${String(found)}`,
        ko: `${names.get(node.id)}: ${purpose.ko} 마지막 활성화 함수가 ${wanted}여야 합니다. 받은 값: ${String(found)}`,
      },
      [
        active
          ? {
              title: { en: `Set the activation to ${wanted}`, ko: `활성화 함수를 ${wanted}(으)로 설정` },
              edits: [{ type: 'set-param', model: model.id, node: node.id, param: 'activation', value: wanted }],
            }
          : appendFix(model, last, [{ layer: 'activation', params: { activation: wanted } }]),
      ],
    ),
    severity: bearable ? 'warning' : 'error',
    param: active ? 'activation' : null,
  })
}

/** Going back from the answer through layers that leave the shape alone: the first node whose layer fits. */
function lastWith(
  { byId, into, nodes }: Inspection,
  from: LayerNode,
  fits: (definition: LayerDefinition) => boolean,
): LayerNode | null {
  let node: LayerNode | undefined = from
  while (node && isLayerType(node.layer)) {
    if (fits(definitionOf(node.layer))) return node
    const { inputShapes = [], outputShape = null } = nodes.get(node.id) ?? {}
    const input: Shape | null | undefined = inputShapes[0]
    if (inputShapes.length !== 1 || !input || !outputShape || !sameShape(input, outputShape)) return null
    const before: string | undefined = into.get(node.id)?.[0]?.[0]
    node = before === undefined ? undefined : byId.get(before)
  }
  return null
}

function paramOf(node: LayerNode, param: string): unknown {
  return node.params[param] ?? definitionOf(node.layer).params[param]?.default
}

function appendFix(model: Inspection['model'], after: LayerNode, steps: readonly Step[]): Fix {
  const { en, ko } = insertTitle(steps)
  return {
    title: { en: en.replace('Insert', 'Add'), ko: ko.replace('삽입', '추가') },
    edits: appendChain(model, after.id, steps).edits,
  }
}

function unitsInWords(units: number): { readonly en: string; readonly ko: string } {
  return units === 1 ? { en: 'one unit', ko: '유닛 1개' } : { en: `${units} units`, ko: `유닛 ${units}개` }
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis])
}

function reachableFrom(id: string, { outOf }: Inspection): ReadonlySet<string> {
  const reached = new Set([id])
  for (const current of reached) for (const [, to] of outOf.get(current) ?? []) reached.add(to)
  return reached
}

function upstreamOf(id: string, { into }: Inspection): ReadonlySet<string> {
  const reached = new Set([id])
  for (const current of reached) for (const [from] of into.get(current) ?? []) reached.add(from)
  return reached
}
