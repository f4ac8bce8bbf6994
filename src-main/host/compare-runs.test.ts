import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ComparedAnswers } from '../common/contract.ts'
import type { TrainingEvent } from '../common/training/events.ts'
import { compareRuns } from './compare-runs.ts'
import { createNodeSpawn } from './engine-process.ts'
import type { Engine } from './engine-supervisor.ts'
import { createEngine } from './engine-supervisor.ts'
import { runsFolderOf } from './run-store.ts'
import { sampleProject } from './testing/sample-project.ts'

/** Under the project, where the bundle finds its packages. */
const bundle = path.resolve('.cache', `compare-${process.pid}`)
const home = mkdtempSync(path.join(os.tmpdir(), 'convas-compare-'))
const project = path.join(home, 'a.convas')
const folder = runsFolderOf(project)
const models = [
  { run: 'a', model: 'cnn' },
  { run: 'a', model: 'mlp' },
]
let workbench: Engine
const asked: string[] = []

/** The engine itself, as a process: a short training on the doodles, then what is asked of its workbench. */
beforeAll(async () => {
  const entries = { engine: 'src-main/engine/main.ts', decoder: 'src-main/engine/datasets/decoding/main.ts' }
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: bundle,
      target: 'node16',
      rolldownOptions: { input: entries, output: { format: 'cjs', entryFileNames: '[name].js' } },
    },
  })
  await train('a')
  workbench = start('workbench')
}, 240_000)
afterAll(async () => {
  workbench.stop()
  await rm(home, { recursive: true, force: true })
  await rm(bundle, { recursive: true, force: true })
})

function start(engine: 'workbench' | 'trainer', onEvent: (event: TrainingEvent) => void = () => undefined): Engine {
  return createEngine({
    spawn: createNodeSpawn(path.join(bundle, 'engine.js')),
    start: { engine, backend: 'auto', cacheFolder: path.join(home, 'cache') },
    onNews: (news) => {
      if (news.kind === 'training') news.events.forEach(onEvent)
    },
    onState: () => undefined,
  })
}

async function train(run: string): Promise<void> {
  mkdirSync(path.join(folder, run), { recursive: true })
  const sample = sampleProject()
  const short = { ...sample, recipe: { ...sample.recipe, epochs: 1 } }
  const listeners: ((event: TrainingEvent) => void)[] = []
  const ended = new Promise<void>((resolve, reject) => {
    listeners.push((event) => {
      if (event.type === 'run-finished') resolve()
      if (event.type === 'failed') reject(new Error(event.message))
    })
  })
  const trainer = start('trainer', (event) => {
    for (const listener of listeners) listener(event)
  })
  const begun = await trainer.request('training.start', {
    ...{ run, folder: path.join(folder, run), project: short, device: 'auto' },
    models: short.models.map(({ id }) => id),
  })
  if (!begun.ok) throw new Error(begun.error.message)
  await ended
  trainer.stop()
}

/** A comparison, and whether the models had to be asked for it. */
async function compare(some = models): Promise<{ readonly answers: ComparedAnswers; readonly judged: boolean }> {
  asked.length = 0
  const listening: Pick<Engine, 'request'> = {
    request: (method, params) => {
      asked.push(method)
      return workbench.request(method, params)
    },
  }
  const compared = await compareRuns({
    workbench: listening,
    path: project,
    models: some,
    weights: 'best',
    job: 'j',
    live: null,
  })
  if (!compared.ok) throw new Error(compared.error.message)
  return { answers: compared.value, judged: asked.includes('run.judge') }
}

const files = () => readdirSync(path.join(folder, 'comparisons'))

test('models of a run are judged on every sample of the test part, and what the counts say is what the samples say', async () => {
  const { answers, judged } = await compare()
  expect(judged).toBe(true)
  const { comparison } = answers
  expect([comparison.part, comparison.models.map(({ model }) => model)]).toEqual(['test', ['cnn', 'mlp']])
  comparison.models.forEach(({ test: part, counts }, index) => {
    const { truths, classes } = answers.answers[index]!
    const right = Array.from(truths).filter((truth, place) => truth === classes[place]).length
    expect(part?.samples).toBe(truths.length)
    expect(part?.accuracy).toBeCloseTo(right / truths.length, 12)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(truths.length)
  })
  const [pair] = comparison.pairs
  expect(pair && [pair.first, pair.second]).toEqual([0, 1])
})

test('what was compared is there at once after a restart, the same to the last figure', async () => {
  const { answers } = await compare()
  workbench.stop()
  workbench = start('workbench')
  expect(await compare()).toEqual({ answers, judged: false })
})

test('other models are compared anew, and kept beside the first', async () => {
  const before = files().length
  const turned = [...models].reverse()
  expect((await compare(turned)).judged).toBe(true)
  expect(files().length).toBe(before + 1)
  expect((await compare()).judged).toBe(false)
  expect((await compare(turned)).answers.comparison.models.map(({ model }) => model)).toEqual(['mlp', 'cnn'])
})

test('a run that has told more is compared anew', async () => {
  await compare()
  appendFileSync(path.join(folder, 'a', 'metrics.jsonl'), '{"type":"log","level":"info","message":"more","time":""}\n')
  expect((await compare()).judged).toBe(true)
  expect((await compare()).judged).toBe(false)
})

test('what is damaged is dropped and made again', async () => {
  await compare()
  for (const name of files()) {
    const file = path.join(folder, 'comparisons', name)
    writeFileSync(file, readFileSync(file).subarray(0, 100))
  }
  expect((await compare()).judged).toBe(true)
  expect((await compare()).judged).toBe(false)
})

test('a run under way is judged as it is, and nothing is kept of it', async () => {
  await rm(path.join(folder, 'comparisons'), { recursive: true, force: true })
  const compared = await compareRuns({ workbench, path: project, models, weights: 'best', job: 'j', live: 'a' })
  expect(compared.ok).toBe(true)
  expect(existsSync(path.join(folder, 'comparisons'))).toBe(false)
})
