import { execFile, spawn } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, homedir, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'vitest'
import type { Model } from '../src-main/common/graph/graph.ts'
import { lenetCatDog } from '../src-main/common/templates/lenet-cat-dog.ts'
import { mnistCnn } from '../src-main/common/templates/mnist-cnn.ts'
import { chainModel } from '../src-main/common/templates/template.ts'
import { trafficConv1d } from '../src-main/common/templates/traffic-conv1d.ts'
import type { Recipe } from '../src-main/common/training/recipe.ts'
import type { Backend } from '../src-main/engine/backends/backend.ts'
import { openBackend } from '../src-main/engine/backends/select.ts'
import { compileModel } from '../src-main/engine/compile/compile.ts'
import type { Dataset } from '../src-main/engine/datasets/reader.ts'
import { randomSource } from '../src-main/engine/random.ts'
import { epochOrder, makeBatch } from '../src-main/engine/train/batches.ts'
import { createEagerStep } from '../src-main/engine/train/eager-step.ts'
import { createReplayedStep } from '../src-main/engine/train/replay/replayed-step.ts'
import type { TrainingStep } from '../src-main/engine/train/step.ts'
import type { Figure } from './results.ts'
import { median, recordFigures } from './results.ts'

const SAMPLES = 8_000
const EPOCHS = 6
const EAGER_SHARE = 4
const KERAS = ['tensorflow-cpu==2.21.0', 'keras==3.15.1']

interface Contest {
  readonly name: string
  readonly model: Model
  readonly loss: Recipe['loss']
  readonly classes: number
  readonly batch: number
  readonly wanted: { readonly eager: string; readonly keras: string }
}

const contests: readonly Contest[] = [
  {
    name: 'lenet-cat-dog (LeNet-5)',
    model: lenetCatDog.project.models[0] as Model,
    loss: 'binaryCrossentropy',
    classes: 2,
    batch: 32,
    wanted: { eager: '≥ 2', keras: '≥ 1.4' },
  },
  {
    name: 'MLP 784-512-512-10',
    model: chainModel('mlp', 'MLP', [
      ['input', { shape: [28, 28, 1] }],
      ['flatten'],
      ['dense', { units: 512, activation: 'relu' }],
      ['dense', { units: 512, activation: 'relu' }],
      ['dense', { units: 10, activation: 'softmax' }],
    ]),
    loss: 'categoricalCrossentropy',
    classes: 10,
    batch: 128,
    wanted: { eager: '≥ 2', keras: '≥ 1.8' },
  },
  {
    name: 'traffic-conv1d',
    model: trafficConv1d.project.models[0] as Model,
    loss: 'meanSquaredError',
    classes: 0,
    batch: 32,
    wanted: { eager: '≥ 2', keras: '≥ 2' },
  },
  {
    name: 'mnist-cnn',
    model: mnistCnn.project.models[0] as Model,
    loss: 'categoricalCrossentropy',
    classes: 10,
    batch: 128,
    wanted: { eager: '≥ 1.1', keras: '≥ 1.1' },
  },
]

test('training: replayed against op by op and against Keras, epoch by epoch in turn', async (context) => {
  const opened = await openBackend('tensorflow')
  if (!opened.ok) {
    console.log(`Not measured: ${opened.error.message}`)
    context.skip()
    return
  }
  const python = await kerasPython()
  if (!python.ok) console.log(`Without Keras: ${python.reason}`)
  const figures: Figure[] = []
  for (const contest of contests)
    figures.push(...(await measure(opened.value, contest, python.ok ? python.path : null)))
  await recordFigures(
    'Training',
    `µs a sample over epochs of ${SAMPLES.toLocaleString('en')} random samples, medians of ${EPOCHS - 1} epochs after the first, taken in turn, the ratio of each pair of epochs; ` +
      `Adam, the metrics of the task. Op by op: tfjs-node's ops with the optimiser over all weights as one vector, ` +
      `1/${EAGER_SHARE} of an epoch. Keras: the inside of \`fit\`. Ratios above 1: replaying is faster. ` +
      `Load of the machine meanwhile, 15-minute average, other work included: ${(loadavg()[2] ?? 0).toFixed(1)} on ${cpus().length} cores.`,
    figures,
  )
})

