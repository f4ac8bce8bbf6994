import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'vitest'
import { lenetCatDog } from '../src-main/common/templates/lenet-cat-dog.ts'
import type { TrainingEvent } from '../src-main/common/training/events.ts'
import { openBackend } from '../src-main/engine/backends/select.ts'
import type { Dataset } from '../src-main/engine/datasets/reader.ts'
import { randomSource } from '../src-main/engine/random.ts'
import { startTraining } from '../src-main/engine/train/loop.ts'
import { tensorflowOf } from '../src-main/engine/train/replay/binding.ts'
import { recordFigures } from './results.ts'

const STEPS = 20_000
const BATCH = 32
const SAMPLES = 3_200
/** Both models of the template take each step. */
const EPOCHS = STEPS / (SAMPLES / BATCH)
/** Allocators and caches find their size in the first steps. */
const WARM_SHARE = 0.2
/** Resident memory is read after a collection, but so seldom that it runs as it does without. */
const COLLECTION_STEPS = 4_000

/** What must not grow, and what may but little. */
interface Reading {
  readonly step: number
  readonly tensors: number
  readonly handles: number
  readonly sessions: number
  readonly files: number
  readonly residentMb: number
}

/** Random pictures: what they show does not matter to the memory. */
function randomDataset(): Dataset {
  const part = (count: number, seed: number) => {
    const random = randomSource(seed)
    return {
      inputs: Uint8Array.from({ length: count * 32 * 32 }, () => random.below(256)),
      targets: Float32Array.from({ length: count }, () => random.below(2)),
    }
  }
  return {
    descriptor: {
      title: 'Random',
      titles: { en: 'Random', ko: '무작위' },
      shape: [32, 32, 1],
      task: 'classification',
      classes: ['cat', 'dog'],
      counts: { train: SAMPLES, test: 256 },
      classCounts: [],
      origin: 'generated',
      about: { en: 'Random', ko: '무작위' },
      hash: 'random',
    } as unknown as Dataset['descriptor'],
    parts: { train: part(SAMPLES, 1), test: part(256, 2) },
  }
}

test('20,000 steps with probes and checkpoints: handles and memory', async (context) => {
  const opened = await openBackend('tensorflow')
  if (!opened.ok) {
    console.log(`Not measured: ${opened.error.message}`)
    return context.skip()
  }
  const backend = opened.value
  const { binding } = tensorflowOf(backend)
  const folder = await mkdtemp(path.join(tmpdir(), 'convas-soak-'))
  const readings: Reading[] = []
  let probes = 0
  const { gc } = globalThis
  if (gc === undefined) throw new Error('Node must have been started with --expose-gc.')
  let largestMb = 0
  const read = (step: number): Reading => {
    largestMb = Math.max(largestMb, residentMb())
    // JavaScript collects when it likes, so that memory rises and falls by tens of MB; what counts is what it cannot give back.
    if (step >= STEPS * WARM_SHARE && step % COLLECTION_STEPS === 0) gc()
    return {
      step,
      tensors: backend.tf.memory().numTensors,
      handles: binding.getNumOfTensors(),
      sessions: binding.getNumOfSavedModels(),
      files: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
      residentMb: residentMb(),
    }
  }
  const { models, recipe } = lenetCatDog.project
  const started = await startTraining({
    backend,
    dataset: randomDataset(),
    run: 'soak',
    folder,
    project: {
      ...lenetCatDog.project,
      recipe: { ...recipe, batchSize: BATCH, epochs: EPOCHS, split: { validation: 'test' } },
    },
    models: models.map(({ id }) => id),
    tell: (event: TrainingEvent) => {
      if (event.type === 'epoch' && event.model === models[0]?.id && event.epoch % 5 === 0)
        readings.push(read(event.epoch * (SAMPLES / BATCH)))
    },
    show: () => probes++,
    // Far more often than it is done otherwise.
    checkpoints: { intervalMs: 200, largestShare: Infinity },
  })
  if (!started.ok) throw new Error(started.error.message)
  const views = models.map(({ id, nodes }) => {
    const all = nodes.map((node) => node.id)
    return { model: id, maps: all, kernels: all, weights: [] }
  })
  started.value.watch({ picture: { part: 'test', index: 0 }, views, intervalMs: 100 })
  await started.value.ended
  const checkpoints = Math.max(
    ...readdirSync(path.join(folder, 'checkpoints')).map((name) => Number.parseInt(name, 10)),
  )
  await rm(folder, { recursive: true, force: true })

  const warm = readings.filter(({ step }) => step >= STEPS * WARM_SHARE)
  const growth = (key: 'tensors' | 'handles' | 'sessions' | 'files') =>
    `${(warm.at(-1)?.[key] ?? Number.NaN) - (warm[0]?.[key] ?? Number.NaN)} (${warm[0]?.[key]} to ${warm.at(-1)?.[key]})`
  const collected = warm.filter(({ step }) => step % COLLECTION_STEPS === 0)
  const slope = slopeOf(collected.map(({ step, residentMb: memory }) => [step / 1_000, memory] as const))
  await recordFigures(
    'Memory',
    `LeNet-5 and an MLP side by side, ${STEPS.toLocaleString('en')} steps of ${BATCH} on native TensorFlow in one run, with ` +
      `${probes.toLocaleString('en')} probes of all nodes and ${checkpoints} checkpoints. Growth from step ` +
      `${(STEPS * WARM_SHARE).toLocaleString('en')} on; the slope is that of a straight line through ${collected.length} readings, each after JavaScript has collected its garbage.`,
    [
      { what: 'tensors of tfjs, growth', wanted: '0', measured: growth('tensors') },
      { what: "handles of TensorFlow's binding, growth", wanted: '0', measured: growth('handles') },
      { what: 'sessions, growth', wanted: '0', measured: growth('sessions') },
      { what: 'open files, growth', wanted: '0', measured: growth('files') },
      {
        what: 'resident memory after a collection, slope',
        wanted: '< 1 MB per 1,000 steps',
        measured: `${slope.toFixed(2)} MB per 1,000 steps (${collected.map(({ residentMb: memory }) => memory.toFixed(0)).join(', ')} MB)`,
      },
      { what: 'resident memory, largest reading', wanted: '–', measured: `${largestMb.toFixed(0)} MB` },
    ],
  )
})

function residentMb(): number {
  if (process.platform !== 'linux') return process.memoryUsage().rss / 2 ** 20
  const pages = Number(/^\d+ (\d+)/.exec(readFileSync('/proc/self/statm', 'utf8'))?.[1])
  return (pages * 4_096) / 2 ** 20
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return above / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}
