import { beforeAll, describe, expect, test } from 'vitest'
import type { LayerNode, Model, Params, ParamValue, Shape } from '../../common/graph/graph.ts'
import { ShapeMismatch } from '../../common/layers/define.ts'
import { definitionOf, layerTypes } from '../../common/layers/registry.ts'
import type { LayerType } from '../../common/layers/registry.ts'
import { sizeOf } from '../../common/layers/window-shapes.ts'
import { randomParams } from '../../common/testing/random-model.ts'
import { SeededRandom } from '../../common/testing/seeded-random.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { deriveSeed, randomSource } from '../random.ts'
import { openForTest } from '../testing/native.ts'
import { compileModel } from './compile.ts'
import type { CompiledModel } from './compile.ts'

const randomCases = 6
const directions = 2
/** Of a central difference that is extrapolated once: large enough for float32, small enough for four terms. */
const stepSize = 0.02

const shapes: readonly Shape[] = [[6, 5, 3], [4, 7, 2], [9, 2], [6, 3], [5]]

/** One layer with its parameters and an input that fits. */
interface Case {
  readonly name: string
  readonly layer: LayerType
  readonly params: Params
  readonly inputShape: Shape
}

/** Each choice and flag once with all else at its default, then random draws; every kind of input that the layer takes. */
function casesOf(layer: LayerType): readonly Case[] {
  const random = new SeededRandom(deriveSeed('gradients', layer))
  const definition = definitionOf(layer)
  const given: Params[] = [{}]
  for (const [name, { control }] of Object.entries(definition.params)) {
    const values: readonly ParamValue[] =
      control.type === 'choice' ? control.options : control.type === 'flag' ? [true, false] : []
    for (const value of values) given.push({ [name]: value })
  }
  const cases: Case[] = []
  const add = (params: Params, inputShape: Shape): boolean => {
    const small = withSmallCounts(layer, params, inputShape)
    if (!fits(layer, small, inputShape)) return false
    const shown = Object.entries(small).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    cases.push({ name: [inputShape.join('×'), ...shown].join(', '), layer, params: small, inputShape })
    return true
  }
  const fitting = shapes.filter((shape) => fits(layer, withSmallCounts(layer, {}, shape), shape))
  for (const [index, params] of given.entries()) add(params, fitting[index % fitting.length] ?? [])
  for (const shape of fitting) {
    let added = 0
    for (let tries = 0; added < randomCases && tries < 100; tries++)
      if (add(randomParams(random, layer, shape), shape)) added++
  }
  return cases
}

/** Defaults made small: 3 units or filters instead of 64, and a target shape that holds the input. */
function withSmallCounts(layer: LayerType, params: Params, inputShape: Shape): Params {
  const result: Record<string, ParamValue> = { ...params }
  for (const [name, { control, default: usual }] of Object.entries(definitionOf(layer).params)) {
    if (name in params) continue
    if (control.type === 'int' && typeof usual === 'number' && usual > 4) result[name] = 3
    if (control.type === 'shape') result[name] = [...inputShape].reverse()
  }
  return result
}

function fits(layer: LayerType, params: Params, inputShape: Shape): boolean {
  const definition = definitionOf(layer)
  if (!definition.readParams(params).ok) return false
  try {
    const inputs = definition.inputs === 'many' ? [inputShape, inputShape] : [inputShape]
    return sizeOf(definition.outputShape(inputs, params)) <= 2_000
  } catch (error) {
    if (error instanceof ShapeMismatch) return false
    throw error
  }
}

/** The layer alone; a merging one joins two different functions of the input. */
function modelOf({ layer, params, inputShape }: Case): Model {
  const node = (id: string, type: LayerType, given: Params): LayerNode => ({
    id,
    layer: type,
    params: given,
    x: 0,
    y: 0,
  })
  const input = node('in', 'input', { shape: inputShape })
  const tested = node('tested', layer, params)
  if (definitionOf(layer).inputs !== 'many')
    return { id: 'm', name: layer, nodes: [input, tested], edges: [['in', 'tested']] }
  const branches = [
    node('a', 'activation', { activation: 'tanh' }),
    node('b', 'activation', { activation: 'softplus' }),
  ]
  return {
    id: 'm',
    name: layer,
    nodes: [input, ...branches, tested],
    edges: branches.flatMap(({ id }) => [
      ['in', id],
      [id, 'tested'],
    ]),
  }
}

interface Measured {
  /** What the layer gives. */
  readonly output: Float32Array
  /** Gradients with respect to the input and each trainable weight. */
  readonly gradients: readonly Float32Array[]
  /** The largest deviation from finite differences, relative to the size of what is compared. */
  readonly deviation: number
  /** Another step draws other noise. */
  readonly isRandom: boolean
}

