import type { Model } from '../graph/graph.ts'
import type { CellFormula, Place, Values } from '../layers/cells/cell.ts'
import { definitionOf } from '../layers/registry.ts'

/** The numbers that a model has at one moment, for one sample. Null where they are not at hand. */
export interface Numbers {
  /** A node's output, without the batch axis. */
  readonly output: (node: string) => Values | null
  /** A weight by tfjs's name for it. */
  readonly weight: (node: string, name: string) => Values | null
}

/** How one cell of a node's output comes about; null for the input, and where numbers that it takes are not at hand. */
export function explainCell(model: Model, id: string, at: Place, numbers: Numbers): CellFormula | null {
  const node = model.nodes.find((one) => one.id === id)
  const own = numbers.output(id)
  if (!node || !own || !at.every((index, axis) => index >= 0 && index < (own.shape[axis] ?? 0))) return null
  const definition = definitionOf(node.layer)
  const inputs = sourcesOf(model, id).map((source) => numbers.output(source))
  if (definition.cell === null || inputs.length === 0 || inputs.includes(null)) return null
  const weight = (name: string) => numbers.weight(id, name)
  // Whatever has weights has one that is not a bias, so either all of them are at hand or none.
  if (
    definition.weightCount(
      (inputs as Values[]).map(({ shape }) => shape),
      node.params,
    ) > 0 &&
    !hasWeights(weight)
  )
    return null
  return definition.cell(node.params).explain({ at, inputs: inputs as Values[], output: own.shape, weight })
}

/** The nodes that a node's inputs come from, in the order of the wires. */
export function sourcesOf(model: Model, id: string): readonly string[] {
  return model.edges.filter(([, to]) => to === id).map(([from]) => from)
}

function hasWeights(weight: (name: string) => Values | null): boolean {
  return ['kernel', 'depthwiseKernel', 'gamma'].some((name) => weight(name) !== null)
}
