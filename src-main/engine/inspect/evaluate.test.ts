import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rocCurve } from '../../common/statistics/roc-curve.ts'
import type { JobProgress } from '../../common/contract.ts'
import { distortionLevels, undistorted } from '../../common/comparison/distortion.ts'
import type { Evaluation } from '../../common/training/evaluation.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Backend } from '../backends/backend.ts'
import { createDatasetStore } from '../datasets/store.ts'
import { buildDecoders } from '../datasets/testing/decoders.ts'
import type { TestDecoders } from '../datasets/testing/decoders.ts'
import { greyPng, writeFiles } from '../datasets/testing/pictures.ts'
import type { Dataset } from '../datasets/reader.ts'
import { openForTest } from '../testing/native.ts'
import { tinyCnn, tinyMlp, tinyProject } from '../testing/models.ts'
import { splitFor } from '../train/batches.ts'
import { startTraining } from '../train/loop.ts'
import { createComparer } from './compare.ts'
import type { Comparer } from './compare.ts'
import { createJobs } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import { createInspector } from './look.ts'
import type { Inspector } from './look.ts'

let root: string
let run: string
let decoders: TestDecoders
let dataset: Dataset
let inspector: Inspector
let comparer: Comparer
let jobs: Jobs
const progress: JobProgress[] = []
const events: TrainingEvent[] = []
const source = () => ({
  path: path.join(root, 'pets'),
  options: { format: 'pictures', width: 8, height: 8, channels: 1, fit: 'stretch' } as const,
})
// Batches that do not divide the parts, so that each sample's place has to be right.
const project = () => ({
  ...tinyProject([tinyCnn, tinyMlp], { epochs: 2, split: { validation: 0.25 }, evaluationBatchSize: 3 }),
  dataset: source(),
})

/** Overlapping shades of two classes, so that some answers are wrong: 40 to train on, 20 to test. */
function writePets(): Promise<void> {
  const files = Array.from({ length: 60 }, (_, index) => {
    const shade = 60 + ((index * 37) % 100) + (index % 2) * 40
    const part = index < 40 ? 'train' : 'test'
    return [`pets/${part}/${index % 2 === 0 ? 'dark' : 'light'}/${index}.png`, greyPng(shade)]
  })
  return writeFiles(root, Object.fromEntries(files) as Record<string, Uint8Array>)
}

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-evaluate-'))
  await writePets()
  decoders = await buildDecoders({ tensorflow: false })
  const backend = ((await openForTest('tensorflow')) ?? (await openForTest('wasm'))) as Backend
  const datasets = createDatasetStore({
    cacheFolder: path.join(root, 'cache'),
    decoders: decoders.pool,
    tell: () => undefined,
  })
  const opened = await datasets.open(source())
  if (!opened.ok) throw new Error(opened.error.message)
  dataset = opened.value
  run = path.join(root, 'r')
  await mkdir(run)
  const started = await startTraining({
    backend,
    dataset,
    run: 'r',
    folder: run,
    project: project(),
    models: ['cnn', 'mlp'],
    tell: (event) => events.push(event),
    show: () => undefined,
  })
  if (!started.ok) throw new Error(started.error.message)
  await started.value.ended
  inspector = createInspector(backend, datasets, decoders.pool)
  jobs = createJobs((told) => progress.push(told))
  comparer = createComparer({ backend, jobs, looking: inspector })
})
afterAll(async () => {
  decoders.close()
  await rm(root, { recursive: true, force: true })
})

