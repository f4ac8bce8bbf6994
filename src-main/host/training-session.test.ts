import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { TrainingEvent } from '../common/training/events.ts'
import { createNodeSpawn } from './engine-process.ts'
import { createEngine } from './engine-supervisor.ts'
import { sampleProject } from './testing/sample-project.ts'
import { writeTinyEngine } from './testing/tiny-engine.ts'
import type { TrainingSession } from './training-session.ts'
import { createTrainingSession } from './training-session.ts'

const spawn = createNodeSpawn(writeTinyEngine())
const sessions: TrainingSession[] = []

function openSession() {
  const events: TrainingEvent[] = []
  const probes: string[] = []
  const session = createTrainingSession({
    device: async () => 'auto',
    createTrainer: ({ onNews, onCrash }) =>
      createEngine({
        spawn,
        start: { engine: 'trainer', backend: 'cpu', cacheFolder: '/nowhere' },
        onNews,
        onState: (info) => {
          if (info.state === 'crashed') onCrash(info)
        },
      }),
    onEvents: (_, some) => events.push(...some),
    onProbe: (_, probe) => probes.push(probe.model),
    onProgress: () => undefined,
  })
  sessions.push(session)
  return { session, events, probes, runsFolder: mkdtempSync(path.join(os.tmpdir(), 'convas-runs-')) }
}

async function startRun(session: TrainingSession, runsFolder: string): Promise<string> {
  const started = await session.start(runsFolder, sampleProject(), ['cnn'])
  if (!started.ok) throw new Error(started.error.message)
  return started.value.run
}

afterEach(() => {
  for (const session of sessions.splice(0)) session.close()
})

test('the run under way is told with its events, of progress only the newest, until it is over', async () => {
  const { session, probes, runsFolder } = openSession()
  expect(session.current()).toBeNull()
  const run = await startRun(session, runsFolder)
  await expect.poll(() => probes).toEqual(['cnn'])
  expect(session.current()).toEqual({
    run,
    project: sampleProject(),
    state: 'running',
    events: [
      { type: 'state', state: 'running' },
      { type: 'step', model: 'cnn', step: 1, epoch: 1, loss: 0.7, accuracy: null },
      { type: 'progress', epoch: 1, step: 2, secondsElapsed: 2, secondsLeft: null, samplesPerSecond: 1 },
    ],
    snapshots: {},
    wayOn: null,
  })
  expect(await session.request(run, 'training.stop', {})).toEqual({ ok: true, value: null })
  await expect.poll(() => session.current()).toBeNull()
  expect(await session.request(run, 'training.resume', {})).toMatchObject({ ok: false, error: { code: 'invalid-run' } })
})

test('a second run is refused while one is under way, and allowed afterwards in a process of its own', async () => {
  const { session, runsFolder } = openSession()
  const [first, second] = await Promise.all([
    session.start(runsFolder, sampleProject(), ['cnn']),
    session.start(runsFolder, sampleProject(), ['cnn']),
  ])
  expect([first.ok, second]).toEqual([true, expect.objectContaining({ ok: false })])
  const pid = session.trainer()?.info().pid
  if (first.ok) await session.request(first.value.run, 'training.stop', {})
  await expect.poll(() => session.current()).toBeNull()
  await startRun(session, runsFolder)
  expect(session.trainer()?.info().pid).not.toBe(pid)
})

test('a run that is stopped while it is being started ends as soon as it has begun', async () => {
  const { session, runsFolder } = openSession()
  const starting = session.start(runsFolder, sampleProject(), ['cnn'])
  expect(await session.stop(null)).toEqual({ ok: true, value: null })
  expect(await starting).toMatchObject({ ok: true })
  await expect.poll(() => session.current()).toBeNull()
})

test('a run that its engine refuses leaves no folder behind', async () => {
  const { session, runsFolder } = openSession()
  const runs = path.join(runsFolder, 'a.runs')
  expect(await session.start(runs, { ...sampleProject(), name: 'Refused' }, ['cnn'])).toMatchObject({
    ok: false,
    error: { code: 'invalid-model' },
  })
  expect(readdirSync(runsFolder)).toEqual([])
  expect(session.current()).toBeNull()
})

