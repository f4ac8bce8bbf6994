import { describe, expect, test } from 'vitest'
import type { DeviceChoice } from '../../../common/training/device.ts'
import type { Recipe } from '../../../common/training/recipe.ts'
import type { Backend } from '../../backends/backend.ts'
import { openBackend } from '../../backends/select.ts'
import { compileModel } from '../../compile/compile.ts'
import type { CompiledModel } from '../../compile/compile.ts'
import type { TrainingStep } from '../step.ts'
import { tensorflowOf } from './binding.ts'
import { createStep } from './create-step.ts'
import { makeCase, positionsOf, trainOn } from './testing.ts'

const opened = await openBackend('tensorflow')
if (!opened.ok) console.log(`The choice of a step is not tested: ${opened.error.message}`)
const backend = (opened.ok ? opened.value : null) as Backend

const one = makeCase({
  samples: 40,
  layers: [['input', { shape: [4, 4, 1] }], ['flatten'], ['dense', { units: 2, activation: 'softmax' }]],
  classes: 2,
  loss: 'categoricalCrossentropy',
})
const recipe: Recipe = { ...one.recipe, batchSize: 16, epochs: 1, seed: 1, split: { validation: 0.25 } }

function compile(): CompiledModel {
  const compiled = compileModel(backend, one.model, 7)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.value
}

function create(model: CompiledModel, on: Backend = backend, device: DeviceChoice = 'auto') {
  const said: string[] = []
  const sessions = tensorflowOf(backend).binding.getNumOfSavedModels()
  const step = createStep({
    backend: on,
    device,
    model,
    recipe,
    dataset: one.dataset,
    evaluationBatch: 8,
    say: ({ en }) => said.push(en),
  })
  return { step, said, isReplayed: tensorflowOf(backend).binding.getNumOfSavedModels() > sessions }
}

describe.skipIf(!opened.ok)('where a model is trained', () => {
  // This machine may have no GPU: what is under test is that two placements are tried and thrown away without a trace.
  const withGpu = { ...backend, status: { ...backend?.status, gpu: true } } as Backend

  test('is measured, told, and leaves neither sessions nor another start behind', () => {
    const plain = create(compile())
    const lossesOf = (step: TrainingStep) =>
      [1, 2, 3].map((number) => trainOn(backend, step, one.dataset, positionsOf(number, 16, 40), 0.01, number))
    const expected = lossesOf(plain.step)
    plain.step.dispose()
    const before = tensorflowOf(backend).binding.getNumOfSavedModels()
    const model = compile()
    const { step, said } = create(model, withGpu)
    expect(tensorflowOf(backend).binding.getNumOfSavedModels()).toBe(before + 1)
    expect(step.device?.trials.map(({ device }) => device)).toEqual(['gpu', 'cpu'])
    expect(said).toEqual([
      expect.stringMatching(/^It trains on the [GC]PU: measured, a step takes GPU .* ms, CPU .* ms\.$/),
    ])
    expect(lossesOf(step)).toEqual(expected)
    step.dispose()
  })

  test('is the device that was asked for, without measuring', () => {
    const { step, said } = create(compile(), withGpu, 'cpu')
    expect(step.device).toEqual({ device: 'cpu', trials: [] })
    expect(said).toEqual(['It trains on the CPU, as asked.'])
    step.dispose()
  })
})

describe.skipIf(!opened.ok)('the way a model is trained', () => {
  test('is a replayed step where that is possible, without a word', () => {
    const { step, said, isReplayed } = create(compile())
    expect({ said, isReplayed }).toEqual({ said: [], isReplayed: true })
    step.dispose()
  })

  const obstacles: Record<string, readonly [(model: CompiledModel) => CompiledModel, string]> = {
    'values are looked at on the way': [
      (model) => ({
        ...model,
        forward: (x, options) => {
          x.dataSync()
          return model.forward(x.mul(2), options)
        },
      }),
      'it looks at values while it computes',
    ],
    'JavaScript draws numbers': [
      (model) => ({ ...model, forward: (x, options) => model.forward(x.mul(Math.random()), options) }),
      'a layer draws numbers outside TensorFlow, or does other things at another step',
    ],
  }
  test.each(Object.entries(obstacles))(
    'is op by op, from the same weights, where %s; the log says so',
    (_, [hinder, why]) => {
      const model = compile()
      const before = model.weights.map(({ variable }) => variable.dataSync())
      const { numTensors } = backend.tf.memory()
      const { step, said, isReplayed } = create(hinder(model))
      expect({ said, isReplayed }).toEqual({
        said: [`This model trains op by op, which is slower, because its step cannot be replayed: ${why}.`],
        isReplayed: false,
      })
      expect(step.readWeights()).toEqual(before)
      const result = trainOn(backend, step, one.dataset, positionsOf(1, 16, 40), 0.01, 1)
      expect(Number.isFinite(result.loss)).toBe(true)
      step.dispose()
      expect(backend.tf.memory().numTensors).toBeLessThan(numTensors)
    },
  )

  test('is op by op on other backends', async () => {
    const cpu = await openBackend('cpu')
    if (!cpu.ok) throw new Error(cpu.error.message)
    const compiled = compileModel(cpu.value, one.model, 7)
    if (!compiled.ok) throw new Error(compiled.error.message)
    const step = createStep({
      backend: cpu.value,
      model: compiled.value,
      recipe,
      dataset: one.dataset,
      evaluationBatch: 8,
      say: (sentence) => expect(sentence).toBe(null),
    })
    expect(step.several).toBeUndefined()
    step.dispose()
  })
})
