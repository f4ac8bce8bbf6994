import type { Params } from '../graph/graph.ts'
import type { Values } from '../layers/cells/cell.ts'
import { placeOf } from '../layers/cells/cell.ts'
import { definitionOf } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import { sizeOf } from '../layers/window-shapes.ts'

/**
 * A layer's whole output cell by cell, for lessons on small pictures; real networks are computed by TensorFlow. `weights`
 * by tfjs's names; a bias that is absent is zero. Throws ShapeMismatch where the inputs do not fit.
 */
export function computeLayer(
  layer: LayerType,
  params: Params,
  inputs: readonly Values[],
  weights: Readonly<Record<string, Values>> = {},
): Values {
  const definition = definitionOf(layer)
  if (definition.cell === null) throw new Error(`A layer that computes something was expected. Received: ${layer}`)
  const rule = definition.cell(params)
  const shape = definition.outputShape(
    inputs.map((values) => values.shape),
    params,
  )
  const weight = (name: string) => weights[name] ?? null
  const data = Array.from(
    { length: sizeOf(shape) },
    (_, offset) => rule.explain({ at: placeOf(shape, offset), inputs, output: shape, weight }).value,
  )
  return { shape, data }
}
