import { describe, expect, test } from 'vitest'
import type { Recipe } from '../../../common/training/recipe.ts'
import type { Backend } from '../../backends/backend.ts'
import { openBackend } from '../../backends/select.ts'
import { keras } from '../fixtures/keras.ts'
import { createOptimizer } from '../optimizers.ts'
import type { OptimizerState } from '../optimizers.ts'
import { dataTypes, tensorflowOf } from './binding.ts'
import { createGraph, floatConstant, floatType, initialise } from './graph.ts'
import { optimizerNodes } from './optimizer-nodes.ts'
import type { OptimizerMemory } from './optimizer-nodes.ts'
import { openSession } from './session.ts'

const opened = await openBackend('tensorflow')
if (!opened.ok) console.log(`Optimisers in a graph are not tested: ${opened.error.message}`)
const backend = (opened.ok ? opened.value : null) as Backend

const { start, gradients, learningRates, seen } = keras.optimizers
const cases = keras.optimizers.cases
  .filter(({ clipping }) => clipping === undefined)
  .map((one) => [JSON.stringify(one.optimizer), { ...one.optimizer, learningRate: 1 }, one.weights] as const)
const relative = (value: number, expected: number) => Math.abs(value - expected) / Math.abs(expected)

/** The weights after each step, from the fixture's gradients, in a graph that holds nothing but the optimiser. */
function inGraph(recipe: Recipe['optimizer'], isFused: boolean, steps: number): readonly Float32Array[] {
  const { slotCount, initialSlot } = createOptimizer(recipe)
  const optimizer = optimizerNodes(recipe, isFused)
  const graph = createGraph()
  const shape = [start.length]
  const names = ['weight', ...Array.from({ length: slotCount }, (_, slot) => `slot${slot}`)]
  const signal = (name: string, waitFor: readonly string[]) =>
    graph.addNamed(name, 'Identity', [floatConstant(graph, 1)], { T: floatType }, waitFor)
  const setting = names.map((name) => {
    graph.addNamed(name, 'VarHandleOp', [], {
      dtype: floatType,
      shape: { kind: 'shape', value: shape },
      shared_name: { kind: 'string', value: name },
    })
    const copy = graph.add('DeepCopy', [graph.placeholder(`${name}_given`, dataTypes.float, shape)], { T: floatType })
    return graph.add('AssignVariableOp', [name, copy], { dtype: floatType })
  })
  signal('set', setting)
  const read = (name: string) => graph.add('ReadVariableOp', [name], { dtype: floatType })
  const numbers = Array.from({ length: optimizer.numberCount }, (_, index) =>
    graph.placeholder(`number${index}`, dataTypes.float, []),
  )
  const [weight = '', ...slots] = names
  const updated = optimizer.update(
    graph,
    {
      variable: weight,
      value: read(weight),
      shape,
      gradient: graph.placeholder('gradient', dataTypes.float, shape),
      slots: slots.map((variable) => ({ variable, value: read(variable) })),
    },
    numbers,
  )
  signal('step', updated)
  graph.addNamed('value', 'ReadVariableOp', [weight], { dtype: floatType })
  const session = openSession(tensorflowOf(backend), graph)
  try {
    session.prepare(
      names.map((name) => `${name}_given`),
      [initialise, 'set'],
    )(Float32Array.from(start), ...slots.map(() => new Float32Array(start.length).fill(initialSlot)))
    const take = session.prepare(['gradient', ...numbers], ['step'])
    const look = session.prepare([], ['value'])
    let memory: OptimizerMemory = { step: 0, product: 1 }
    return gradients.slice(0, steps).map((gradient, index) => {
      const fed = optimizer.numbers(memory, learningRates[index] as number)
      memory = optimizer.advance(memory)
      take(Float32Array.from(gradient), ...fed.map((number) => Float32Array.of(number)))
      return look()[0]?.data as Float32Array
    })
  } finally {
    session.close()
  }
}

/** The same by tfjs's ops on the same TensorFlow. */
function byOps(recipe: Recipe['optimizer'], steps: number): readonly Float32Array[] {
  const { tf } = backend
  const optimizer = createOptimizer(recipe)
  let weights = tf.tensor1d([...start])
  let state: OptimizerState = {
    step: 0,
    slots: Array.from({ length: optimizer.slotCount }, () => tf.fill([start.length], optimizer.initialSlot)),
    scalars: optimizer.initialScalars,
  }
  return gradients.slice(0, steps).map((gradient, index) => {
    const update = optimizer.update(weights, tf.tensor1d([...gradient]), state, learningRates[index] as number)
    weights = update.weights
    state = update.state
    return Float32Array.from(weights.dataSync())
  })
}

const worstOf = (found: readonly Float32Array[], expected: readonly ArrayLike<number>[]) =>
  Math.max(
    ...expected.flatMap((row, step) =>
      Array.from(row, (value, index) => relative(found[step]?.[index] ?? Number.NaN, value)),
    ),
  )

describe.skipIf(!opened.ok)('an optimiser in a graph', () => {
  test.each(cases)('is the one of single ops to the bit over 50 steps: %s', (_, recipe) => {
    expect(inGraph(recipe, false, 50)).toEqual(byOps(recipe, 50))
  })

  test.each(cases)(
    "with TensorFlow's own kernel is within 1e-6 of single ops on the same inputs, and follows Keras 3 for 200 steps within 1e-5: %s",
    (_, recipe, expected) => {
      const found = inGraph(recipe, true, 200)
      expect(worstOf(found.slice(0, 1), byOps(recipe, 1))).toBeLessThan(1e-6)
      expect(
        worstOf(
          seen.map((step) => found[step - 1] as Float32Array),
          expected,
        ),
      ).toBeLessThan(1e-5)
    },
  )
})