async function measure(backend: Backend, contest: Contest, python: string | null): Promise<readonly Figure[]> {
  const dataset = randomDataset(contest)
  const startMs = performance.now()
  const replayed = createReplayed(backend, contest, dataset)
  const preparing = ((performance.now() - startMs) * 1000) / SAMPLES
  const eager = createEager(backend, contest, dataset)
  const folder = await mkdtemp(path.join(tmpdir(), 'convas-bench-'))
  const keras = python === null ? null : await startKeras(python, contest, dataset, folder)
  const times = { replayed: [] as number[], eager: [] as number[], keras: [] as number[] }
  try {
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      times.replayed.push(await trainEpoch(backend, replayed, dataset, contest.batch, epoch, SAMPLES))
      if (keras !== null) times.keras.push(await keras.epoch())
      times.eager.push(await trainEpoch(backend, eager, dataset, contest.batch, epoch, SAMPLES / EAGER_SHARE))
    }
  } finally {
    keras?.stop()
    for (const step of [replayed, eager]) step.dispose()
    await rm(folder, { recursive: true, force: true })
  }
  const typical = (values: readonly number[]) => median(values.slice(1))
  /** Of epochs taken one after the other, so that a busy machine is as slow for both. */
  const against = (other: readonly number[]) => {
    const ratio = typical(other.map((time, epoch) => time / (times.replayed[epoch] ?? Number.NaN)))
    return `${ratio.toFixed(2)} (${typical(other).toFixed(0)} µs to ${typical(times.replayed).toFixed(0)} µs)`
  }
  const title = `${contest.name}, batch ${contest.batch}`
  return [
    {
      what: `${title}: against op by op`,
      wanted: contest.wanted.eager,
      measured: against(times.eager),
    },
    ...(keras === null
      ? []
      : [
          {
            what: `${title}: against Keras ${keras.version}`,
            wanted: contest.wanted.keras,
            measured: against(times.keras),
          },
          {
            what: `${title}: to the end of the first epoch, preparing included, against Keras`,
            wanted: '≥ 2',
            measured: ((times.keras[0] ?? Number.NaN) / (preparing + (times.replayed[0] ?? Number.NaN))).toFixed(2),
          },
        ]),
  ]
}

