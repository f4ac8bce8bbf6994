import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { TrainingEvent } from '../common/training/events.ts'
import { appendRunEvents, createRunFolder, newRunId, readRun, runFolderOf, runsFolderOf } from './run-store.ts'
import { bytesOf, listRuns } from './runs/run-list.ts'
import { sampleProject } from './testing/sample-project.ts'

const started: TrainingEvent = {
  type: 'run-started',
  run: 'r',
  dir: '/r',
  backend: 'wasm',
  device: 'CPU',
  models: [{ id: 'cnn', name: 'LeNet-5', parameters: 91_181 }],
  samples: { train: 1, validation: 1, test: 1 },
  epochs: 10,
  stepsPerEpoch: 1,
}
function epoch(number: number, valLoss: number, valAccuracy: number): TrainingEvent {
  const rates = { learningRate: 0.001, seconds: 1, samplesPerSecond: 1 }
  return { type: 'epoch', model: 'cnn', epoch: number, loss: 1, accuracy: 0.5, valLoss, valAccuracy, ...rates }
}
const finished: TrainingEvent = { type: 'run-finished', run: 'r' }

/** A project's file with runs as given: the lines of metrics.jsonl by run id. */
function writeRuns(runs: Readonly<Record<string, string>>): string {
  const project = path.join(mkdtempSync(path.join(os.tmpdir(), 'convas-runs-')), 'a.convas')
  for (const [run, metrics] of Object.entries(runs)) {
    const folder = path.join(runsFolderOf(project), run)
    mkdirSync(path.join(folder, 'snapshots', 'cnn%201'), { recursive: true })
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ format: 'convas-run', project: sampleProject() }))
    writeFileSync(path.join(folder, 'metrics.jsonl'), metrics)
    for (const file of [
      'epoch-0002.bin',
      'epoch-0000.bin',
      'epoch-0010.bin',
      'epoch-0011.bin.part',
      'step-000004.bin',
    ]) {
      writeFileSync(path.join(folder, 'snapshots', 'cnn%201', file), '')
    }
  }
  return project
}

const lines = (...events: readonly TrainingEvent[]) => events.map((event) => JSON.stringify(event) + '\n').join('')

test('a run is read with its events and the epochs of its snapshots', async () => {
  const project = writeRuns({ r: lines(started, epoch(1, 0.4, 0.8), finished) })
  expect(await readRun(project, 'r', null)).toEqual({
    ok: true,
    value: {
      run: 'r',
      project: sampleProject(),
      state: 'finished',
      events: [started, epoch(1, 0.4, 0.8), finished],
      snapshots: { 'cnn 1': [{ epoch: 0 }, { step: 4 }, { epoch: 2 }, { epoch: 10 }] },
      wayOn: null,
    },
  })
})

const torn = lines(started, epoch(1, 0.4, 0.8)) + '{"type":"epoch","mod'

test.each([
  ['a line torn by a kill is passed over, and the run counts as interrupted', torn, null, 'interrupted', 2],
  ['a run that goes on is what it said last', lines(started, { type: 'state', state: 'paused' }), 'r', 'paused', 2],
  [
    'the same run, no longer under way, was cut off',
    lines(started, { type: 'state', state: 'paused' }),
    null,
    'interrupted',
    2,
  ],
  [
    'a crash of the engine interrupts a run',
    lines(started, { type: 'failed', code: 'engine-crashed', message: 'y' }),
    null,
    'interrupted',
    2,
  ],
  ['a run that has said nothing yet is being prepared', '', 'r', 'preparing', 0],
  ['a failure is the end of a run', lines(started, { type: 'failed', code: 'x', message: 'y' }), 'r', 'failed', 2],
  ['lines that are no events are passed over', 'null\n3\n[]\n' + lines(started, finished), null, 'finished', 2],
])('%s', async (_, metrics, live, state, events) => {
  const run = await readRun(writeRuns({ r: metrics }), 'r', live)
  expect(run.ok && [run.value.state, run.value.events.length]).toEqual([state, events])
})

const ended = (reason: 'completed' | 'stopped' | 'diverged') =>
  lines(started, { type: 'model-finished', model: 'cnn', reason, best: null, test: null }, finished)

test.each([
  ['was cut off', lines(started), 'as-planned'],
  ['was stopped', ended('stopped'), 'as-planned'],
  ['came to its end', ended('completed'), 'more-epochs'],
  ['diverged', ended('diverged'), null],
])('a run with a checkpoint that %s can go on: %#', async (_, metrics, wayOn) => {
  const project = writeRuns({ r: metrics })
  const checkpoints = path.join(runsFolderOf(project), 'r', 'checkpoints')
  expect(await readRun(project, 'r', null)).toMatchObject({ value: { wayOn: null } })
  mkdirSync(checkpoints)
  writeFileSync(path.join(checkpoints, '000001.bin'), '')
  expect(await readRun(project, 'r', null)).toMatchObject({ value: { wayOn } })
  expect(await readRun(project, 'r', 'r')).toMatchObject({
    value: { wayOn: metrics === lines(started) ? null : wayOn },
  })
})

