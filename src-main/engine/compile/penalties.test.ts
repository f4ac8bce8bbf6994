import { expect, test } from 'vitest'
import type { Model } from '../../common/graph/graph.ts'
import type { LayerType } from '../../common/layers/registry.ts'
import { definitionOf, layerTypes } from '../../common/layers/registry.ts'
import { chain, tinyDataset } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { makeBatch } from '../train/batches.ts'
import { createEagerStep } from '../train/eager-step.ts'
import { compileModel } from './compile.ts'

const penalised = layerTypes.filter((type) => definitionOf(type).params['kernelRegularizer'] !== undefined)
const kernels = /kernel$/i

/** One layer with a penalty, on pictures or on series, and an answer. */
function modelWith(layer: LayerType, kind: 'l1' | 'l2', strength: number): Model {
  const penalty = { kernelRegularizer: kind, regularizerStrength: strength }
  const isSeries = layer === 'conv1d'
  const size = layer === 'dense' ? { units: 3 } : layer === 'depthwiseConv2d' ? {} : { filters: 2 }
  const window = layer === 'dense' ? {} : { kernelSize: 3 }
  return chain(
    'm',
    ['input', { shape: [8, 8, 1] }],
    ...(isSeries ? ([['reshape', { targetShape: [8, 8] }]] as const) : []),
    ...(layer === 'dense' ? ([['flatten', {}]] as const) : []),
    [layer, { ...size, ...window, ...penalty }],
    ...(layer === 'dense' ? [] : ([['flatten', {}]] as const)),
    ['dense', { units: 1, activation: 'sigmoid' }],
  )
}

test('layers with a kernel can be penalised', () => {
  expect([...penalised].sort()).toEqual([
    'conv1d',
    'conv2d',
    'conv2dTranspose',
    'dense',
    'depthwiseConv2d',
    'separableConv2d',
  ])
})

const cases = (['cpu', 'wasm', 'tensorflow'] as const).flatMap((backend) =>
  penalised.flatMap((type) => (['l1', 'l2'] as const).map((kind) => [kind, type, backend] as const)),
)
test.each(cases)('the %s penalty of %s is in the loss and pulls at the weights on %s', async (kind, type, name) => {
  const backend = await openForTest(name)
  if (backend === null) return
  // Without a penalty, all else equal: what the second lacks is what the first has.
  const losses = [0.05, 0].map((strength) => {
    const compiled = compileModel(backend, modelWith(type, kind, strength), 3)
    if (!compiled.ok) throw new Error(compiled.error.message)
    const { weights } = compiled.value
    const before = weights.map(({ variable }) => Float32Array.from(variable.dataSync()))
    const step = createEagerStep(
      backend,
      compiled.value,
      { optimizer: { type: 'sgd', learningRate: 0.1 }, loss: 'binaryCrossentropy' },
      'classification',
    )
    const batch = makeBatch(backend.tf, tinyDataset(), 'train', Int32Array.of(0, 1, 2, 3))
    const { loss } = step.train(batch, 0.1, 1)
    batch.dispose()
    const after = step.readWeights()
    step.dispose()
    return { loss, weights, before, after }
  })
  const [first, second] = losses
  if (first === undefined || second === undefined) throw new Error('two models were expected')
  const node = first.weights[0]?.node
  let penalty = 0
  first.weights.forEach((weight, index) => {
    if (weight.node !== node || !kernels.test(weight.name)) return
    const values = first.before[index] as Float32Array
    penalty += values.reduce((sum, value) => sum + 0.05 * (kind === 'l1' ? Math.abs(value) : value * value), 0)
    values.forEach((value, position) => {
      const pull = 0.1 * 0.05 * (kind === 'l1' ? Math.sign(value) : 2 * value)
      const difference = (second.after[index]?.[position] ?? NaN) - (first.after[index]?.[position] ?? NaN)
      expect(Math.abs(difference - pull)).toBeLessThan(1e-6)
    })
  })
  expect(penalty).toBeGreaterThan(0.01)
  expect(first.loss - second.loss).toBeCloseTo(penalty, 5)
})
