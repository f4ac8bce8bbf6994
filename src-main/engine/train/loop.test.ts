import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Project } from '../../common/project/project.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Probe } from '../../common/training/probe.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import { tinyCnn, tinyDataset, tinyMlp, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { makeBatch } from './batches.ts'
import { writeWeights } from './eager-step.ts'
import { startTraining } from './loop.ts'
import type { TrainingControl } from './run-control.ts'
import { readRunRecord, readSnapshot, snapshotEpochs } from './run-folder.ts'

let backend: Backend
let root: string
beforeAll(async () => {
  const opened = (await openForTest('tensorflow')) ?? (await openForTest('wasm'))
  if (opened === null) throw new Error('a backend must open')
  backend = opened
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-run-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

interface Trained {
  readonly events: readonly TrainingEvent[]
  readonly probes: readonly Probe[]
  readonly folder: string
}

async function train(
  project: Project,
  onEvent: (event: TrainingEvent, control: TrainingControl) => void = () => undefined,
): Promise<Trained> {
  const folder = await mkdtemp(path.join(root, 'r-'))
  const events: TrainingEvent[] = []
  const probes: Probe[] = []
  let control: TrainingControl | null = null
  const started = await startTraining({
    backend,
    dataset: tinyDataset(),
    run: 'r',
    folder,
    project,
    models: project.models.map(({ id }) => id),
    tell: (event) => {
      events.push(event)
      if (control !== null) onEvent(event, control)
    },
    show: (probe) => probes.push(probe),
  })
  if (!started.ok) throw new Error(started.error.message)
  control = started.value
  await control.ended
  return { events, probes, folder }
}

const epochsOf = (events: readonly TrainingEvent[], model?: string) =>
  events.flatMap((event) =>
    event.type === 'epoch' && (model === undefined || event.model === model)
      ? [[event.model, event.epoch, event.loss, event.accuracy, event.valLoss, event.valAccuracy]]
      : [],
  )
const finishOf = (events: readonly TrainingEvent[]) => events.filter((event) => event.type === 'model-finished')

describe('the training loop', () => {
  test('curves come to the last step of each epoch, however fast the steps are', async () => {
    const { events } = await train(tinyProject([tinyCnn, tinyMlp]))
    const started = events.find((event) => event.type === 'run-started')
    const perEpoch = started?.stepsPerEpoch ?? 0
    for (const model of ['cnn', 'mlp']) {
      const told = events.flatMap((event) => (event.type === 'step' && event.model === model ? [event.step] : []))
      expect(told).toEqual(expect.arrayContaining([perEpoch, 2 * perEpoch, 3 * perEpoch]))
      expect(told.at(-1)).toBe((started?.epochs ?? 0) * perEpoch)
    }
    expect(started?.data).toMatchObject({ shape: tinyDataset().descriptor.shape, hash: tinyDataset().descriptor.hash })
  })

  test('learns, and the same seed gives the same series to the bit', async () => {
    const project = tinyProject([tinyCnn, tinyMlp])
    const [first, second] = [await train(project), await train(project)]
    expect(epochsOf(second.events)).toEqual(epochsOf(first.events))
    expect(finishOf(second.events)).toEqual(finishOf(first.events))
    expect(epochsOf(first.events)).toHaveLength(6)
    for (const event of finishOf(first.events))
      expect(event).toMatchObject({ reason: 'completed', test: { samples: 60 } })
    expect(epochsOf(first.events, 'mlp').at(-1)?.[5]).toBeGreaterThan(0.9)
    const other = await train(tinyProject([tinyCnn, tinyMlp], { seed: 8 }))
    expect(epochsOf(other.events)).not.toEqual(epochsOf(first.events))
  })

  test('refuses to train nothing, and a model that the project lacks', async () => {
    const refusal = async (models: readonly string[]) => {
      const folder = path.join(root, 'refused')
      const nothing = () => undefined
      const project = tinyProject([tinyMlp])
      const dataset = tinyDataset()
      const started = await startTraining({
        backend,
        dataset,
        run: 'r',
        folder,
        project,
        models,
        tell: nothing,
        show: nothing,
      })
      return started.ok ? null : started.error.code
    }
    expect([await refusal([]), await refusal(['rnn'])]).toEqual(['invalid-model', 'not-found'])
  })

  test('a model trains the same alone and beside another', async () => {
    const alone = await train(tinyProject([tinyCnn]))
    const beside = await train(tinyProject([tinyMlp, tinyCnn]))
    expect(epochsOf(beside.events, 'cnn')).toEqual(epochsOf(alone.events, 'cnn'))
  })

  test('tells its facts first, its end last, and writes all of it down', async () => {
    const { events, folder } = await train(tinyProject([tinyMlp]))
    expect(events.find((event) => event.type === 'run-started')).toMatchObject({
      models: [{ id: 'mlp', name: 'mlp', parameters: 397 }],
      samples: { train: 161, validation: 40, test: 60 },
      epochs: 3,
      stepsPerEpoch: 11,
    })
    expect(events.at(-1)).toEqual({ type: 'run-finished', run: 'r' })
    const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as TrainingEvent)).toEqual(events)
    expect(await readRunRecord(folder)).toMatchObject({
      ok: true,
      value: { state: 'finished', results: { mlp: 3 }, seed: 7 },
    })
    expect(await snapshotEpochs(folder, 'mlp')).toEqual([0, 1, 2, 3])
    const confusion = events.filter((event) => event.type === 'confusion')
    expect(confusion.map(({ part, counts }) => [part, counts.reduce((sum, count) => sum + count, 0)])).toEqual([
      ['validation', 40],
      ['validation', 40],
      ['validation', 40],
      ['test', 60],
    ])
  })

  test('a pause changes nothing of the result', async () => {
    const project = tinyProject([tinyCnn])
    const plain = await train(project)
    let paused = 0
    const interrupted = await train(project, (event, control) => {
      if (event.type === 'epoch') control.pause()
      if (event.type === 'state' && event.state === 'paused') {
        paused++
        setImmediate(() => control.resume())
      }
    })
    expect(paused).toBeGreaterThanOrEqual(2)
    expect(epochsOf(interrupted.events)).toEqual(epochsOf(plain.events))
  })

  test('a stopped run is tested and leaves a folder that can be read', async () => {
    const { events, folder } = await train(tinyProject([tinyMlp], { epochs: 1000 }), (event, control) => {
      if (event.type === 'epoch' && event.epoch === 2) control.stop()
    })
    expect(finishOf(events)).toMatchObject([
      { reason: 'stopped', epoch: expect.any(Number) as number, test: { samples: 60 } },
    ])
    const epochs = await snapshotEpochs(folder, 'mlp')
    expect(epochs.slice(0, 3)).toEqual([0, 1, 2])
    expect(epochs.length).toBeLessThan(10)
    const record = await readRunRecord(folder)
    expect(record).toMatchObject({ ok: true, value: { state: 'stopped', results: { mlp: epochs.at(-1) } } })
    expect(await readSnapshot(folder, 'mlp', { epoch: epochs.at(-1) ?? -1 })).toMatchObject({ ok: true })
  })

  test('a stop while paused ends the run', async () => {
    const { events } = await train(tinyProject([tinyMlp], { epochs: 1000 }), (event, control) => {
      if (event.type === 'epoch') control.pause()
      if (event.type === 'state' && event.state === 'paused') setImmediate(() => control.stop())
    })
    expect(finishOf(events)).toMatchObject([{ reason: 'stopped' }])
  })

  test('stops early and goes back to the best weights', async () => {
    const project = tinyProject([tinyMlp], {
      epochs: 200,
      optimizer: { type: 'sgd', learningRate: 3 },
      earlyStopping: { patience: 2, minDelta: 0, restoreBest: true },
    })
    const { events, folder } = await train(project)
    const [finished] = finishOf(events)
    expect(finished).toMatchObject({ reason: 'early-stopping' })
    const valLosses = epochsOf(events).map(([, epoch, , , valLoss]) => [epoch, valLoss] as const)
    const best = valLosses.reduce((least, entry) => (Number(entry[1]) < Number(least[1]) ? entry : least))
    expect(finished?.best?.epoch).toBe(best[0])
    expect(valLosses.length).toBe(Number(best[0]) + 2)
    expect(await readRunRecord(folder)).toMatchObject({ ok: true, value: { results: { mlp: best[0] } } })
  })

  test('every epoch and the test are measured by all that fits the task', async () => {
    const { events } = await train(tinyProject([tinyMlp]))
    const epochs = events.filter((event) => event.type === 'epoch')
    for (const { valMetrics, valAccuracy } of epochs) {
      expect(Object.keys(valMetrics ?? {}).sort()).toEqual(['accuracy', 'auc', 'f1', 'precision', 'recall'])
      expect(valMetrics?.accuracy).toBe(valAccuracy)
    }
    const [finished] = finishOf(events)
    expect(finished?.test?.metrics?.auc).toBeGreaterThan(0.9)
    expect(finished?.best?.valMetrics).toEqual(epochs[(finished?.best?.epoch ?? 0) - 1]?.valMetrics)
  })

  test('samples evaluated a few at a time give the same', async () => {
    const [few, many] = [
      await train(tinyProject([tinyMlp], { evaluationBatchSize: 7 })),
      await train(tinyProject([tinyMlp])),
    ]
    const lastOf = ({ events }: Trained) => finishOf(events)[0]?.test
    expect(lastOf(few)?.metrics).toEqual(lastOf(many)?.metrics)
    expect(lastOf(few)?.loss).toBeCloseTo(lastOf(many)?.loss ?? NaN, 5)
  })

  test('a schedule changes the rate from step to step, for models that train alone or several steps at once', async () => {
    const schedule = { type: 'exponential', decaySteps: 11, rate: 0.5 } as const
    const { events } = await train(tinyProject([tinyMlp], { optimizer: { type: 'sgd', learningRate: 0.1 }, schedule }))
    const rates = events.flatMap((event) => (event.type === 'epoch' ? [event.learningRate] : []))
    rates.forEach((rate, index) => expect(rate).toBeCloseTo(0.1 * 0.5 ** ((11 * (index + 1) - 1) / 11), 6))
  })

  test('a plateau lowers the rate of the model that stands still, and of no other', async () => {
    const stuck = {
      ...tinyMlp,
      id: 'stuck',
      name: 'stuck',
      nodes: tinyMlp.nodes.map((node) =>
        node.layer === 'dense' ? { ...node, params: { ...node.params, kernelInitializer: 'zeros' } } : node,
      ),
    }
    const { events } = await train(
      tinyProject([tinyMlp, stuck], {
        epochs: 6,
        optimizer: { type: 'sgd', learningRate: 0.1 },
        schedule: {
          type: 'plateau',
          monitor: 'loss',
          factor: 0.5,
          patience: 2,
          minDelta: 0.01,
          cooldown: 0,
          minimum: 0.03,
        },
      }),
    )
    const ratesOf = (model: string) =>
      events.flatMap((event) => (event.type === 'epoch' && event.model === model ? [event.learningRate] : []))
    expect(ratesOf('mlp')).toEqual([0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    expect(ratesOf('stuck')).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.03])
    expect(events.filter((event) => event.type === 'log').map(({ message }) => message)).toContain(
      'stuck has stopped improving: its learning rate is lowered to 0.05.',
    )
  })

  test('early stopping goes by what it was told to watch', async () => {
    const project = tinyProject([tinyMlp], {
      epochs: 40,
      earlyStopping: { monitor: 'accuracy', patience: 3, minDelta: 0, restoreBest: true },
    })
    const { events } = await train(project)
    const accuracies = epochsOf(events).map((epoch) => Number(epoch[5]))
    const best = accuracies.indexOf(Math.max(...accuracies)) + 1
    expect(finishOf(events)).toMatchObject([{ reason: 'early-stopping', best: { epoch: best } }])
    expect(accuracies).toHaveLength(best + 3)
  })

  test('what cannot be watched is said, and the loss is watched instead', async () => {
    const project = tinyProject([tinyMlp], {
      earlyStopping: { monitor: 'rSquared', patience: 9, minDelta: 0, restoreBest: false },
      classWeights: { left: 2, bird: 3 },
    })
    const { events } = await train(project)
    expect(events.filter((event) => event.type === 'log').map(({ message }) => message)).toEqual([
      'The data "Halves" are made by a program, not taken from the world.',
      'Early stopping watches the loss: "R²" is not measured here.',
      'Class weights of bird are passed over: the data have no such class.',
      'The classes count in the loss by these weights: right 1, left 2.',
    ])
  })

  test('class weights change what is learned, balanced ones on balanced data do not', async () => {
    const learned = async (recipe: Parameters<typeof tinyProject>[1]) =>
      epochsOf((await train(tinyProject([tinyMlp], { ...recipe, epochs: 1 }))).events)[0]
    const plain = await learned({})
    const weighted = await learned({ classWeights: { left: 5 } })
    expect(weighted?.[2]).toBeGreaterThan(Number(plain?.[2]) * 1.5)
    expect((await learned({ classWeights: { left: 1, right: 1 } }))?.[2]).toBeCloseTo(Number(plain?.[2]), 6)
  })

  test('a loss of classes is refused for values', async () => {
    const dataset = tinyDataset()
    const started = await startTraining({
      backend,
      dataset: { ...dataset, descriptor: { ...dataset.descriptor, task: 'regression', classes: [] } },
      run: 'r',
      folder: path.join(root, 'values'),
      project: tinyProject([tinyMlp], { loss: 'hinge' }),
      models: ['mlp'],
      tell: () => undefined,
      show: () => undefined,
    })
    expect(started).toMatchObject({
      ok: false,
      error: {
        message: 'The data hold values, not classes: a loss such as meanSquaredError was expected. Received: hinge',
      },
    })
  })

  test('a run that diverges keeps finite weights and says what to do', async () => {
    const project = tinyProject([tinyMlp], { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 1e38 } })
    const relu = {
      ...tinyMlp,
      nodes: tinyMlp.nodes.map((node) =>
        node.layer === 'dense' ? { ...node, params: { ...node.params, activation: 'linear' } } : node,
      ),
    }
    const { events, folder } = await train({ ...project, models: [relu] })
    expect(finishOf(events)).toMatchObject([{ reason: 'diverged' }])
    expect(events.some((event) => event.type === 'log' && /smaller learning rate/.test(event.message))).toBe(true)
    const epochs = await snapshotEpochs(folder, 'mlp')
    const snapshot = await readSnapshot(folder, 'mlp', { epoch: epochs.at(-1) ?? 0 })
    if (!snapshot.ok) throw new Error(snapshot.error.message)
    expect(snapshot.value.weights.every(({ values }) => values.every(Number.isFinite))).toBe(true)
  })

  test('probes come only when asked for, and are what the model computes', async () => {
    const picture = { part: 'test', index: 3 } as const
    const nodes = ['conv2d1', 'maxPooling2d2', 'dense5']
    expect((await train(tinyProject([tinyCnn]))).probes).toEqual([])
    const { probes, folder } = await train(tinyProject([tinyCnn]), (event, control) => {
      if (event.type === 'state' && event.state === 'running')
        control.watch({ picture, views: [{ model: 'cnn', maps: nodes, kernels: nodes, weights: [] }], intervalMs: 100 })
      // Between the first epoch's end and the next step: the weights are those of the snapshot.
      if (event.type === 'epoch' && event.epoch === 1) control.pause()
      if (event.type === 'state' && event.state === 'paused') setImmediate(() => control.resume())
    })
    const probe = probes.find(({ step }) => step === 11)
    if (probe === undefined) throw new Error('a probe after epoch 1 was expected')
    expect(probe).toMatchObject({ model: 'cnn', epoch: 1, picture })
    expect(probe.maps.map(({ node, shape }) => [node, shape])).toEqual([
      ['conv2d1', [8, 8, 4]],
      ['maxPooling2d2', [4, 4, 4]],
      ['dense5', [1]],
    ])
    expect(probe.kernels.map(({ node, shape }) => [node, shape])).toEqual([['conv2d1', [3, 3, 1, 4]]])

    const compiled = compileModel(backend, tinyCnn, 0)
    const snapshot = await readSnapshot(folder, 'cnn', { epoch: 1 })
    if (!compiled.ok || !snapshot.ok) throw new Error('the model and its weights must be there')
    writeWeights(
      backend,
      compiled.value,
      snapshot.value.weights.map(({ values }) => values),
    )
    const outputs = compiled.value.layersModel.predict(
      makeBatch(backend.tf, tinyDataset(), 'test', Int32Array.of(3)).inputs(),
    )
    const expected = new Map(
      compiled.value.order.map((node, index) => [node, (outputs as { dataSync(): Float32Array }[])[index]?.dataSync()]),
    )
    for (const { node, data } of probe.maps) {
      expect(
        Math.max(...data.map((value, index) => Math.abs(value - (expected.get(node)?.[index] ?? NaN)))),
      ).toBeLessThan(1e-6)
    }
  })

  test('leaves no tensors behind', async () => {
    await train(tinyProject([tinyCnn]))
    const before = backend.tf.memory().numTensors
    await train(tinyProject([tinyCnn]))
    expect(backend.tf.memory().numTensors).toBe(before)
  })

  test.each([
    [
      'a wrong input',
      {
        ...tinyMlp,
        nodes: tinyMlp.nodes.map((node) => (node.id === 'in' ? { ...node, params: { shape: [9, 9, 1] } } : node)),
      },
      /shape 8×8×1/,
    ],
    [
      'a wrong number of units',
      {
        ...tinyMlp,
        nodes: tinyMlp.nodes.map((node) => (node.id === 'dense3' ? { ...node, params: { units: 3 } } : node)),
      },
      /must have 1 unit/,
    ],
    ['a cycle', { ...tinyMlp, edges: [...tinyMlp.edges, ['dense3', 'dense2'] as const] }, /cycle|wires/],
  ])('refuses %s before it starts', async (_, model, message) => {
    const project = tinyProject([model])
    const folder = await mkdtemp(path.join(root, 'r-'))
    const started = await startTraining({
      backend,
      dataset: tinyDataset(),
      run: 'r',
      folder,
      project,
      models: ['mlp'],
      tell: () => undefined,
      show: () => undefined,
    })
    expect(started).toMatchObject({
      ok: false,
      error: { code: 'invalid-model', message: expect.stringMatching(message) as string },
    })
  })
})
