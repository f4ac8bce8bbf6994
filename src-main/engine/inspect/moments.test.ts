import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Probe } from '../../common/training/probe.ts'
import type { Backend } from '../backends/backend.ts'
import type { DecoderPool } from '../datasets/decoding/pool.ts'
import type { DatasetStore } from '../datasets/store.ts'
import { tinyCnn, tinyDataset, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { splitFor } from '../train/batches.ts'
import { startTraining } from '../train/loop.ts'
import type { TrainingControl } from '../train/run-control.ts'
import { snapshotFile, snapshotMoments } from '../train/run-folder.ts'
import type { Inspector } from './look.ts'
import { createInspector } from './look.ts'

/** A run of three epochs that was watched while it trained, and its replay from what it stored. */
const picture = { part: 'test', index: 3 } as const
const nodes = ['conv2d1', 'maxPooling2d2', 'dense5']
let backend: Backend
let folder: string
let inspector: Inspector
const events: TrainingEvent[] = []
const recorded: Probe[] = []

beforeAll(async () => {
  const opened = (await openForTest('tensorflow')) ?? (await openForTest('wasm'))
  if (opened === null) throw new Error('a backend must open')
  backend = opened
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-moments-'))
  const running: { control: TrainingControl | null } = { control: null }
  const started = await startTraining({
    backend,
    dataset: tinyDataset(),
    run: 'r',
    folder,
    project: tinyProject([tinyCnn]),
    models: ['cnn'],
    tell: (event) => {
      events.push(event)
      if (event.type === 'state' && event.state === 'running')
        running.control?.watch({
          picture,
          views: [{ model: 'cnn', maps: nodes, kernels: nodes, weights: nodes }],
          intervalMs: 100,
        })
      // A pause shows what is watched: the weights are those of the epoch's end.
      if (event.type === 'epoch') running.control?.pause()
      if (event.type === 'state' && event.state === 'paused') setImmediate(() => running.control?.resume())
    },
    show: (probe) => recorded.push(probe),
  })
  if (!started.ok) throw new Error(started.error.message)
  running.control = started.value
  await started.value.ended
  const store = { open: () => Promise.resolve(success(tinyDataset())) } as unknown as DatasetStore
  inspector = createInspector(backend, store, {} as DecoderPool)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function validationSamples() {
  const dataset = tinyDataset()
  const { part, positions } = splitFor(dataset, tinyProject([tinyCnn]).recipe).validation
  return Array.from(positions, (index) => ({ part, index, label: dataset.parts[part].targets[index] ?? NaN }))
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const replay = (moment: { epoch: number } | { step: number }) =>
  inspector.probe({ folder, model: 'cnn', moment, picture, nodes, weights: nodes })

test('the untrained model, steps 1, 2, 4 and 8 of the first epoch and each epoch’s end are stored, and told', async () => {
  const moments = [{ epoch: 0 }, { step: 1 }, { step: 2 }, { step: 4 }, { step: 8 }]
  expect(await snapshotMoments(folder, 'cnn')).toEqual([...moments, { epoch: 1 }, { epoch: 2 }, { epoch: 3 }])
  const types = events.map(({ type }) => type)
  expect(types.lastIndexOf('moments')).toBeLessThan(types.indexOf('epoch'))
  expect(events.filter(({ type }) => type === 'moments').at(-1)).toEqual({ type: 'moments', model: 'cnn', moments })
})

test('replaying an epoch gives to the bit the prediction, maps and kernels that were recorded at its end', async () => {
  for (const epoch of [1, 2]) {
    const probe = recorded.find(({ step }) => step === epoch * 11)
    if (!probe) throw new Error(`a probe at the end of epoch ${epoch} was expected`)
    const replayed = valueOf(await replay({ epoch }))
    expect(replayed.prediction).toEqual(probe.prediction)
    expect(replayed.kernels).toEqual(probe.kernels)
    expect(replayed.weights).toEqual(probe.weights)
    expect(replayed.maps).toEqual(probe.maps)
    expect(replayed).toMatchObject({ epoch, step: epoch * 11 })
  }
})

test('replaying an epoch gives the matrix that was recorded, and a step of the first epoch one of as many samples', async () => {
  const told = events.flatMap((event) => (event.type === 'confusion' && event.part === 'validation' ? [event] : []))
  for (const { epoch, counts } of told)
    expect(valueOf(await inspector.confusion({ folder, model: 'cnn', moment: { epoch } })).counts).toEqual(counts)
  const early = valueOf(await inspector.confusion({ folder, model: 'cnn', moment: { step: 4 } }))
  expect(early.counts.reduce((sum, count) => sum + count, 0)).toBe(40)
})

test('a matrix gives way to what else is asked for', async () => {
  const store = { open: () => Promise.resolve(success(tinyDataset())) } as unknown as DatasetStore
  const busy = createInspector(backend, store, {} as DecoderPool, () => true)
  const answer = await busy.confusion({ folder, model: 'cnn', moment: { epoch: 1 } })
  expect(answer.ok ? null : answer.error.code).toBe('cancelled')
})

test('one kernel and one map of a moment are those that the whole probe holds', async () => {
  const probe = valueOf(await replay({ step: 2 }))
  const slice = (what: 'kernels' | 'maps', index: number) =>
    inspector.slice({ folder, model: 'cnn', moment: { step: 2 }, node: 'conv2d1', what, index, picture })
  const every4th = (from: number) => (_: number, place: number) => place % 4 === from
  const [kernel, map] = [valueOf(await slice('kernels', 1)), valueOf(await slice('maps', 3))]
  expect(kernel).toEqual({ shape: [3, 3, 1], data: probe.kernels[0]?.data.filter(every4th(1)) })
  expect(map).toEqual({ shape: [8, 8], data: probe.maps[0]?.data.filter(every4th(3)) })
  const beyond = await slice('kernels', 4)
  expect(beyond.ok ? null : beyond.error.code).toBe('not-found')
})

test('readings of a moment: every layer’s numbers, and gradients that are the loss’s own', async () => {
  const readings = valueOf(await inspector.readings({ folder, model: 'cnn', moment: { epoch: 3 } }))
  expect(readings).toMatchObject({ epoch: 3, step: 33, samples: 40, part: 'validation' })
  expect(readings.layers.map(({ node, gradient }) => [node, gradient !== null])).toEqual([
    ['in', false],
    ['conv2d1', true],
    ['maxPooling2d2', false],
    ['dropout3', false],
    ['flatten4', false],
    ['dense5', true],
  ])
  const conv = readings.layers[1]!
  const total = (counts: readonly number[] = []) => counts.reduce((sum, count) => sum + count, 0)
  expect([total(conv.weights?.counts), total(conv.activations.counts)]).toEqual([36, 40 * 8 * 8 * 4])
  // Of cross-entropy after one sigmoid unit: ∂L/∂b is the mean of p − y, ∂L/∂w the mean of (p − y)·x.
  const gradient = new Float64Array(4 * 4 * 4 + 1)
  for (const { part, index, label } of validationSamples()) {
    const at = {
      folder,
      model: 'cnn',
      moment: { epoch: 3 },
      picture: { part, index },
      nodes: ['flatten4'],
      weights: [],
    }
    const probe = valueOf(await inspector.probe(at))
    const error = (probe.prediction[0] ?? NaN) - label
    probe.maps[0]?.data.forEach((x, place) => (gradient[place] = (gradient[place] ?? NaN) + (error * x) / 40))
    gradient[64] = (gradient[64] ?? NaN) + error / 40
  }
  expect(readings.layers[5]?.gradient).toBeCloseTo(Math.sqrt(gradient.reduce((sum, one) => sum + one * one, 0)), 5)
})

test('a damaged moment is a sentence, a missing one another, and all others stay as they are', async () => {
  const file = snapshotFile(folder, 'cnn', { epoch: 2 })
  const whole = await readFile(file)
  const damaged = Buffer.from(whole)
  // A bit of a weight: only the digest can tell.
  damaged[damaged.length - 40] = (damaged[damaged.length - 40] ?? 0) ^ 1
  const before = valueOf(await replay({ epoch: 1 }))
  for (const content of [damaged, whole.subarray(0, 100), Buffer.alloc(0)]) {
    await writeFile(file, content)
    const answer = await replay({ epoch: 2 })
    expect(answer.ok ? null : answer.error.message).toContain('after epoch 2 are damaged')
    expect(valueOf(await replay({ epoch: 1 }))).toEqual(before)
  }
  await rm(file)
  const answer = await replay({ epoch: 2 })
  expect(answer.ok ? null : answer.error.message).toContain('holds no weights of "cnn" after epoch 2')
  await writeFile(file, whole)
  expect(valueOf(await replay({ epoch: 2 })).epoch).toBe(2)
})
