import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { test } from 'vitest'
import type { Dataset } from '../src-main/engine/datasets/reader.ts'
import { createNodeSpawn, trainerEnvironment } from '../src-main/host/engine-process.ts'
import { contestNamed, inputShape, randomDataset, SAMPLES } from './contests.ts'
import type { Contest } from './contests.ts'
import { findPython } from './python.ts'
import type { Figure } from './results.ts'
import { median, recordFigures } from './results.ts'

/** The first of them is told apart. */
const EPOCHS = 6
/** How often each process is started anew for the time to the end of its first epoch. */
const STARTS = 3

/** Each rival in a process of its own, as a run is: TensorFlow takes its threads once. */
export function benchTraining(name: string) {
  test(`training ${name}, replayed, with Keras and with tfjs, epoch by epoch in turn`, () =>
    compete(contestNamed(name)))
}

async function compete(contest: Contest): Promise<void> {
  const python = await findPython()
  if (!python.ok) console.log(`Without Keras: ${python.reason}`)
  const { figures, usesGpu } = await measure(contest, python.ok ? python.path : null)
  await recordFigures(
    `Training ${contest.name}, batch ${contest.batch}`,
    `µs a sample over epochs of ${SAMPLES.toLocaleString('en')} random samples, medians of ${EPOCHS - 1} epochs after the first, taken in turn, the ratio of each pair of epochs; ` +
      `the first epoch in medians of ${STARTS} starts of each, in turn. ` +
      `Adam, the metrics of the task, the same TensorFlow, ${usesGpu ? 'on the GPU' : 'on the processor; no GPU was available'}. Ratios above 1: Convas is faster. ` +
      `Load of the machine, 5-minute average, these measurements included: ${(loadavg()[1] ?? 0).toFixed(1)} on ${cpus().length} cores.`,
    figures,
  )
}

/** From the start of a process, in milliseconds. */
interface FirstEpoch {
  /** To a library that is loaded. */
  readonly loadedMs: number
  /** Building the model and training its first epoch. */
  readonly trainedMs: number
}

interface Measured {
  readonly figures: readonly Figure[]
  readonly usesGpu: boolean
}

async function measure(contest: Contest, python: string | null): Promise<Measured> {
  const dataset = randomDataset(contest)
  const folder = await mkdtemp(path.join(tmpdir(), 'convas-bench-'))
  const files = await writeSamples(dataset, folder)
  const contestant = await bundleContestant()
  const startConvas = () => startRival([process.execPath, contestant], contest, files, trainerEnvironment())
  const startKeras = (env?: NodeJS.ProcessEnv) =>
    python === null ? null : startRival([python, script('keras-epochs.py')], contest, files, env)
  const first = { convas: [] as FirstEpoch[], keras: [] as FirstEpoch[] }
  const times = { convas: [] as number[], keras: [] as number[], kerasOneDnn: [] as number[], tfjs: [] as number[] }
  const rivals: Rival[] = []
  const started = (rival: Rival): Rival => {
    rivals.push(rival)
    return rival
  }
  try {
    let convas: Rival | null = null
    let keras: Rival | null = null
    for (let round = 0; round < STARTS; round++) {
      convas?.stop()
      keras?.stop()
      const engineMs = await engineStartMs(folder)
      convas = started(await startConvas())
      first.convas.push({ loadedMs: engineMs, trainedMs: convas.buildMs + (await convas.epochMs()) })
      const starting = startKeras()
      keras = starting && started(await starting)
      if (keras === null) continue
      first.keras.push({
        loadedMs: keras.readyMs - keras.buildMs,
        trainedMs: keras.buildMs + (await keras.epochMs()),
      })
    }
    const told = keras?.usesOneDnn === false ? startKeras({ ...process.env, TF_ENABLE_ONEDNN_OPTS: '1' }) : null
    const kerasOneDnn = told && started(await told)
    const tfjs = started(await startRival([process.execPath, script('tfjs-epochs.cjs')], contest, files))
    await kerasOneDnn?.epochMs()
    await tfjs.epochMs()
    for (let epoch = 2; epoch <= EPOCHS; epoch++) {
      times.convas.push((await convas?.epochMs()) ?? Number.NaN)
      if (keras !== null) times.keras.push(await keras.epochMs())
      if (kerasOneDnn !== null) times.kerasOneDnn.push(await kerasOneDnn.epochMs())
      times.tfjs.push(await tfjs.epochMs())
    }
    const perSample = (ms: number) => ((ms * 1000) / SAMPLES).toFixed(0)
    /** Of epochs taken one after the other, so that a busy machine is as slow for both. */
    const against = (other: readonly number[]) => {
      const ratio = median(other.map((time, epoch) => time / (times.convas[epoch] ?? Number.NaN)))
      const fastest = Math.min(...other) / Math.min(...times.convas)
      return `${ratio.toFixed(2)} (${perSample(median(other))} µs to ${perSample(median(times.convas))} µs); the fastest epoch of each ${fastest.toFixed(2)}`
    }
    const figures: Figure[] = [
      {
        what: `against tfjs-node ${tfjs.version}, \`model.fit\``,
        wanted: contest.wanted.tfjs,
        measured: against(times.tfjs),
      },
    ]
    const usesGpu = convas?.usesGpu === true
    if (keras === null) return { figures, usesGpu }
    const firstAgainst = (timeOf: (first: FirstEpoch) => number) => {
      const [ours, theirs] = [first.convas.map(timeOf), first.keras.map(timeOf)]
      const ratios = theirs.map((time, round) => time / (ours[round] ?? Number.NaN))
      const each = [...ratios].sort((one, other) => one - other).map((ratio) => ratio.toFixed(2))
      return `${median(ratios).toFixed(2)} (${(median(theirs) / 1000).toFixed(2)} s to ${(median(ours) / 1000).toFixed(2)} s); each: ${each.join(', ')}`
    }
    const againstKeras: Figure[] = [
      {
        what: `against Keras ${keras.version}, inside \`fit\``,
        wanted: contest.wanted.keras,
        measured: against(times.keras),
      },
      ...(kerasOneDnn === null
        ? []
        : [
            {
              what: 'against Keras told to use oneDNN’s kernels as Convas does (`TF_ENABLE_ONEDNN_OPTS=1`; TensorFlow leaves them out on this processor)',
              wanted: '–',
              measured: against(times.kerasOneDnn),
            },
          ]),
      ...figures,
      {
        what: 'to the end of the first epoch against Keras, from the start of the process',
        wanted: '≥ 2',
        measured: firstAgainst(({ loadedMs, trainedMs }) => loadedMs + trainedMs),
      },
      {
        what: 'to the end of the first epoch against Keras, both libraries loaded, models built and prepared within it',
        wanted: '–',
        measured: firstAgainst(({ trainedMs }) => trainedMs),
      },
    ]
    return { figures: againstKeras, usesGpu }
  } finally {
    for (const rival of rivals) rival.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Convas's own training as a program that speaks as the rivals do, built as the engine is. */
async function bundleContestant(): Promise<string> {
  const folder = fileURLToPath(new URL('../out/bench', import.meta.url))
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: script('convas-epochs.ts'),
      target: 'node16',
      outDir: folder,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'convas-epochs.cjs' } },
    },
  })
  return path.join(folder, 'convas-epochs.cjs')
}

