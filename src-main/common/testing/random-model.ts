import type { Edge, LayerNode, Model, Params, ParamValue, Shape } from '../graph/graph.ts'
import { newNodeId } from '../graph/names.ts'
import { ShapeMismatch } from '../layers/define.ts'
import { definitionOf, layerTypes } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import { sizeOf } from '../layers/window-shapes.ts'
import type { SeededRandom } from './seeded-random.ts'

const largest = 3_000
const mostWeights = 60_000

/** A valid model of random layers: one input (a picture or a series), branches and merges, one flat output. */
export function randomModel(random: SeededRandom): Model {
  const shape = random.chance(0.6)
    ? [random.whole(4, 12), random.whole(4, 12), random.whole(1, 3)]
    : [random.whole(6, 24), random.whole(1, 4)]
  const nodes: LayerNode[] = [{ id: 'in', layer: 'input', params: { shape }, x: 0, y: 0 }]
  const edges: Edge[] = []
  const shapes = new Map<string, Shape>([['in', shape]])
  const add = (layer: LayerType, params: Params, sources: readonly string[], limit = largest): string | null => {
    const definition = definitionOf(layer)
    const inputs = sources.map((id) => shapes.get(id)!)
    const output = shapeOrNull(() => definition.outputShape(inputs, params))
    if (!output || sizeOf(output) > limit || definition.weightCount(inputs, params) > mostWeights) return null
    const id = newNodeId({ nodes, edges }, layer)
    nodes.push({ id, layer, params, x: 0, y: 0 })
    for (const source of sources) edges.push([source, id])
    shapes.set(id, output)
    return id
  }
  const wanted = random.whole(3, 14)
  for (let tries = 0; nodes.length < wanted && tries < 400; tries++) {
    const layer = random.pick(layerTypes.filter((type) => type !== 'input'))
    const first = random.chance(0.7) ? nodes.at(-1)!.id : random.pick(nodes).id
    const input = shapes.get(first)!
    if (definitionOf(layer).inputs !== 'many') {
      add(layer, randomParams(random, layer, input), [first])
      continue
    }
    const others = nodes.map((node) => node.id).filter((id) => id !== first)
    const alike = others.filter((id) => String(shapes.get(id)) === String(input))
    const pool = alike.length > 0 && random.chance(0.8) ? alike : others
    if (pool.length === 0) continue
    const chosen = new Set([first])
    for (let count = random.whole(1, 2); count > 0; count--) chosen.add(random.pick(pool))
    add(layer, randomParams(random, layer, input), [...chosen])
  }
  const flat = nodes
    .filter(({ id }) => !edges.some(([from]) => from === id))
    .map(({ id }) => (shapes.get(id)!.length === 1 && id !== 'in' ? id : add('flatten', {}, [id])!))
  if (flat.length > 1) add('concatenate', {}, flat, Infinity)
  return { id: 'random', name: 'Random', nodes: nodes.map((node, index) => ({ ...node, x: index * 240 })), edges }
}

/** Values for every parameter of a layer, drawn from its description; such that this input has a chance to fit. */
export function randomParams(random: SeededRandom, layer: LayerType, input: Shape): Params {
  const result: Record<string, ParamValue> = {}
  for (const [name, kind] of Object.entries(definitionOf(layer).params)) {
    const { control } = kind
    if (random.chance(0.25)) continue
    if (name === 'dilationRate' && random.chance(0.5)) continue
    if (name === 'targetShape') result[name] = randomFactors(random, sizeOf(input))
    else if (name === 'axis') result[name] = random.chance(0.5) ? -1 : random.whole(1, input.length)
    else if (name === 'regularizerStrength') result[name] = 0.01
    else if (control.type === 'int') result[name] = random.whole(control.min, Math.min(control.max, control.min + 6))
    else if (control.type === 'number') result[name] = kind.default
    else if (control.type === 'flag') result[name] = random.chance(0.5)
    else if (control.type === 'choice') result[name] = random.pick(control.options)
    else if (control.type === 'size') {
      const length = () => random.whole(1, name === 'strides' ? 3 : 4)
      const given = random.chance(0.5) ? length() : Array.from({ length: control.axes }, length)
      result[name] = control.optional && random.chance(0.5) ? null : given
    }
  }
  if ('dilationRate' in result) delete result['strides']
  return 'targetShape' in definitionOf(layer).params && !('targetShape' in result)
    ? { ...result, targetShape: randomFactors(random, sizeOf(input)) }
    : result
}

/** One to three factors of a count. */
function randomFactors(random: SeededRandom, count: number): readonly number[] {
  const factors: number[] = []
  let rest = count
  for (let axes = random.whole(1, 3); axes > 1; axes--) {
    const divisors = Array.from({ length: rest }, (_, index) => index + 1).filter((divisor) => rest % divisor === 0)
    const divisor = random.pick(divisors)
    factors.push(divisor)
    rest /= divisor
  }
  return [...factors, rest]
}

function shapeOrNull(compute: () => Shape): Shape | null {
  try {
    return compute()
  } catch (error) {
    if (error instanceof ShapeMismatch) return null
    throw error
  }
}
