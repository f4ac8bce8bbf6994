import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rocCurve } from '../../common/statistics/roc-curve.ts'
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
import { createInspector } from './look.ts'
import type { Inspector } from './look.ts'

let root: string
let run: string
let decoders: TestDecoders
let dataset: Dataset
let inspector: Inspector
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
