import type { Model, Shape } from '../graph/graph.ts'
import type { CellFormula, Term } from '../layers/cells/cell.ts'
import { groupOf, placeOf } from '../layers/cells/cell.ts'
import type { LayerType } from '../layers/registry.ts'
import { sourcesOf } from './explain-cell.ts'

/** What leaves every number where it was. */
const inPlace: readonly LayerType[] = [
  'activation',
  'batchNormalization',
  'dropout',
  'gaussianNoise',
  'layerNormalization',
]

/** The shape of what was made flat before it came into a node; null where nothing was. */
export function shapeBehind(model: Model, id: string, shapeOf: (node: string) => Shape | null): Shape | null {
  let [source] = sourcesOf(model, id)
  for (;;) {
    const node = model.nodes.find((one) => one.id === source)
    const [before] = node ? sourcesOf(model, node.id) : []
    if (!node || before === undefined) return null
    if (node.layer === 'flatten') return shapeOf(before)
    if (!inPlace.includes(node.layer)) return null
    source = before
  }
}

/**
 * A sum over a flat list laid out as the picture [height, width, channels] or series [steps, channels] that was made
 * flat: a group for each channel. Unchanged where the shape holds another count or has no channels.
 */
export function foldTerms(formula: CellFormula, shape: Shape): CellFormula {
  const [group] = formula.groups
  const [channels, count] = [shape.at(-1) ?? 1, shape.reduce((product, length) => product * length, 1)]
  if (shape.length < 2 || formula.groups.length !== 1 || group?.terms.length !== count) return formula
  const byChannel: Term[][] = Array.from({ length: channels }, () => [])
  for (const [index, term] of group.terms.entries()) byChannel[placeOf(shape, index).at(-1) ?? 0]?.push(term)
  const grid = shape.length === 2 ? ([1, shape[0] ?? 1] as const) : ([shape[0] ?? 1, shape[1] ?? 1] as const)
  return { ...formula, groups: byChannel.map((terms, channel) => groupOf(terms, channel)), grid }
}
