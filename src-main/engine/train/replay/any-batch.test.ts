import { describe, expect, test } from 'vitest'
import { templates } from '../../../common/templates/registry.ts'
import type { Backend } from '../../backends/backend.ts'
import { openBackend } from '../../backends/select.ts'
import { compileModel } from '../../compile/compile.ts'
import { forAnyBatch } from './any-batch.ts'
import type { Moment } from './any-batch.ts'
import { dataTypes, tensorflowOf } from './binding.ts'
import { bytesOf } from './graph.ts'
import { modelRecorder } from './model-recordings.ts'
import { NotReplayable } from './recording.ts'
import type { Instruction, Recording } from './recording.ts'

const floats = (shape: readonly number[], ...values: readonly number[]): Instruction => ({
  type: 'constant',
  dtype: dataTypes.float,
  shape,
  content: bytesOf(Float32Array.from(values)),
})
const reshape = (...shape: readonly number[]): Instruction => ({
  type: 'op',
  op: 'Reshape',
  inputs: [{ from: 'given', key: 'inputs' }],
  attributes: { sizes: { kind: 'ints', value: shape } },
  shape,
})
const recordingOf = (instructions: readonly Instruction[], volume: number): Recording => ({
  instructions,
  outputs: [{ from: 'instruction', index: 0, output: 0 }],
  volume,
})

/** Asks for one batch size and tells which sizes were recorded on the way. */
function ask(batch: number, record: (batch: number, moment: Moment) => readonly Instruction[]) {
  const recorded: number[] = []
  const recordingFor = forAnyBatch((size, moment) => {
    recorded.push(size)
    return recordingOf(record(size, moment), size * 10)
  })
  return { recording: recordingFor(batch), recorded }
}

describe('the recording of a batch size', () => {
  test('follows from those of tiny batches where shapes, numbers and filled constants grow evenly', () => {
    const record = (batch: number) => [
      reshape(batch, 4, batch * 6 + 1),
      floats([], batch * 10),
      floats([batch, 2], ...new Array<number>(batch * 2).fill(0.5)),
      floats([2], 3, 7),
    ]
    expect(ask(128, record)).toEqual({ recording: recordingOf(record(128), 1_280), recorded: [2, 3, 5] })
  })

  const uneven: Record<string, (batch: number) => Instruction> = {
    'a quotient': (batch) => floats([], 1 / batch),
    'a size rounded up': (batch) => reshape(Math.ceil((batch * 3) / 4)),
    'numbers that are not all the same': (batch) => floats([batch], ...Array.from({ length: batch }, (_, row) => row)),
    'an op for each sample': (batch) => reshape(...new Array<number>(batch).fill(1)),
  }
  test.each(Object.entries(uneven))('is recorded itself where there is %s', (_, make) => {
    const { recording, recorded } = ask(16, (batch) => [make(batch)])
    expect(recording.instructions).toEqual([make(16)])
    expect(recorded.at(-1)).toBe(16)
  })

  test('of one sample is recorded itself, for axes of length one are treated in other ways', () => {
    expect(ask(1, (batch) => [reshape(batch)]).recorded).toEqual([2, 3, 5, 1])
  })

  test('is refused where two recordings of the same size differ', () => {
    expect(() => ask(16, (batch, moment) => [floats([], batch + moment / 2)])).toThrow(NotReplayable)
  })
})

const opened = await openBackend('tensorflow')
if (!opened.ok) console.log(`Recordings of models are not tested: ${opened.error.message}`)
const backend = (opened.ok ? opened.value : null) as Backend
/** No layer has it as a size. */
const batch = 997

describe.skipIf(!opened.ok)('no full batch is run to write a step down', () => {
  // One model is only there to be looked at.
  const models = templates.flatMap(({ id, project }) =>
    project.models
      .filter(({ nodes }) => nodes.some(({ layer }) => layer === 'dense'))
      .map((model) => [`${id}, ${model.name}`, model, project.recipe] as const),
  )
  test.each(models)('of %s', (_, model, recipe) => {
    const compiled = compileModel(backend, model, 1)
    if (!compiled.ok) throw new Error(compiled.error.message)
    const native = tensorflowOf(backend)
    const { binding } = native
    const lengths = new Set<number>()
    native.binding = new Proxy(Object.create(binding) as typeof binding, {
      get: (_target, property) => {
        if (property !== 'executeOp') return binding[property as keyof typeof binding]
        return (...request: Parameters<typeof binding.executeOp>) => {
          const results = binding.executeOp(...request)
          for (const { shape } of results) for (const length of shape) lengths.add(length)
          return results
        }
      },
    })
    try {
      const recorder = modelRecorder(backend, compiled.value, recipe)
      const [training, evaluation] = [recorder.trainingStep(batch), recorder.evaluation(batch)]
      for (const { instructions } of [training, evaluation])
        expect(instructions.some((one) => one.type === 'op' && one.shape[0] === batch)).toBe(true)
      expect(lengths).toContain(5)
      expect(lengths).not.toContain(batch)
    } finally {
      native.binding = binding
      compiled.value.dispose()
    }
  })
})
