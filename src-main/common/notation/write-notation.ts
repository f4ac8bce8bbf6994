import type { TaskContext } from '../graph/analysis.ts'
import type { Graph, LayerNode } from '../graph/graph.ts'
import { asChain } from '../graph/layout.ts'
import { outputActivation } from '../graph/task-output.ts'
import { definitionOf, isLayerType } from '../layers/registry.ts'
import type { Activation } from '../layers/shared-params.ts'

/**
 * A chain as notation, such as "C6@5s-P-F-FC84-FC1"; null where the graph is no plain chain from an input, or holds
 * what the notation cannot say. How weights start and are penalised is left out; `task` null counts as classification.
 */
export function writeNotation(graph: Graph, task: TaskContext['task'] | null): string | null {
  const chain = asChain(graph)
  if (!chain || chain.length < 2 || chain[0]?.layer !== 'input') return null
  const layers = chain.slice(1)
  const lastDense = lastIndexOf(layers, (node) => node.layer === 'dense')
  const tokens: string[] = []
  for (const [index, node] of layers.entries()) {
    const token = tokenOf(node, index === lastDense ? (task ?? 'classification') : null)
    if (token === null) return null
    tokens.push(token)
  }
  return tokens.join('-')
}

/** One layer's token; `lastFor` is the task where this is the last dense layer, whose activation follows from it. */
function tokenOf(node: LayerNode, lastFor: TaskContext['task'] | null): string | null {
  if (!isLayerType(node.layer)) return null
  const definition = definitionOf(node.layer)
  const params = definition.readParams(node.params)
  if (!params.ok) return null
  if (lastFor === null) return definition.token(params.value)
  const { units, activation } = params.value
  const usual = outputActivation(lastFor, Number(units))
  if (activation === usual) return definition.token({ ...params.value, activation: 'relu' satisfies Activation })
  return activation === 'relu' ? withActivation(definition.token(params.value), 'relu') : definition.token(params.value)
}

function withActivation(token: string | null, activation: Activation): string | null {
  return token === null ? null : `${token}:${activation}`
}

function lastIndexOf<T>(list: readonly T[], test: (item: T) => boolean): number {
  for (let index = list.length - 1; index >= 0; index--) if (test(list[index]!)) return index
  return -1
}