/** From starting an engine's process to its answer that TensorFlow is ready, in milliseconds. */
async function engineStartMs(folder: string): Promise<number> {
  const startMs = performance.now()
  const spawnEngine = createNodeSpawn(fileURLToPath(new URL('../out/main/engine.js', import.meta.url)))
  const engine = spawnEngine({ engine: 'trainer', backend: 'tensorflow', cacheFolder: folder })
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

/** A program that trains the model of a contest, an epoch whenever it is asked. */
interface Rival {
  readonly version: string
  /** Whether TensorFlow takes oneDNN's kernels in it, where it tells. */
  readonly usesOneDnn: boolean | null
  readonly usesGpu: boolean
  /** From starting its process to the model being built. */
  readonly readyMs: number
  /** The building of the model alone. */
  readonly buildMs: number
  /** Trains one epoch. */
  readonly epochMs: () => Promise<number>
  readonly stop: () => void
}

async function startRival(
  command: readonly string[],
  contest: Contest,
  files: SampleFiles,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Rival> {
  const startMs = performance.now()
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    if (line.done === true) throw new Error(`${command.join(' ')} has ended.`)
    return JSON.parse(line.value) as {
      readonly seconds?: number
      readonly version?: string
      readonly buildSeconds?: number
      readonly oneDnn?: boolean
      readonly gpu?: boolean
    }
  }
  const layers = contest.model.nodes
    .filter((node) => node.layer !== 'input')
    .map(({ layer, params }) => [layer, params])
  const units = contest.model.nodes.at(-1)?.params['units']
  const { name, loss, batch } = contest
  const plan = {
    name,
    shape: inputShape(contest),
    layers,
    loss,
    units,
    samples: SAMPLES,
    batch,
    // More than are asked for: it is stopped.
    epochs: EPOCHS + 1,
    ...files,
  }
  child.stdin.write(`${JSON.stringify(plan)}\n`)
  const { version = '', buildSeconds = 0, oneDnn, gpu } = await next()
  return {
    version,
    usesOneDnn: oneDnn ?? null,
    usesGpu: gpu === true,
    readyMs: performance.now() - startMs,
    buildMs: buildSeconds * 1000,
    epochMs: async () => {
      child.stdin.write('go\n')
      const { seconds = Number.NaN } = await next()
      return seconds * 1000
    },
    stop: () => {
      child.stdin.end()
      child.kill()
    },
  }
}