test.each([
  ['of an empty project', { ...sampleProject(), models: [] }, [], 'The project has no model to train. Add one'],
  ['of nothing', sampleProject(), [], 'At least one model to train was expected, of cnn, mlp. Received: none'],
  ['of an unknown model', sampleProject(), ['cnn', 'rnn'], '(cnn, mlp) was expected. Received: rnn'],
])('a run %s is refused, and leaves no folder', async (_, project, models, words) => {
  const { session, runsFolder } = openSession()
  expect(await session.start(runsFolder, project, models)).toEqual({
    ok: false,
    error: {
      code: 'invalid-model',
      message: expect.stringContaining(words) as string,
      text: { en: expect.stringContaining(words) as string, ko: expect.stringMatching(/모델.*[가-힣]/) as string },
    },
  })
  expect(readdirSync(runsFolder)).toEqual([])
})

test('a crash of the trainer marks the run interrupted, for those who watch and in its folder', async () => {
  const { session, events, runsFolder } = openSession()
  const run = await startRun(session, runsFolder)
  expect(await session.request(run, 'training.pause', {})).toMatchObject({ error: { code: 'engine-crashed' } })
  const message =
    'The trainer process ended unexpectedly (exit code 3). Your project is safe, and the run can go on from where it was last saved.'
  const text = { en: message, ko: expect.stringContaining('갑자기 끝났습니다') as string }
  const told: readonly TrainingEvent[] = [
    { type: 'log', level: 'error', message, text, time: expect.any(String) as string },
    { type: 'state', state: 'interrupted' },
    { type: 'failed', code: 'engine-crashed', message, text },
  ]
  expect(events.slice(-3)).toEqual(told)
  expect(session.current()).toBeNull()
  const file = path.join(runsFolder, run, 'metrics.jsonl')
  await expect
    .poll(() =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    )
    .toEqual(told)
})

/** A run's folder as the tiny engine reads it: its history, of which a part is kept. */
function writeRun(runsFolder: string, run: string, content: object): string {
  const folder = path.join(runsFolder, run)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(content))
  return folder
}

test('a run that goes on is told with the history that was kept, then with what is new', async () => {
  const { session, events, runsFolder } = openSession()
  const kept = { type: 'state', state: 'running' } as const
  const history = Buffer.byteLength(`${JSON.stringify(kept)}\n`)
  const folder = writeRun(runsFolder, 'r', { project: sampleProject(), history })
  const lost = { type: 'run-finished', run: 'r' }
  writeFileSync(path.join(folder, 'metrics.jsonl'), `${JSON.stringify(kept)}\n${JSON.stringify(lost)}\n`)
  expect(await session.goOn(runsFolder, 'r', 3)).toEqual({ ok: true, value: { run: 'r' } })
  expect(session.current()).toMatchObject({ run: 'r', project: sampleProject(), state: 'running' })
  expect(session.current()?.events).toEqual([kept, expect.objectContaining({ type: 'run-resumed', epochs: 5 }), kept])
  expect(events.map(({ type }) => type)).toEqual(['run-resumed', 'state'])
  expect(await session.start(runsFolder, sampleProject(), ['cnn'])).toMatchObject({ error: { code: 'unsupported' } })
})

test('a run that cannot go on is refused, and another may begin', async () => {
  const { session, runsFolder } = openSession()
  writeRun(runsFolder, 'r', { project: sampleProject(), refuse: 'All checkpoints are damaged.' })
  expect(await session.goOn(runsFolder, 'r', null)).toMatchObject({
    error: { code: 'invalid-run', message: 'All checkpoints are damaged.' },
  })
  expect(session.current()).toBeNull()
  await startRun(session, runsFolder)
})

test('a trainer that dies for lack of memory says so', async () => {
  const { session, events, runsFolder } = openSession()
  await session.start(runsFolder, sampleProject('Memory'), ['cnn'])
  await expect
    .poll(() => events.at(-1))
    .toMatchObject({
      type: 'failed',
      code: 'out-of-memory',
      message: expect.stringContaining('out of memory') as string,
    })
})