/** Gradients of a random projection of the layer's output, and how far they are from what the output itself says. */
function measure(backend: Backend, given: Case): Measured {
  const library = backend.tf
  const compiled = compileModel(backend, modelOf(given), 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const model = compiled.value
  const random = randomSource(deriveSeed('values', given.name))
  model.clock.step = 1
  const samples = Float32Array.from({ length: 2 * sizeOf(given.inputShape) }, () => random.between(-1.5, 1.5))
  const x = library.tidy(() => library.variable(library.tensor(samples, [2, ...given.inputShape])))
  const trainable = model.weights.filter((weight) => weight.trainable).map((weight) => weight.variable)
  for (const variable of trainable)
    library.tidy(() => {
      variable.assign(
        library.tensor(
          Float32Array.from({ length: variable.size }, () => random.between(-0.8, 0.8)),
          variable.shape,
        ),
      )
    })
  const variables = [x, ...trainable]
  const outputOf = () => library.tidy(() => forward(model, x).dataSync() as Float32Array)
  const output = outputOf()
  const projection = Float32Array.from(output, () => random.between(-1, 1))

  const found = library.tidy(() => {
    const weights = library.tensor(projection)
    const { value, grads } = library.variableGrads(() => {
      const projected = forward(model, x).flatten().mul(weights).sum<tf.Scalar>()
      const penalty = model.penalty()
      return penalty === null ? projected : projected.add(penalty)
    }, variables)
    value.dispose()
    return variables.map(
      ({ name, size }) => (grads[name]?.dataSync() as Float32Array | undefined) ?? new Float32Array(size),
    )
  })

  /** The projection in double precision, with one variable moved. */
  const projectedAt = (variable: tf.Variable, start: Float32Array, direction: Float32Array, reach: number): number => {
    library.tidy(() => {
      variable.assign(
        library.tensor(
          start.map((value, index) => value + reach * (direction[index] as number)),
          variable.shape,
        ),
      )
    })
    const penalty = library.tidy(() => model.penalty()?.dataSync()[0] ?? 0)
    return outputOf().reduce((sum, value, index) => sum + value * (projection[index] as number), penalty)
  }
  let deviation = 0
  variables.forEach((variable, position) => {
    const start = Float32Array.from(variable.dataSync())
    const gradient = found[position] as Float32Array
    let measured = 0
    for (let tries = 0; measured < directions; tries++) {
      if (tries === 300) throw new Error(`no smooth direction was found for variable ${position} of ${given.name}`)
      // Ever shorter, sparser steps: a kink within reach, as ReLU and maxima have, spoils any difference.
      const shrunk = 1.5 ** Math.min(8, Math.floor(tries / 8))
      const reach = stepSize / shrunk
      const moved = random.below(start.length)
      const direction = start.map((_, index) =>
        index === moved || random.uniform() < 0.5 / shrunk ? random.between(-1, 1) : 0,
      )
      const [far, near, here, nearBehind, farBehind] = [1, 0.5, 0, -0.5, -1].map((part) =>
        projectedAt(variable, start, direction, part * reach),
      ) as [number, number, number, number, number]
      const wide = (far - farBehind) / (2 * reach)
      const narrow = (near - nearBehind) / reach
      // Of a smooth function, the two sides' slopes differ half as much at half the reach.
      const wideBend = (far + farBehind - 2 * here) / reach
      const narrowBend = (near + nearBehind - 2 * here) / (reach / 2)
      const size = Math.hypot(...gradient.map((value, index) => value * (direction[index] as number)), 0.3)
      if (Math.abs(wide - narrow) + Math.abs(wideBend - 2 * narrowBend) > 1e-3 * size) continue
      measured++
      const slope = gradient.reduce((sum, value, index) => sum + value * (direction[index] as number), 0)
      deviation = Math.max(deviation, Math.abs((4 * narrow - wide) / 3 - slope) / size)
    }
    library.tidy(() => {
      variable.assign(library.tensor(start, variable.shape))
    })
  })
  model.clock.step = 2
  const isRandom = outputOf().some((value, index) => value !== output[index])
  x.dispose()
  model.dispose()
  return { output, gradients: found, deviation, isRandom }
}

function forward(model: CompiledModel, x: tf.Tensor): tf.Tensor {
  return model.forward(x, { training: true }).output
}

/** The largest difference, relative to the largest value. */
function differenceOf(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length)
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] as number))), 0) / largest
}

let isNative = false
beforeAll(async () => {
  isNative = (await openForTest('tensorflow')) !== null
})

describe.each(layerTypes.filter((layer) => definitionOf(layer).build !== null))('%s', (layer) => {
  const cases = casesOf(layer)

  test('has the gradients that finite differences give, on WebAssembly and on native TensorFlow, and the same on both', async () => {
    expect(cases.length).toBeGreaterThanOrEqual(randomCases)
    const measureOn = async (choice: 'tensorflow' | 'wasm') => {
      const backend = await openForTest(choice)
      if (backend === null) throw new Error(`${choice} must open`)
      const tensors = backend.tf.memory().numTensors
      const results = cases.map((given) => measure(backend, given))
      expect(backend.tf.memory().numTensors).toBe(tensors)
      cases.forEach((given, index) => {
        const deviation = results[index]?.deviation ?? NaN
        expect({ given: given.name, choice, deviation, ok: deviation < 1e-3 }).toMatchObject({ ok: true })
      })
      return results
    }
    const wasm = await measureOn('wasm')
    if (!isNative) return
    const native = await measureOn('tensorflow')
    cases.forEach((given, index) => {
      const [ours, theirs] = [wasm[index] as Measured, native[index] as Measured]
      expect(ours.isRandom).toBe(theirs.isRandom)
      // Each backend draws its own noise.
      if (ours.isRandom) return
      const differences = [
        differenceOf(theirs.output, ours.output),
        ...ours.gradients.map((gradient, position) =>
          differenceOf(theirs.gradients[position] as Float32Array, gradient),
        ),
      ]
      const worst = Math.max(...differences)
      expect({ given: given.name, worst, ok: worst < 1e-5 }).toMatchObject({ ok: true })
    })
  })
})
