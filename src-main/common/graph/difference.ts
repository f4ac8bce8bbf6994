import { definitionOf } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import type { Model, ParamValue } from './graph.ts'
import { displayNames } from './names.ts'
import { orderNodes } from './order.ts'

export interface DifferentParam {
  readonly param: string
  readonly label: Text
  readonly one: ParamValue
  readonly other: ParamValue
}

/** One layer of either model, or the same place in both. */
export interface LayerDifference {
  readonly kind: 'same' | 'changed' | 'only-one' | 'only-other'
  readonly one: { readonly node: string; readonly name: string } | null
  readonly other: { readonly node: string; readonly name: string } | null
  readonly label: string
  /** Of `changed`: what differs. */
  readonly params: readonly DifferentParam[]
}

/**
 * What makes two models different, layer by layer along their order: layers of the same type in the same order belong together
 * (the longest common subsequence), whatever their ids are; what is left stands in one of them only.
 */
export function modelDifference(one: Model, other: Model): readonly LayerDifference[] {
  const [left, right] = [layersOf(one), layersOf(other)]
  const common = commonLengths(left, right)
  const found: LayerDifference[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]]
    if (a && b && a.layer === b.layer && common[i]?.[j] === (common[i + 1]?.[j + 1] ?? 0) + 1) {
      const params = differentParams(a, b)
      found.push({
        kind: params.length === 0 ? 'same' : 'changed',
        one: { node: a.id, name: a.name },
        other: { node: b.id, name: b.name },
        label: definitionOf(a.layer).label,
        params,
      })
      i++
      j++
    } else if (a && (!b || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      const { label } = definitionOf(a.layer)
      found.push({ kind: 'only-one', one: { node: a.id, name: a.name }, other: null, label, params: [] })
      i++
    } else if (b) {
      const { label } = definitionOf(b.layer)
      found.push({ kind: 'only-other', one: null, other: { node: b.id, name: b.name }, label, params: [] })
      j++
    }
  }
  return found
}

type NamedLayer = Model['nodes'][number] & { readonly name: string }

function layersOf(model: Model): readonly NamedLayer[] {
  const names = displayNames(model.nodes)
  const byId = new Map(model.nodes.map((node) => [node.id, node]))
  const { order } = orderNodes([...byId.keys()], model.edges)
  return order.flatMap((id) => {
    const node = byId.get(id)
    return node ? [{ ...node, name: names.get(id) ?? id }] : []
  })
}

/** How many layers of the same type, in order, there are from each pair of places to the ends. */
function commonLengths(left: readonly NamedLayer[], right: readonly NamedLayer[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      const below = lengths[i + 1] as number[]
      row[j] =
        left[i]?.layer === right[j]?.layer
          ? (below[j + 1] as number) + 1
          : Math.max(below[j] as number, row[j + 1] as number)
    }
  return lengths
}

function differentParams(one: NamedLayer, other: NamedLayer): readonly DifferentParam[] {
  return Object.entries(definitionOf(one.layer).params).flatMap(([param, { label, default: usual }]) => {
    const [a, b] = [one.params[param] ?? usual, other.params[param] ?? usual]
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ param, label, one: a, other: b }]
  })
}
