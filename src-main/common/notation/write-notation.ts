import type { TaskContext } from '../graph/analysis.ts'
import type { Graph, LayerNode } from '../graph/graph.ts'
import { asChain } from '../graph/layout.ts'
import { outputActivation } from '../graph/task-output.ts'
import { definitionOf, isLayerType } from '../layers/registry.ts'
import type { Activation } from '../layers/shared-params.ts'

/** What the last dense layer is for. */
type Answer = Pick<TaskContext, 'task' | 'outputUnits'>

/**
 * A chain as notation, such as "C6@5s-P-F-FC84-FC1"; null where the graph is no plain chain from an input, or holds
 * what the notation cannot say. How weights start and are penalised is left out; `answer` null counts as
 * classification with any number of units.
 */
export function writeNotation(graph: Graph, answer: Answer | null): string | null {
  const chain = asChain(graph)
  if (!chain || chain.length < 2 || chain[0]?.layer !== 'input') return null
  const layers = chain.slice(1)
  const lastDense = lastIndexOf(layers, (node) => node.layer === 'dense')
  const tokens: string[] = []
  for (const [index, node] of layers.entries()) {
    const token = tokenOf(node, index === lastDense ? (answer ?? anyClasses) : null)
    if (token === null) return null
    tokens.push(token)
  }
  return tokens.join('-')
}

const anyClasses: Answer = { task: 'classification', outputUnits: Infinity }

/** One layer's token; `lastFor` is the answer where this is the last dense layer, whose activation follows from it. */
function tokenOf(node: LayerNode, lastFor: Answer | null): string | null {
  if (!isLayerType(node.layer)) return null
  const definition = definitionOf(node.layer)
  const params = definition.readParams(node.params)
  if (!params.ok) return null
  const token = definition.token(params.value)
  if (lastFor === null || token === null) return token
  const { units, activation } = params.value
  const bare = definition.token({ ...params.value, activation: 'relu' satisfies Activation })
  // More units than the answer has look like a hidden layer, so there the activation is always written.
  const follows = Number(units) <= lastFor.outputUnits && activation === outputActivation(lastFor.task, Number(units))
  return follows ? bare : `${bare}:${String(activation)}`
}

function lastIndexOf<T>(list: readonly T[], test: (item: T) => boolean): number {
  for (let index = list.length - 1; index >= 0; index--) if (test(list[index]!)) return index
  return -1
}
