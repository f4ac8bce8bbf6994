import type { Shape } from '../../../common/graph/graph.ts'
import type { Part } from '../../../common/data/dataset.ts'
import { dataTypes } from './binding.ts'
import type { Graph } from './graph.ts'
import { createGraph, floatConstant, floatType, intConstant, intsConstant, typeOf } from './graph.ts'
import { weightKey } from './model-recordings.ts'
import type { GraphOptimizer, WeightNodes } from './optimizer-nodes.ts'
import type { Recording } from './recording.ts'
import { transcribe } from './transcribe.ts'

export interface StateVariable {
  readonly name: string
  readonly shape: Shape
}

/** A part of the data inside the session. */
export interface ResidentPart {
  readonly part: Part
  readonly count: number
  /** Pixels are divided by 255. */
  readonly isBytes: boolean
}

/** Everything that one model's session has to be able to do. */
export interface StepGraphPlan {
  readonly inputShape: Shape
  readonly units: number
  readonly task: 'classification' | 'regression'
  /** Above it a single score means the second class. */
  readonly threshold: number
  readonly weights: readonly { readonly shape: Shape; readonly trainable: boolean }[]
  readonly slotCount: number
  readonly optimizer: GraphOptimizer
  /** Parts that live in the session; others are fed. */
  readonly resident: readonly ResidentPart[]
  /** Whether the samples of a step are fed although their part may live in the session. */
  readonly feedsTraining: boolean
  readonly training: readonly { readonly batch: number; readonly steps: number; readonly recording: Recording }[]
  readonly evaluation: readonly { readonly batch: number; readonly recording: Recording }[]
  readonly look: Recording
}

/** Names of nodes that are fed and fetched. */
export const nodeNames = {
  weight: (index: number) => `weight${index}`,
  slot: (weight: number, slot: number) => `weight${weight}_slot${slot}`,
  value: (variable: string) => `${variable}_value`,
  given: (variable: string) => `${variable}_given`,
  set: (variable: string) => `${variable}_set`,
  save: (generation: number) => `save${generation}`,
  restore: (generation: number) => `restore${generation}`,
  inputs: (part: Part) => `${part}_inputs`,
  targets: (part: Part) => `${part}_targets`,
  train: (batch: number, steps: number) => `train${batch}x${steps}`,
  evaluate: (batch: number, part: Part | null) => `evaluate${batch}_${part ?? 'fed'}`,
  positions: (call: string) => `${call}_positions`,
  fedInputs: (call: string) => `${call}_inputs`,
  fedTargets: (call: string) => `${call}_targets`,
  numbers: (call: string) => `${call}_numbers`,
  clock: (call: string) => `${call}_clock`,
  loss: (call: string) => `${call}_loss`,
  scores: (call: string) => `${call}_scores`,
  lookInput: 'look_input',
  answer: 'look_answer',
  map: (index: number) => `look_map${index}`,
} as const

const intType = typeOf(dataTypes.int32)

/** All variables that training changes: weights, then the optimiser's slots. */
export function stateVariables(plan: Pick<StepGraphPlan, 'weights' | 'slotCount'>): readonly StateVariable[] {
  return [
    ...plan.weights.map(({ shape }, index) => ({ name: nodeNames.weight(index), shape })),
    ...plan.weights.flatMap(({ shape, trainable }, index) =>
      trainable
        ? Array.from({ length: plan.slotCount }, (_, slot) => ({ name: nodeNames.slot(index, slot), shape }))
        : [],
    ),
  ]
}

export function buildStepGraph(plan: StepGraphPlan): Graph {
  const graph = createGraph()
  const state = stateVariables(plan)
  for (const { name, shape } of state) addVariable(graph, name, dataTypes.float, shape)
  for (const generation of [0, 1]) addSaving(graph, state, generation)
  const size = plan.inputShape.reduce((product, length) => product * length, 1)
  for (const { part, count, isBytes } of plan.resident) {
    addVariable(graph, nodeNames.inputs(part), isBytes ? dataTypes.uint8 : dataTypes.float, [count, size])
    addVariable(graph, nodeNames.targets(part), dataTypes.float, [count])
  }
  for (const { batch, steps, recording } of plan.training) addTraining(graph, plan, batch, steps, recording)
  for (const { batch, recording } of plan.evaluation) {
    for (const { part } of plan.resident) addEvaluation(graph, plan, batch, part, recording)
    addEvaluation(graph, plan, batch, null, recording)
  }
  addLook(graph, plan)
  return graph
}

/** A variable, its value to be fetched, and a way to set it. */
function addVariable(graph: Graph, name: string, dtype: number, shape: Shape): void {
  addHandle(graph, name, dtype, shape)
  graph.addNamed(nodeNames.value(name), 'ReadVariableOp', [name], { dtype: typeOf(dtype) })
  const given = graph.placeholder(nodeNames.given(name), dtype, shape)
  // What is fed may share memory with the variable.
  const copy = graph.add('DeepCopy', [given], { T: typeOf(dtype) })
  const assigned = graph.add('AssignVariableOp', [name, copy], { dtype: typeOf(dtype) })
  addSignal(graph, nodeNames.set(name), [assigned])
}

