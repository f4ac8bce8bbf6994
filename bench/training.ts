import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { analyzeModel } from '../src-main/common/graph/analyze.ts'
import type { Model } from '../src-main/common/graph/graph.ts'
import { kopoCifarBn } from '../src-main/common/templates/kopo-cifar-bn.ts'
import { kopoCifar } from '../src-main/common/templates/kopo-cifar.ts'
import { lenetCatDog } from '../src-main/common/templates/lenet-cat-dog.ts'
import { mnistCnn } from '../src-main/common/templates/mnist-cnn.ts'
import { chainModel } from '../src-main/common/templates/template.ts'
import { trafficConv1d } from '../src-main/common/templates/traffic-conv1d.ts'
import type { Recipe } from '../src-main/common/training/recipe.ts'
import type { Backend } from '../src-main/engine/backends/backend.ts'
import { wantsOneThreadAnOp } from '../src-main/common/training/step-size.ts'
import { takeOneThreadAnOp } from '../src-main/engine/backends/threads.ts'
import { openBackend } from '../src-main/engine/backends/select.ts'
import { compileModel } from '../src-main/engine/compile/compile.ts'
import type { Dataset } from '../src-main/engine/datasets/reader.ts'
import { randomSource } from '../src-main/engine/random.ts'
import { epochOrder, makeBatch } from '../src-main/engine/train/batches.ts'
import { createReplayedStep } from '../src-main/engine/train/replay/replayed-step.ts'
import type { TrainingStep } from '../src-main/engine/train/step.ts'
import { createNodeSpawn } from '../src-main/host/engine-process.ts'
import { findPython } from './python.ts'
import type { Figure } from './results.ts'
import { median, recordFigures } from './results.ts'

const SAMPLES = 8_000
const EPOCHS = 6

interface Contest {
  readonly name: string
  readonly model: Model
  readonly loss: Recipe['loss']
  readonly classes: number
  readonly batch: number
  readonly wanted: { readonly tfjs: string; readonly keras: string }
}

const contests: readonly Contest[] = [
  {
    name: 'lenet-cat-dog',
    model: lenetCatDog.project.models[0] as Model,
    loss: 'binaryCrossentropy',
    classes: 2,
    batch: 32,
    wanted: { tfjs: '≥ 4', keras: '≥ 1.4' },
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
    wanted: { tfjs: '≥ 4', keras: '≥ 1.8' },
  },
  {
    name: 'traffic-conv1d',
    model: trafficConv1d.project.models[0] as Model,
    loss: 'meanSquaredError',
    classes: 0,
    batch: 32,
    wanted: { tfjs: '≥ 6', keras: '≥ 2' },
  },
  ...(
    [
      ['mnist-cnn', mnistCnn, 128],
      ['kopo-cifar', kopoCifar, 200],
      ['kopo-cifar-bn', kopoCifarBn, 200],
    ] as const
  ).map(([name, { project }, batch]): Contest => ({
    name,
    model: project.models[0] as Model,
    loss: 'categoricalCrossentropy',
    classes: 10,
    batch,
    wanted: { tfjs: '≥ 1.8', keras: '≥ 1.1' },
  })),
]

/** Each in a process of its own, as a run is: TensorFlow takes its threads once. */
export function benchTraining(name: string) {
  const contest = contests.find((one) => one.name === name)
  if (contest === undefined) throw new Error(`no contest ${name}`)
  test(`training ${name}, replayed, with Keras and with tfjs, epoch by epoch in turn`, () => compete(contest))
}

async function compete(contest: Contest): Promise<void> {
  const { batch } = contest
  const multiplyAdds = batch * analyzeModel(contest.model, null).multiplyAdds
  if (wantsOneThreadAnOp({ batch, multiplyAdds })) takeOneThreadAnOp()
  const opened = await openBackend('tensorflow')
  if (!opened.ok) {
    console.log(`Not measured: ${opened.error.message}`)
    return
  }
  const python = await findPython()
  if (!python.ok) console.log(`Without Keras: ${python.reason}`)
  await recordFigures(
    `Training ${contest.name}, batch ${contest.batch}`,
    `µs a sample over epochs of ${SAMPLES.toLocaleString('en')} random samples, medians of ${EPOCHS - 1} epochs after the first, taken in turn, the ratio of each pair of epochs; ` +
      'Adam, the metrics of the task, the same TensorFlow. Ratios above 1: Convas is faster. ' +
      `Load of the machine, 5-minute average, these measurements included: ${(loadavg()[1] ?? 0).toFixed(1)} on ${cpus().length} cores.`,
    await measure(opened.value, contest, python.ok ? python.path : null),
  )
}