test('events that are added after a torn line are read again', async () => {
  const project = writeRuns({ r: torn })
  const folder = path.join(runsFolderOf(project), 'r')
  await appendRunEvents(folder, [{ type: 'failed', code: 'engine-crashed', message: 'gone' }])
  const run = await readRun(project, 'r', null)
  expect(run.ok && run.value.events.at(-1)).toEqual({ type: 'failed', code: 'engine-crashed', message: 'gone' })
  expect(readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8').startsWith(torn)).toBe(true)
})

test('the list tells the newest run first, the figures of its last epoch with the best apart, and leaves out what is no run', async () => {
  const project = writeRuns({
    '2026-11-23T19-05-12-a1b2': lines(started, epoch(1, 0.4, 0.8), epoch(2, 0.3, 0.7), epoch(3, 0.5, 0.9), finished),
    '2026-11-24T01-00-00-0000': '',
  })
  mkdirSync(path.join(runsFolderOf(project), 'empty'))
  const sizeOf = (run: string) => bytesOf(path.join(runsFolderOf(project), run))
  const notes = { name: '', note: '', star: false, hidden: false }
  const common = { notes, sweep: null, epochs: sampleProject().recipe.epochs, seed: sampleProject().recipe.seed }
  expect(await listRuns(project)).toEqual({
    ok: true,
    value: [
      {
        run: '2026-11-24T01-00-00-0000',
        started: '2026-11-24T01:00:00Z',
        state: 'interrupted',
        models: sampleProject().models.map(({ id, name }) => ({ id, name, parameters: 0 })),
        backend: 'cpu',
        done: 0,
        results: sampleProject().models.map(({ id }) => ({
          ...{ model: id, epoch: 0, isWithin: false, valAccuracy: null, valLoss: null, test: null, best: null },
        })),
        wayOn: null,
        bytes: await sizeOf('2026-11-24T01-00-00-0000'),
        ...common,
      },
      {
        run: '2026-11-23T19-05-12-a1b2',
        started: '2026-11-23T19:05:12Z',
        state: 'finished',
        models: [{ id: 'cnn', name: 'LeNet-5', parameters: 91_181 }],
        backend: 'wasm',
        done: 3,
        results: [
          {
            ...{ model: 'cnn', epoch: 3, isWithin: false, valAccuracy: 0.9, valLoss: 0.5, test: null },
            best: { epoch: 2, valAccuracy: 0.7, valLoss: 0.3 },
          },
        ],
        wayOn: null,
        bytes: await sizeOf('2026-11-23T19-05-12-a1b2'),
        ...common,
      },
    ],
  })
})

test('a run that was stopped within an epoch says so, and has no validation of its weights', async () => {
  const best = { epoch: 1, valLoss: 0.4, valAccuracy: 0.8 }
  const test = { loss: 0.6, accuracy: 0.5, samples: 1 }
  const end = { type: 'model-finished', model: 'cnn', reason: 'stopped', best, test } as const
  const events = [started, epoch(1, 0.4, 0.8), epoch(2, 0.5, 0.7)]
  const told = { ...end, epoch: 3 }
  // The second is of a version that did not tell the epoch.
  const project = writeRuns({ a: lines(...events, told, finished), b: lines(...events, end, finished) })
  const result = {
    epoch: 3,
    isWithin: true,
    valAccuracy: null,
    valLoss: null,
    test: { loss: 0.6, accuracy: 0.5 },
    best,
  }
  const run = { state: 'stopped', done: 2, results: [result] }
  expect(await listRuns(project)).toMatchObject({ value: [run, run] })
  expect(await readRun(project, 'a', null)).toMatchObject({ value: { state: 'stopped' } })
})

test('a project without runs has an empty list', async () => {
  expect(await listRuns('/nowhere/a.convas')).toEqual({ ok: true, value: [] })
})

test.each(['../other', 'a/b', '..', '', '.hidden', 'x'.repeat(101), 'a\\b'])('the run id %j leads nowhere', (run) => {
  expect(runFolderOf('/a.convas', run)).toMatchObject({ ok: false, error: { code: 'invalid-run' } })
})

test.each([
  ['missing', null, 'not-found'],
  ['no JSON', '{', 'invalid-run'],
  ['without a project', '{"format":"convas-run"}', 'invalid-run'],
])('a run.json that is %s is refused', async (_, content, code) => {
  const project = writeRuns({})
  const folder = path.join(runsFolderOf(project), 'r')
  mkdirSync(folder, { recursive: true })
  if (content !== null) writeFileSync(path.join(folder, 'run.json'), content)
  expect(await readRun(project, 'r', null)).toMatchObject({ ok: false, error: { code } })
})

test('run ids sort by time', () => {
  expect(newRunId(new Date('2026-11-23T19:05:12.345Z'))).toMatch(/^2026-11-23T19-05-12-[0-9a-f]{4}$/)
})

test('a run folder that cannot be made is refused with the reason', async () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'convas-runs-')), 'file')
  writeFileSync(file, '')
  expect(await createRunFolder(path.join(file, 'a.runs'))).toMatchObject({ ok: false, error: { code: 'not-found' } })
})