function addHandle(graph: Graph, name: string, dtype: number, shape: Shape): void {
  graph.addNamed(name, 'VarHandleOp', [], {
    dtype: typeOf(dtype),
    shape: { kind: 'shape', value: shape },
    shared_name: { kind: 'string', value: name },
  })
}

/** A number to fetch that is there when all nodes have run. */
function addSignal(graph: Graph, name: string, waitFor: readonly string[]): void {
  graph.addNamed(name, 'Identity', [floatConstant(graph, 1)], { T: floatType }, waitFor)
}

function addSaving(graph: Graph, state: readonly StateVariable[], generation: number): void {
  const saved: string[] = []
  const restored: string[] = []
  for (const { name, shape } of state) {
    const copy = `${name}_saved${generation}`
    addHandle(graph, copy, dataTypes.float, shape)
    const read = (variable: string) => graph.add('ReadVariableOp', [variable], { dtype: floatType })
    saved.push(graph.add('AssignVariableOp', [copy, read(name)], { dtype: floatType }))
    restored.push(graph.add('AssignVariableOp', [name, read(copy)], { dtype: floatType }))
  }
  addSignal(graph, nodeNames.save(generation), saved)
  addSignal(graph, nodeNames.restore(generation), restored)
}

function unpack(graph: Graph, value: string, count: number, type = floatType): readonly string[] {
  const node = graph.add('Unpack', [value], {
    num: { kind: 'int', value: count },
    T: type,
    axis: { kind: 'int', value: 0 },
  })
  return Array.from({ length: count }, (_, index) => (index === 0 ? node : `${node}:${index}`))
}

function pack(graph: Graph, values: readonly string[]): string {
  return graph.add('Pack', values, {
    N: { kind: 'int', value: values.length },
    T: floatType,
    axis: { kind: 'int', value: 0 },
  })
}

function reshape(graph: Graph, value: string, shape: readonly number[]): string {
  return graph.add('Reshape', [value, intsConstant(graph, shape)], { T: floatType, Tshape: intType })
}

/** Samples of a resident part: inputs [batch, …shape] and targets [batch]. */
function gather(graph: Graph, plan: StepGraphPlan, { part, isBytes }: ResidentPart, positions: string, batch: number) {
  const rows = (variable: string, dtype: number) =>
    graph.add('ResourceGather', [variable, positions], { dtype: typeOf(dtype), Tindices: intType })
  const raw = rows(nodeNames.inputs(part), isBytes ? dataTypes.uint8 : dataTypes.float)
  const values = isBytes
    ? graph.add(
        'RealDiv',
        [
          graph.add('Cast', [raw], { SrcT: typeOf(dataTypes.uint8), DstT: floatType }),
          // Divided, not multiplied by 1/255: only so the result is what JavaScript makes of it.
          graph.veiled(floatConstant(graph, 255), []),
        ],
        { T: floatType },
      )
    : raw
  return {
    inputs: reshape(graph, values, [batch, ...plan.inputShape]),
    targets: rows(nodeNames.targets(part), dataTypes.float),
  }
}

/** Targets [batch] as a loss wants them: [batch, units]. */
function spreadTargets(graph: Graph, plan: StepGraphPlan, targets: string, batch: number): string {
  if (plan.units === 1) return reshape(graph, targets, [batch, 1])
  const labels = graph.add('Cast', [targets], { SrcT: floatType, DstT: intType })
  return graph.add(
    'OneHot',
    [labels, intConstant(graph, plan.units), floatConstant(graph, 1), floatConstant(graph, 0)],
    { T: floatType, TI: intType, axis: { kind: 'int', value: -1 } },
  )
}

/** How many of the scores [batch, units] mean the class that the targets [batch] say. */
function countCorrect(graph: Graph, plan: StepGraphPlan, scores: string, targets: string, batch: number): string {
  if (plan.task === 'regression') return floatConstant(graph, 0)
  let isRight: string
  if (plan.units === 1) {
    const above = graph.add('Greater', [reshape(graph, scores, [batch]), floatConstant(graph, plan.threshold)], {
      T: floatType,
    })
    const predicted = graph.add('Cast', [above], { SrcT: typeOf(dataTypes.bool), DstT: floatType })
    isRight = graph.add('Equal', [predicted, targets], { T: floatType })
  } else {
    const predicted = graph.add('ArgMax', [scores, intConstant(graph, -1)], {
      T: floatType,
      Tidx: intType,
      output_type: intType,
    })
    const labels = graph.add('Cast', [targets], { SrcT: floatType, DstT: intType })
    isRight = graph.add('Equal', [predicted, labels], { T: intType })
  }
  const ones = graph.add('Cast', [isRight], { SrcT: typeOf(dataTypes.bool), DstT: floatType })
  return graph.add('Sum', [ones, intConstant(graph, 0)], { T: floatType, Tidx: intType })
}