async function evaluate(part: 'validation' | 'test'): Promise<readonly Evaluation[]> {
  const answer = await inspector.evaluate({ folder: run, source: null, part })
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

test('a finished run is judged on the samples that its recipe held back, as the training judged them', async () => {
  const { part, positions } = splitFor(dataset, project().recipe).validation
  expect(part).toBe('train')
  for (const { model, epoch, loss, accuracy, answers } of await evaluate('validation')) {
    expect(answers.positions).toEqual(positions)
    const told = events.find((event) => event.type === 'epoch' && event.model === model && event.epoch === epoch)
    expect(told).toMatchObject({ valAccuracy: accuracy, valLoss: expect.closeTo(loss, 5) as number })
  }
})

test.each(['validation', 'test'] as const)('answers sample by sample are those of the counts: %s', async (part) => {
  const evaluations = await evaluate(part)
  expect(evaluations.map(({ model }) => model)).toEqual(['cnn', 'mlp'])
  for (const { classes, counts, samples, metrics, answers } of evaluations) {
    const recounted = new Array<number>(classes * classes).fill(0)
    answers.truths.forEach((truth, sample) => {
      const cell = truth * classes + (answers.classes[sample] as number)
      recounted[cell] = (recounted[cell] ?? 0) + 1
    })
    expect(answers.positions).toHaveLength(samples)
    expect(recounted).toEqual(counts)
    expect(answers.probabilities).toHaveLength(samples * classes)
    answers.classes.forEach((said, sample) => {
      const sums = [...(answers.probabilities ?? [])].slice(sample * classes, (sample + 1) * classes)
      expect(sums.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5)
      expect(sums[said]).toBe(Math.max(...sums))
    })
    const curve = rocCurve(answers.scores ?? [], (sample) => answers.truths[sample] === 1)
    const { falsePositiveRates = [], truePositiveRates = [] } = curve ?? {}
    const area = truePositiveRates.slice(1).reduce((sum, height, index) => {
      const width = (falsePositiveRates[index + 1] as number) - (falsePositiveRates[index] as number)
      return sum + (width * (height + (truePositiveRates[index] as number))) / 2
    }, 0)
    expect(area).toBeCloseTo(metrics.auc ?? NaN, 9)
  }
})

const both = () => ['cnn', 'mlp'].map((model) => ({ folder: run, model }))

test('models are judged as their run is evaluated, and what was judged is at hand without a sample being asked again', async () => {
  const judged = await comparer.judge({ models: both(), job: 'first' })
  if (!judged.ok) throw new Error(judged.error.message)
  const [tests, validations] = [await evaluate('test'), await evaluate('validation')]
  expect(judged.value.judged).toEqual(tests.map((one, index) => ({ test: one, validation: validations[index] })))
  expect(judged.value.classes).toEqual(['dark', 'light'])
  expect(progress.at(-1)).toMatchObject({ job: 'first', state: 'done' })
  const again = await comparer.judge({ models: both().reverse(), job: 'second' })
  expect(again.ok && again.value.judged[1]?.test).toBe(judged.value.judged[0]?.test)
})

test('a sweep that is cancelled ends, and one that is not begins with what the models answer to pictures as they are', async () => {
  jobs.cancel('given up')
  expect(await comparer.sweep({ models: both(), kind: 'turn', job: 'given up' })).toMatchObject({
    ok: false,
    error: { code: 'cancelled' },
  })
  const swept = await comparer.sweep({ models: both(), kind: 'noise', job: 'noise' })
  if (!swept.ok) throw new Error(swept.error.message)
  const { levels, accuracy, samples } = swept.value
  expect([levels, samples]).toEqual([distortionLevels.noise, 20])
  expect(accuracy.map(([first]) => first)).toEqual((await evaluate('test')).map((one) => one.accuracy))
  expect(new Set(accuracy.flat()).size).toBeGreaterThan(1)
})

test('all models answer to one picture that is distorted, and to the picture itself as they do elsewhere', async () => {
  const [cnn] = await evaluate('test')
  const subjects = both().map((one) => ({ ...one, moment: { epoch: cnn?.epoch ?? 0 } }))
  const sample = { part: 'test', index: 3 } as const
  const ask = async (hidden: number) => {
    const answer = await comparer.distorted({ subjects, sample, distortion: { ...undistorted, hidden } })
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value
  }
  const plain = await ask(0)
  expect(plain.answers[0]?.[1]).toBeCloseTo(cnn?.answers.probabilities?.[3 * 2 + 1] ?? NaN, 5)
  expect(plain.values[0]).toBeCloseTo((dataset.parts.test.inputs[3 * 64] ?? NaN) / 255, 6)
  const hidden = await ask(1)
  expect(new Set(hidden.values)).toEqual(new Set([0.5]))
  expect(hidden.answers).not.toEqual(plain.answers)
})