async function measure(backend: Backend, contest: Contest, python: string | null): Promise<readonly Figure[]> {
  const dataset = randomDataset(contest)
  const folder = await mkdtemp(path.join(tmpdir(), 'convas-bench-'))
  const files = await writeSamples(dataset, folder)
  const engineMs = await engineStartMs(folder)
  const startMs = performance.now()
  const replayed = createReplayed(backend, contest, dataset)
  const preparingMs = performance.now() - startMs
  const keras = python === null ? null : await startRival([python, script('keras-epochs.py')], contest, files)
  const tfjs = await startRival([process.execPath, script('tfjs-epochs.cjs')], contest, files)
  const times = { replayed: [] as number[], tfjs: [] as number[], keras: [] as number[] }
  try {
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      times.replayed.push(await trainEpoch(backend, replayed, dataset, contest.batch, epoch))
      if (keras !== null) times.keras.push(await keras.epoch())
      times.tfjs.push(await tfjs.epoch())
    }
  } finally {
    keras?.stop()
    tfjs.stop()
    replayed.dispose()
    await rm(folder, { recursive: true, force: true })
  }
  const typical = (values: readonly number[]) => median(values.slice(1))
  /** Of epochs taken one after the other, so that a busy machine is as slow for both. */
  const against = (other: readonly number[]) => {
    const ratio = typical(other.map((time, epoch) => time / (times.replayed[epoch] ?? Number.NaN)))
    const fastest = Math.min(...other.slice(1)) / Math.min(...times.replayed.slice(1))
    return `${ratio.toFixed(2)} (${typical(other).toFixed(0)} µs to ${typical(times.replayed).toFixed(0)} µs); the fastest epoch of each ${fastest.toFixed(2)}`
  }
  const figures: Figure[] = [
    {
      what: `against tfjs-node ${tfjs.version}, \`model.fit\``,
      wanted: contest.wanted.tfjs,
      measured: against(times.tfjs),
    },
  ]
  if (keras === null) return figures
  const firstMs = (times.replayed[0] ?? Number.NaN) * (SAMPLES / 1000)
  const kerasFirstMs = (times.keras[0] ?? Number.NaN) * (SAMPLES / 1000)
  const compared = (other: number, ours: number) =>
    `${(other / ours).toFixed(2)} (${(other / 1000).toFixed(2)} s to ${(ours / 1000).toFixed(2)} s)`
  return [
    {
      what: `against Keras ${keras.version}, inside \`fit\``,
      wanted: contest.wanted.keras,
      measured: against(times.keras),
    },
    ...figures,
    {
      what: 'to the end of the first epoch against Keras, from the start of the process',
      wanted: '≥ 2',
      measured: compared(keras.readyMs + kerasFirstMs, engineMs + preparingMs + firstMs),
    },
    {
      what: 'to the end of the first epoch against Keras, both libraries loaded, models built and prepared within it',
      wanted: '–',
      measured: compared(keras.buildMs + kerasFirstMs, preparingMs + firstMs),
    },
  ]
}

/** From starting an engine's process to its answer that TensorFlow is ready, in milliseconds. */
async function engineStartMs(folder: string): Promise<number> {
  const startMs = performance.now()
  const spawn = createNodeSpawn(fileURLToPath(new URL('../out/main/engine.js', import.meta.url)))
  const engine = spawn({ engine: 'trainer', backend: 'tensorflow', cacheFolder: folder })
  return new Promise((resolve, reject) => {
    engine.onExit(({ lastWords }) => reject(new Error(`The engine ended: ${lastWords}`)))
    engine.onMessage((message) => {
      if (message.kind === 'ready') engine.send({ id: 1, method: 'backend', params: {} })
      if (message.kind !== 'answer') return
      resolve(performance.now() - startMs)
      engine.kill()
    })
  })
}

function compile(backend: Backend, { model }: Contest) {
  const compiled = compileModel(backend, model, 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.value
}

function recipeOf({ loss }: Contest): Pick<Recipe, 'optimizer' | 'loss'> {
  return { optimizer: { type: 'adam', learningRate: 0.001 }, loss }
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
): Promise<number> {
  const order = epochOrder(
    Int32Array.from({ length: SAMPLES }, (_, index) => index),
    1,
    epoch,
  )
  const startMs = performance.now()
  let number = (epoch - 1) * Math.ceil(SAMPLES / size)
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
  return ((performance.now() - startMs) * 1000) / SAMPLES
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

interface SampleFiles {
  readonly inputs: string
  readonly targets: string
}

/** The samples as float32, for whoever reads them from another process. */
async function writeSamples(dataset: Dataset, folder: string): Promise<SampleFiles> {
  const { inputs, targets } = dataset.parts.train
  const files = { inputs: path.join(folder, 'inputs'), targets: path.join(folder, 'targets') }
  const scale = inputs instanceof Uint8Array ? 1 / 255 : 1
  await writeFile(
    files.inputs,
    Float32Array.from(inputs, (value: number) => value * scale),
  )
  await writeFile(files.targets, targets)
  return files
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** Another program that trains the same model, an epoch whenever it is asked. */
interface Rival {
  readonly version: string
  /** From starting its process to the model being built. */
  readonly readyMs: number
  /** The building of the model alone. */
  readonly buildMs: number
  /** Trains one epoch; µs a sample. */
  readonly epoch: () => Promise<number>
  readonly stop: () => void
}

async function startRival(command: readonly string[], contest: Contest, files: SampleFiles): Promise<Rival> {
  const startMs = performance.now()
  const [program = '', ...args] = command
  // The rivals keep the threads that TensorFlow takes by itself, as whoever runs them has it.
  const { TF_NUM_INTRAOP_THREADS: _, ...env } = process.env
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    if (line.done === true) throw new Error(`${program} has ended.`)
    return JSON.parse(line.value) as {
      readonly seconds?: number
      readonly version?: string
      readonly buildSeconds?: number
    }
  }
  const layers = contest.model.nodes
    .filter((node) => node.layer !== 'input')
    .map(({ layer, params }) => [layer, params])
  const units = contest.model.nodes.at(-1)?.params['units']
  const { loss, batch } = contest
  const plan = { shape: inputShape(contest), layers, loss, units, samples: SAMPLES, batch, epochs: EPOCHS, ...files }
  child.stdin.write(`${JSON.stringify(plan)}\n`)
  const { version = '', buildSeconds = 0 } = await next()
  return {
    version,
    readyMs: performance.now() - startMs,
    buildMs: buildSeconds * 1000,
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