/** Fed: numbers of the optimiser [steps · count], clock [steps], positions [steps, batch] or the samples of one step. */
function addTraining(graph: Graph, plan: StepGraphPlan, batch: number, steps: number, recording: Recording): void {
  const call = nodeNames.train(batch, steps)
  const { numberCount } = plan.optimizer
  const numbers = unpack(
    graph,
    graph.placeholder(nodeNames.numbers(call), dataTypes.float, [steps * numberCount]),
    steps * numberCount,
  )
  const clock = unpack(graph, graph.placeholder(nodeNames.clock(call), dataTypes.int32, [steps]), steps, intType)
  const source = plan.feedsTraining ? undefined : plan.resident.find(({ part }) => part === 'train')
  const positions =
    source === undefined
      ? null
      : unpack(graph, graph.placeholder(nodeNames.positions(call), dataTypes.int32, [steps, batch]), steps, intType)
  const fed =
    source !== undefined
      ? null
      : {
          inputs: graph.placeholder(nodeNames.fedInputs(call), dataTypes.float, [batch, ...plan.inputShape]),
          targets: graph.placeholder(nodeNames.fedTargets(call), dataTypes.float, [batch]),
        }

  let updated: readonly string[] = []
  const results: string[] = []
  for (let step = 0; step < steps; step++) {
    const sample =
      fed ?? gather(graph, plan, source as ResidentPart, (positions as readonly string[])[step] as string, batch)
    const before = updated
    // A step reads only when the one before has written everything.
    const read = (variable: string) => graph.add('ReadVariableOp', [variable], { dtype: floatType }, before)
    const values = plan.weights.map((_, index) => read(nodeNames.weight(index)))
    const [loss = '', scores = '', ...changes] = transcribe(graph, recording, {
      given: new Map([
        ['inputs', sample.inputs],
        ['targets', spreadTargets(graph, plan, sample.targets, batch)],
        ...values.map((value, index) => [weightKey(index), value] as const),
      ]),
      step: clock[step] as string,
    })
    const stepNumbers = numbers.slice(step * numberCount, (step + 1) * numberCount)
    updated = plan.weights.flatMap(({ shape, trainable }, index) => {
      const variable = nodeNames.weight(index)
      const value = values[index] as string
      const change = changes[index] as string
      if (!trainable)
        return change === value
          ? []
          : [graph.add('AssignVariableOp', [variable, change], { dtype: floatType }, [value])]
      const weight: WeightNodes = {
        variable,
        value,
        shape,
        gradient: change,
        slots: Array.from({ length: plan.slotCount }, (_, slot) => {
          const name = nodeNames.slot(index, slot)
          return { variable: name, value: read(name) }
        }),
      }
      return plan.optimizer.update(graph, weight, stepNumbers)
    })
    results.push(pack(graph, [loss, countCorrect(graph, plan, scores, sample.targets, batch)]))
  }
  graph.addNamed(call, 'Identity', [pack(graph, results)], { T: floatType }, updated)
}

function addEvaluation(
  graph: Graph,
  plan: StepGraphPlan,
  batch: number,
  part: Part | null,
  recording: Recording,
): void {
  const call = nodeNames.evaluate(batch, part)
  const source = plan.resident.find((resident) => resident.part === part)
  const sample =
    source === undefined
      ? {
          inputs: graph.placeholder(nodeNames.fedInputs(call), dataTypes.float, [batch, ...plan.inputShape]),
          targets: graph.placeholder(nodeNames.fedTargets(call), dataTypes.float, [batch]),
        }
      : gather(graph, plan, source, graph.placeholder(nodeNames.positions(call), dataTypes.int32, [batch]), batch)
  const [loss = '', scores = ''] = transcribe(graph, recording, {
    given: new Map([
      ['inputs', sample.inputs],
      ['targets', spreadTargets(graph, plan, sample.targets, batch)],
      ...currentWeights(plan),
    ]),
    step: null,
  })
  graph.addNamed(nodeNames.loss(call), 'Identity', [loss], { T: floatType })
  graph.addNamed(nodeNames.scores(call), 'Identity', [scores], { T: floatType })
}

function addLook(graph: Graph, plan: StepGraphPlan): void {
  const input = graph.placeholder(nodeNames.lookInput, dataTypes.float, [1, ...plan.inputShape])
  const [answer = '', ...maps] = transcribe(graph, plan.look, {
    given: new Map([['inputs', input], ...currentWeights(plan)]),
    step: null,
  })
  graph.addNamed(nodeNames.answer, 'Identity', [answer], { T: floatType })
  maps.forEach((map, index) => graph.addNamed(nodeNames.map(index), 'Identity', [map], { T: floatType }))
}

function currentWeights(plan: StepGraphPlan): readonly (readonly [string, string])[] {
  return plan.weights.map((_, index) => [weightKey(index), nodeNames.value(nodeNames.weight(index))] as const)
}
