import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import { openBackend } from '../backends/select.ts'
import { randomSource } from '../random.ts'
import { chain, tinyProject } from '../testing/models.ts'
import type { TrainerPlan } from '../testing/trainer-process.ts'
import { readCheckpoint } from './checkpoint.ts'
import { readSnapshot, snapshotMoments } from './run-folder.ts'

/** Under the project, where the bundle finds its packages. */
const bundle = path.resolve('.cache', `killed-${process.pid}`)
let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-killed-'))
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: 'src-main/engine/testing/trainer-process.ts',
      outDir: bundle,
      target: 'node16',
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'trainer.js' } },
    },
  })
})
afterAll(async () => {
  await rm(root, { recursive: true, force: true })
  await rm(bundle, { recursive: true, force: true })
})

/** Moving statistics and dropout have a state of their own. */
const model = chain(
  'cnn',
  ['input', { shape: [8, 8, 1] }],
  ['conv2d', { filters: 3, kernelSize: 3, padding: 'same' }],
  ['batchNormalization', {}],
  ['activation', { activation: 'relu' }],
  ['maxPooling2d', { poolSize: 2 }],
  ['dropout', { rate: 0.25 }],
  ['flatten', {}],
  ['dense', { units: 1, activation: 'sigmoid' }],
)
/** So do moments, best weights, and what a plateau has made of the rate; the last batch of an epoch is a smaller one. */
const recipes = {
  'samples in the session, a step schedule': {
    optimizer: { type: 'adam', learningRate: 0.003 },
    schedule: { type: 'step', stepSize: 7, gamma: 0.9 },
  },
  'varied samples, class weights, a plateau': {
    optimizer: { type: 'nadam', learningRate: 0.003 },
    schedule: {
      type: 'plateau',
      monitor: 'loss',
      factor: 0.8,
      patience: 2,
      minDelta: 0.01,
      cooldown: 1,
      minimum: 1e-5,
    },
    augmentation: { flipVertical: true, shift: 0.1, noise: 0.05 },
    classWeights: { right: 1, left: 1.5 },
    clipping: { type: 'globalNorm', limit: 1 },
  },
} as const satisfies Record<string, Partial<Recipe>>
const projectOf = (name: keyof typeof recipes, epochs: number) =>
  tinyProject([model], {
    epochs,
    ...recipes[name],
    earlyStopping: { patience: epochs, minDelta: 0, restoreBest: true },
  })

interface Life {
  /** The types of events that it told. */
  readonly told: readonly string[]
  readonly hasEnded: boolean
}

/** One life of the trainer: until some milliseconds after so many events, or until its end. */
async function live(plan: TrainerPlan, kill?: { readonly events: number; readonly delayMs: number }): Promise<Life> {
  const child: ChildProcess = spawn(process.execPath, [path.join(bundle, 'trainer.js'), JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const told: string[] = []
  if (child.stdout === null) throw new Error('no output')
  createInterface(child.stdout).on('line', (line) => {
    told.push(line)
    if (told.length === kill?.events) setTimeout(() => child.kill('SIGKILL'), kill.delayMs)
  })
  const [code, signal] = (await ended) as [number | null, string | null]
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(complaint)
  return { told, hasEnded: signal === null }
}

/** All that a run leaves behind and that has to be the same. */
async function remains(folder: string) {
  const snapshots = await Promise.all(
    (await snapshotMoments(folder, 'cnn')).map((moment) => readSnapshot(folder, 'cnn', moment)),
  )
  const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n')
  const events = lines.map((line) => JSON.parse(line) as TrainingEvent)
  const found = await readCheckpoint(folder)
  if (!found.ok) throw new Error(found.error.message)
  const { position, models } = found.value.checkpoint
  return {
    snapshots,
    position,
    models: models.map(({ trainingMs: _, ...rest }) => rest),
    events: events.flatMap((event): TrainingEvent[] => {
      if (event.type === 'epoch') return [{ ...event, seconds: 0, samplesPerSecond: 0 }]
      return ['confusion', 'model-finished', 'run-finished'].includes(event.type) ? [event] : []
    }),
  }
}

/** Of each recipe on native TensorFlow. */
const kills = Number(process.env['CONVAS_KILLS'] ?? 15)
const contests: readonly (readonly [BackendChoice, number, keyof typeof recipes, number])[] = [
  ['tensorflow', kills, 'samples in the session, a step schedule', 100],
  ['tensorflow', kills, 'varied samples, class weights, a plateau', 60],
  ['wasm', 5, 'samples in the session, a step schedule', 8],
]
test.each(contests)(
  'on %s, killed at %i random moments, a run comes to the same to the bit as one never interrupted: %s',
  async (backend, kills, recipe, epochs) => {
    const opened = await openBackend(backend)
    if (!opened.ok) return console.warn(`Not tested: ${opened.error.message}`)
    const plan = { backend, project: projectOf(recipe, epochs) }
    const whole = await mkdtemp(path.join(root, 'whole-'))
    await live({ ...plan, folder: whole })
    const expected = await remains(whole)
    expect(expected.position).toEqual({ done: epochs, taken: 0, step: epochs * 11, samples: epochs * 161 })

    const random = randomSource(20_261_124)
    let killed = 0
    const lastSteps = new Set<number>()
    let folder = await mkdtemp(path.join(root, 'killed-'))
    while (killed < kills) {
      const { hasEnded } = await live(
        { ...plan, folder },
        { events: 5 + random.below(30), delayMs: random.between(0, 15) },
      )
      if (hasEnded) {
        // It ended before it could be killed: that run is compared, and another one begins.
        expect(await remains(folder)).toEqual(expected)
        folder = await mkdtemp(path.join(root, 'killed-'))
        continue
      }
      killed++
      const found = existsSync(path.join(folder, 'checkpoints')) ? await readCheckpoint(folder) : null
      if (found?.ok === true) lastSteps.add(found.value.checkpoint.position.step)
      else folder = await mkdtemp(path.join(root, 'killed-'))
    }
    while (!(await live({ ...plan, folder })).hasEnded);
    expect(await remains(folder)).toEqual(expected)
    // The moments were different ones; how many depends on the machine's load.
    expect(lastSteps.size).toBeGreaterThan(1)
  },
  180_000,
)
