import { beforeAll, describe, expect, test } from 'vitest'
import { explainCell } from '../../common/formula/explain-cell.ts'
import type { Numbers } from '../../common/formula/explain-cell.ts'
import { fieldsOf } from '../../common/formula/receptive-field.ts'
import type { Model, Shape } from '../../common/graph/graph.ts'
import type { CellFormula, Place } from '../../common/layers/cells/cell.ts'
import { placeOf } from '../../common/layers/cells/cell.ts'
import { definitionOf, layerTypes } from '../../common/layers/registry.ts'
import { activations } from '../../common/layers/shared-params.ts'
import { sizeOf } from '../../common/layers/window-shapes.ts'
import { randomModel } from '../../common/testing/random-model.ts'
import { SeededRandom } from '../../common/testing/seeded-random.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import { openForTest } from '../testing/native.ts'

const cells = 1_000
const modelCount = 120

interface Explained {
  readonly model: Model
  readonly node: string
  readonly at: Place
  readonly formula: CellFormula
  /** What TensorFlow made of it. */
  readonly value: number
  /** The same with everything outside of the cell's receptive field changed. */
  readonly valueElsewhereChanged: number
}

/** Random cells of random models with random weights, moving statistics included; borders as often as the middle. */
function explainAll(backend: Backend): readonly Explained[] {
  const library = backend.tf
  const random = new SeededRandom(2024)
  const explained: Explained[] = []
  for (let index = 0; index < modelCount; index++) {
    const model = randomModel(random)
    const compiled = compileModel(backend, model, index)
    if (!compiled.ok) throw new Error(compiled.error.message)
    const { value: built } = compiled
    const between = (low: number, high: number) => low + random.next() * (high - low)
    const weights = new Map<string, { shape: Shape; data: Float32Array }>()
    for (const { node, name, shape, variable } of built.weights) {
      const [low, high] = name === 'movingVariance' ? [0.2, 2] : name === 'gamma' ? [0.5, 1.5] : [-0.5, 0.5]
      const fanIn = shape.length > 1 ? Math.sqrt(sizeOf(shape.slice(0, -1))) : 1
      const data = Float32Array.from({ length: sizeOf(shape) }, () => between(low, high) / (fanIn / 2 || 1))
      library.tidy(() => variable.assign(library.tensor(data, [...shape])))
      weights.set(`${node}/${name}`, { shape, data })
    }
    const look = (input: Float32Array) => {
      const outputs = new Map<string, { shape: Shape; data: Float32Array }>()
      library.tidy(() => {
        const x = library.tensor(input, [1, ...built.inputShape])
        const { captured } = built.forward(x, { capture: new Set(built.order) })
        for (const [node, tensor] of captured)
          outputs.set(node, { shape: tensor.shape.slice(1), data: Float32Array.from(tensor.dataSync()) })
      })
      return outputs
    }
    const input = Float32Array.from({ length: sizeOf(built.inputShape) }, () => between(-1, 1))
    const outputs = look(input)
    const numbers: Numbers = {
      output: (node) => outputs.get(node) ?? null,
      weight: (node, name) => weights.get(`${node}/${name}`) ?? null,
    }
    const nodes = model.nodes.filter(({ layer }) => layer !== 'input')
    const convolutions = nodes.filter(({ layer }) => definitionOf(layer).kind === 'convolution')
    for (let count = 0; count < Math.ceil(cells / modelCount); count++) {
      // Convolutions have the most that can be wrong.
      const pool = count % 2 === 0 && convolutions.length > 0 ? convolutions : nodes
      const { id } = random.pick(pool)
      const { shape, data } = outputs.get(id)!
      const at = shape.map((length) =>
        random.chance(0.3) ? 0 : random.chance(0.3) ? length - 1 : random.whole(0, length - 1),
      )
      const formula = explainCell(model, id, at, numbers)
      if (formula === null)
        throw new Error(`no formula for ${JSON.stringify(model.nodes.find((node) => node.id === id))}`)
      const field = fieldsOf(model, built.order, (node) => outputs.get(node)?.shape ?? null, { node: id, at }).get('in')
      const changed = input.map((value, offset) => {
        const place = placeOf(built.inputShape, offset)
        const seen = field && place.every((one, axis) => one >= field.from[axis]! && one <= field.to[axis]!)
        return seen ? value : between(-1, 1)
      })
      const offset = at.reduce((sum, one, axis) => sum * shape[axis]! + one, 0)
      const valueElsewhereChanged = look(changed).get(id)!.data[offset]!
      explained.push({ model, node: id, at, formula, value: data[offset]!, valueElsewhereChanged })
    }
    built.dispose()
  }
  return explained
}

describe('the formula of a cell', () => {
  let explained: readonly Explained[] = []
  beforeAll(async () => {
    const backend = (await openForTest('tensorflow')) ?? (await openForTest('wasm'))
    explained = explainAll(backend!)
  }, 120_000)

  const layerOf = ({ model, node }: Explained) => model.nodes.find(({ id }) => id === node)!

  test('comes to what TensorFlow computed, to a ten-thousandth', () => {
    expect(explained.length).toBeGreaterThanOrEqual(cells)
    for (const one of explained) {
      const { formula, value, at } = one
      const difference = Math.abs(formula.value - value)
      expect({ layer: layerOf(one), at, came: formula.value, value, ok: difference <= 1e-4 }).toMatchObject({
        ok: true,
      })
    }
  })

  test('was tried on every layer type and activation, at borders, with strides, dilation and several channels', () => {
    const layers = new Set(explained.map((one) => layerOf(one).layer))
    expect(layerTypes.filter((layer) => layer !== 'input' && !layers.has(layer))).toEqual([])
    const used = new Set(explained.map(({ formula }) => formula.activation?.name ?? 'linear'))
    expect(activations.filter((name) => !used.has(name))).toEqual([])
    const convolutions = explained.filter((one) => definitionOf(layerOf(one).layer).kind === 'convolution')
    const count = (which: (one: Explained) => boolean) => convolutions.filter(which).length
    const stepOf = (one: Explained, name: 'strides' | 'dilation') =>
      Math.max(...(definitionOf(layerOf(one).layer).window?.(layerOf(one).params)[name] ?? [1]))
    expect({
      padded: count(({ formula }) => formula.groups.some(({ terms }) => terms.some(({ at }) => at === null))) > 20,
      strided: count((one) => stepOf(one, 'strides') > 1) > 10,
      dilated: count((one) => stepOf(one, 'dilation') > 1) > 10,
      channels: count(({ formula }) => formula.groups.length > 1) > 40,
    }).toEqual({ padded: true, strided: true, dilated: true, channels: true })
  })

  test('adds up: what is shown as sums, bias and activation is the value', () => {
    for (const { formula } of explained.filter(({ formula: { operation } }) => operation === 'weighted-sum')) {
      const sums = formula.groups.map(
        ({ terms, factor }) =>
          terms.reduce((sum, { value, weight }) => sum + value * (weight ?? NaN), 0) * (factor ?? 1),
      )
      expect(formula.beforeActivation).toBeCloseTo(
        sums.reduce((sum, one) => sum + one, formula.bias ?? 0),
        9,
      )
    }
  })

  test('depends on nothing outside of the receptive field', () => {
    for (const one of explained) {
      const difference = Math.abs(one.value - one.valueElsewhereChanged)
      expect({ layer: layerOf(one), at: one.at, difference, ok: difference <= 1e-5 }).toMatchObject({ ok: true })
    }
  })
})
