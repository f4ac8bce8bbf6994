import type { Params, Shape } from '../graph/graph.ts'
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
  const { shape, valueAt } = cellsOf(layer, params, inputs, weights)
  return { shape, data: Array.from({ length: sizeOf(shape) }, (_, offset) => valueAt(offset)) }
}

const CELLS_A_TURN = 512

/**
 * The same for pictures so large that the window would stand still: after some hundred cells `goOn` is awaited. Null
 * where it answers that nobody waits for the result any more.
 */
export async function computeLayerInTurns(
  layer: LayerType,
  params: Params,
  inputs: readonly Values[],
  weights: Readonly<Record<string, Values>>,
  goOn: () => Promise<boolean>,
): Promise<Values | null> {
  const { shape, valueAt } = cellsOf(layer, params, inputs, weights)
  const data = new Float64Array(sizeOf(shape))
  for (let offset = 0; offset < data.length; offset++) {
    if (offset % CELLS_A_TURN === 0 && !(await goOn())) return null
    data[offset] = valueAt(offset)
  }
  return { shape, data }
}

function cellsOf(
  layer: LayerType,
  params: Params,
  inputs: readonly Values[],
  weights: Readonly<Record<string, Values>>,
): { readonly shape: Shape; readonly valueAt: (offset: number) => number } {
  const definition = definitionOf(layer)
  if (definition.cell === null) throw new Error(`A layer that computes something was expected. Received: ${layer}`)
  const rule = definition.cell(params)
  const shape = definition.outputShape(
    inputs.map((values) => values.shape),
    params,
  )
  const weight = (name: string) => weights[name] ?? null
  return {
    shape,
    valueAt: (offset) => rule.explain({ at: placeOf(shape, offset), inputs, output: shape, weight }).value,
  }
}