function compile(backend: Backend, { model }: Contest) {
  const compiled = compileModel(backend, model, 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.value
}

function recipeOf({ loss }: Contest): Pick<Recipe, 'optimizer' | 'loss'> {
  return { optimizer: { type: 'adam', learningRate: 0.001 }, loss }
}

function createEager(backend: Backend, contest: Contest, dataset: Dataset): TrainingStep {
  return createEagerStep(backend, compile(backend, contest), recipeOf(contest), dataset.descriptor.task)
}

function createReplayed(backend: Backend, contest: Contest, dataset: Dataset): TrainingStep {
  const { batch } = contest
  const training = [batch, SAMPLES % batch].filter((size) => size > 0)
  return createReplayedStep({
    backend,
    model: compile(backend, contest),
    recipe: recipeOf(contest),
    dataset,
    batches: { training, evaluation: [] },
  })
}

/** µs a sample. Messages are let in between steps, as in a run. */
async function trainEpoch(
  backend: Backend,
  step: TrainingStep,
  dataset: Dataset,
  size: number,
  epoch: number,
  samples: number,
): Promise<number> {
  const order = epochOrder(
    Int32Array.from({ length: SAMPLES }, (_, index) => index),
    1,
    epoch,
  ).subarray(0, samples)
  const startMs = performance.now()
  let number = (epoch - 1) * Math.ceil(samples / size)
  for (let start = 0; start < order.length;) {
    await new Promise((resolve) => setImmediate(resolve))
    const count =
      step.several !== undefined && start + step.several.count * size <= order.length ? step.several.count : 1
    const batches = Array.from({ length: count }, (_, index) =>
      makeBatch(backend.tf, dataset, 'train', order.subarray(start + index * size, start + (index + 1) * size)),
    )
    if (count > 1)
      step.several?.train(
        batches,
        batches.map(() => 0.001),
        number + 1,
      )
    else for (const batch of batches) step.train(batch, 0.001, number + 1)
    for (const batch of batches) batch.dispose()
    number += count
    start += count * size
  }
  return ((performance.now() - startMs) * 1000) / samples
}

function inputShape({ model }: Contest): readonly number[] {
  return model.nodes.find((node) => node.layer === 'input')?.params['shape'] as readonly number[]
}

/** Random pictures with random labels, or random series for regression: only their size matters here. */
function randomDataset(contest: Contest): Dataset {
  const shape = inputShape(contest)
  const { classes } = contest
  const random = randomSource(1)
  const part = (count: number) => {
    const length = count * shape.reduce((product, side) => product * side, 1)
    return {
      inputs:
        classes === 0
          ? Float32Array.from({ length }, () => random.uniform())
          : Uint8Array.from({ length }, () => random.below(256)),
      targets: Float32Array.from({ length: count }, () => (classes === 0 ? random.uniform() : random.below(classes))),
    }
  }
  const counts = { train: SAMPLES, test: 0 }
  return {
    descriptor: {
      source: { source: 'random' },
      title: 'Random',
      origin: 'made',
      shape,
      task: classes === 0 ? 'regression' : 'classification',
      classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
      counts,
      hash: '',
    } as unknown as Dataset['descriptor'],
    parts: { train: part(counts.train), test: part(counts.test) },
  }
}

type KerasPython = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string }

/** Python with the same TensorFlow and Keras, in an environment that is made once. */
async function kerasPython(): Promise<KerasPython> {
  const run = promisify(execFile)
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  const folder = path.join(cache, 'convas', 'bench-keras')
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  try {
    const isThere = await access(python).then(
      () => true,
      () => false,
    )
    if (!isThere) await run('python3', ['-m', 'venv', folder])
    const isReady = await run(python, ['-c', 'import keras, tensorflow']).then(
      () => true,
      () => false,
    )
    if (!isReady) await run(python, ['-m', 'pip', 'install', '--quiet', ...KERAS], { maxBuffer: 2 ** 24 })
    return { ok: true, path: python }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

interface KerasEpochs {
  readonly version: string
  /** Trains one epoch; µs a sample. */
  readonly epoch: () => Promise<number>
  readonly stop: () => void
}

async function startKeras(python: string, contest: Contest, dataset: Dataset, folder: string): Promise<KerasEpochs> {
  const { inputs, targets } = dataset.parts.train
  const files = { inputs: path.join(folder, 'inputs'), targets: path.join(folder, 'targets') }
  const scale = inputs instanceof Uint8Array ? 1 / 255 : 1
  await writeFile(
    files.inputs,
    Float32Array.from(inputs, (value: number) => value * scale),
  )
  await writeFile(files.targets, targets)
  const script = fileURLToPath(new URL('keras-epochs.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    if (line.done === true) throw new Error('The Keras process has ended.')
    return JSON.parse(line.value) as { readonly seconds?: number; readonly version?: string }
  }
  const layers = contest.model.nodes
    .filter((node) => node.layer !== 'input')
    .map(({ layer, params }) => [layer, params])
  const last = contest.model.nodes.at(-1)?.params['units']
  const plan = {
    shape: inputShape(contest),
    layers,
    loss: contest.loss,
    units: last,
    samples: SAMPLES,
    batch: contest.batch,
    epochs: EPOCHS,
    ...files,
  }
  child.stdin.write(`${JSON.stringify(plan)}\n`)
  const ready = await next()
  return {
    version: ready.version ?? '',
    epoch: async () => {
      child.stdin.write('go\n')
      const { seconds = Number.NaN } = await next()
      return (seconds * 1e6) / SAMPLES
    },
    stop: () => {
      child.stdin.end()
      child.kill()
    },
  }
}
