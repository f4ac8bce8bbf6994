import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import { optimizerTypes } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import { chain, tinyCnn, tinyDataset, tinyMlp, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { readCheckpoint } from './checkpoint.ts'
import { startTraining } from './loop.ts'
import { bothSteps, makeCase, positionsOf, trainOn } from './replay/testing.ts'
import { planResumption } from './resume.ts'
import type { TrainingControl } from './run-control.ts'
import { readRunRecord, readSnapshot, snapshotMoments } from './run-folder.ts'
import type { TrainingOptions } from './training-run.ts'

let backend: Backend
let root: string
beforeAll(async () => {
  const opened = (await openForTest('tensorflow')) ?? (await openForTest('wasm'))
  if (opened === null) throw new Error('a backend must open')
  backend = opened
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-resume-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Small, so that a few epochs are more than is kept. */
const momentLimit = 7

type OnEvent = (event: TrainingEvent, control: TrainingControl) => void
const onNothing: OnEvent = () => undefined

async function run(
  options: Omit<TrainingOptions, 'run' | 'tell' | 'show' | 'models' | 'backend' | 'dataset'>,
  onEvent: OnEvent,
) {
  const control: { now: TrainingControl | null } = { now: null }
  const started = await startTraining({
    ...options,
    backend,
    dataset: tinyDataset(),
    run: 'r',
    models: options.project.models.map(({ id }) => id),
    tell: (event) => {
      if (control.now !== null) onEvent(event, control.now)
    },
    show: () => undefined,
    checkpoints: { intervalMs: 0, largestShare: Infinity },
    momentLimit,
  })
  if (!started.ok) throw new Error(started.error.message)
  control.now = started.value
  await started.value.ended
}

async function train(project: Project, onEvent = onNothing): Promise<string> {
  const folder = await mkdtemp(path.join(root, 'r-'))
  await run({ folder, project }, onEvent)
  return folder
}

async function plan(folder: string, moreEpochs: number | null, dataset = tinyDataset()) {
  const [record, found] = [await readRunRecord(folder), await readCheckpoint(folder)]
  if (!record.ok) throw new Error(record.error.message)
  return found.ok ? planResumption({ record: record.value, found: found.value, dataset, backend, moreEpochs }) : found
}

async function goOn(folder: string, moreEpochs: number | null = null, onEvent = onNothing): Promise<void> {
  const planned = await plan(folder, moreEpochs)
  if (!planned.ok) throw new Error(planned.error.message)
  await run({ folder, ...planned.value }, onEvent)
}

async function eventsOf(folder: string): Promise<readonly TrainingEvent[]> {
  const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as TrainingEvent)
}
const only = <T extends TrainingEvent['type']>(events: readonly TrainingEvent[], type: T) =>
  events.filter((event): event is Extract<TrainingEvent, { type: T }> => event.type === type)
const logOf = (events: readonly TrainingEvent[]) => only(events, 'log').map(({ text }) => text?.en ?? '')

/** What two runs have to share to be the same: weights of every stored moment, figures, and what became of the models. */
async function figuresOf(folder: string, models: readonly string[]) {
  const events = await eventsOf(folder)
  return {
    snapshots: await Promise.all(
      models.map(async (model) =>
        Promise.all((await snapshotMoments(folder, model)).map((moment) => readSnapshot(folder, model, moment))),
      ),
    ),
    epochs: only(events, 'epoch').map((event) => ({ ...event, seconds: 0, samplesPerSecond: 0 })),
    confusions: only(events, 'confusion'),
    finished: only(events, 'model-finished'),
    ends: only(events, 'run-finished').length,
  }
}

function refusal(result: Result<unknown>) {
  return result.ok ? null : result.error
}

describe('a run that goes on', () => {
  test('after a stop within an epoch comes to the same as one never stopped, all models in step', async () => {
    const project = tinyProject([tinyCnn, tinyMlp], { epochs: 4, optimizer: { type: 'nadam', learningRate: 0.01 } })
    const whole = await figuresOf(await train(project), ['cnn', 'mlp'])
    let progress = 0
    const folder = await train(project, (event, control) => {
      if (event.type === 'step' && ++progress === 3) control.stop()
    })
    const stopped = await readCheckpoint(folder)
    expect(stopped).toMatchObject({ ok: true, value: { checkpoint: { recipe: project.recipe } } })
    expect(only(await eventsOf(folder), 'model-finished').map(({ reason }) => reason)).toEqual(['stopped', 'stopped'])
    await goOn(folder)
    expect(await figuresOf(folder, ['cnn', 'mlp'])).toEqual(whole)
    expect(await readRunRecord(folder)).toMatchObject({ ok: true, value: { state: 'finished', results: { mlp: 4 } } })
    const events = await eventsOf(folder)
    expect(only(events, 'run-started')).toHaveLength(1)
    expect(only(events, 'run-resumed')).toMatchObject([{ run: 'r', epochs: 4 }])
  })

  test('keeps the same moments as one never stopped, where there are more than may be kept', async () => {
    const project = tinyProject([tinyMlp], { epochs: 12 })
    const whole = await train(project)
    const kept = [{ epoch: 0 }, { step: 1 }, { step: 4 }]
    const moments = await snapshotMoments(whole, 'mlp')
    expect(moments).toEqual(expect.arrayContaining([...kept, { epoch: 12 }]))
    expect(moments.length).toBeLessThanOrEqual(momentLimit)
    const told = only(await eventsOf(whole), 'moments').at(-1)
    expect(told?.moments).toEqual(moments)
    for (const stopAt of [3, 7, 11]) {
      const folder = await train(project, (event, control) => {
        if (event.type === 'epoch' && event.epoch === stopAt) control.stop()
      })
      await goOn(folder)
      expect(await snapshotMoments(folder, 'mlp')).toEqual(moments)
    }
  })

  test('after a stop while models are judged, judges the rest', async () => {
    const project = tinyProject([tinyCnn, tinyMlp], { epochs: 3 })
    const whole = await figuresOf(await train(project), ['cnn', 'mlp'])
    const folder = await train(project, (event, control) => {
      if (event.type === 'epoch' && event.model === 'cnn' && event.epoch === 2) control.stop()
    })
    expect(only(await eventsOf(folder), 'epoch').map(({ model, epoch }) => `${model} ${epoch}`)).toEqual([
      'cnn 1',
      'mlp 1',
      'cnn 2',
    ])
    await goOn(folder)
    expect(await figuresOf(folder, ['cnn', 'mlp'])).toEqual(whole)
  })

  test('for more epochs is the run that was planned so from the start', async () => {
    const recipe = { schedule: { type: 'step', stepSize: 2, gamma: 0.5 } } as const
    const whole = await figuresOf(await train(tinyProject([tinyCnn], { epochs: 5, ...recipe })), ['cnn'])
    const folder = await train(tinyProject([tinyCnn], { epochs: 3, ...recipe }))
    expect(refusal(await plan(folder, null))?.message).toContain('has had all its 3 epochs')
    await goOn(folder, 2)
    expect(await figuresOf(folder, ['cnn'])).toEqual(whole)
    expect(await readRunRecord(folder)).toMatchObject({ ok: true, value: { project: { recipe: { epochs: 5 } } } })
  })

  test('for more epochs wakes a model that had stopped early, with patience anew', async () => {
    const folder = await train(
      tinyProject([tinyMlp], {
        epochs: 200,
        optimizer: { type: 'sgd', learningRate: 3 },
        earlyStopping: { patience: 2, minDelta: 0, restoreBest: true },
      }),
    )
    const before = only(await eventsOf(folder), 'epoch').length
    await goOn(folder, 2)
    const events = await eventsOf(folder)
    expect(only(events, 'epoch')).toHaveLength(before + 2)
    expect(only(events, 'run-resumed')).toMatchObject([{ epochs: before + 2, epoch: before }])
  })

  test('keeps the learning rate that a person set, exactly, and the schedule goes on from there', async () => {
    const project = tinyProject([tinyMlp], {
      epochs: 4,
      schedule: { type: 'step', stepSize: 3, gamma: 0.5 },
      optimizer: { type: 'adam', learningRate: 0.003 },
    })
    const folder = await train(project, (event, control) => {
      if (event.type === 'epoch' && event.epoch === 1) control.changeRate(0.0007)
      if (event.type === 'epoch' && event.epoch === 2) control.stop()
    })
    await goOn(folder)
    const events = await eventsOf(folder)
    expect(only(events, 'epoch').map(({ learningRate }) => learningRate)).toEqual([0.003, 0.0007, 0.0007, 0.00035])
    expect(only(events, 'rate-changed')).toMatchObject([{ epoch: 1, step: 11, from: 0.003, to: 0.0007 }])
    expect(logOf(events)).toContain('The learning rate was changed from 0.003 to 0.0007 after step 11.')
    const steady = await figuresOf(await train(project), ['mlp'])
    expect((await figuresOf(folder, ['mlp'])).epochs[3]?.loss).not.toBe(steady.epochs[3]?.loss)
  })

  test('knows how far a plateau has lowered the rate, how long it has waited, and the best it has seen', async () => {
    const project = tinyProject([tinyCnn], {
      epochs: 8,
      // So large a gain is asked for that the rate is lowered at every turn.
      schedule: {
        type: 'plateau',
        monitor: 'loss',
        factor: 0.5,
        patience: 2,
        minDelta: 2,
        cooldown: 0,
        minimum: 1e-4,
      },
      augmentation: { flipVertical: true, noise: 0.1 },
      classWeights: { right: 2 },
      earlyStopping: { patience: 7, minDelta: 0, restoreBest: true },
    })
    const whole = await figuresOf(await train(project), ['cnn'])
    const rates = whole.epochs.map(({ learningRate }) => learningRate)
    expect(rates).toEqual([0.01, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025, 0.00125])
    // Before the first time, half-way to the second, and just lowered.
    for (const stopAfter of [2, 4, 5]) {
      const folder = await train(project, (event, control) => {
        if (event.type === 'epoch' && event.epoch === stopAfter) control.stop()
      })
      await goOn(folder)
      expect(await figuresOf(folder, ['cnn'])).toEqual(whole)
    }
  })

  test('for more epochs keeps a cosine schedule as it was planned, stays at its floor, and says so', async () => {
    const cosine = { type: 'cosine', warmupSteps: 5, floor: 0.1 } as const
    const optimizer = { type: 'sgd', learningRate: 0.1 } as const
    const folder = await train(tinyProject([tinyMlp], { epochs: 3, schedule: cosine, optimizer }))
    await goOn(folder, 2)
    const events = await eventsOf(folder)
    const decaySteps = 3 * 11 - 5
    expect(only(events, 'epoch').map(({ learningRate }) => Number((learningRate ?? 0).toFixed(4)))).toEqual([
      0.0931, 0.045, 0.0103, 0.01, 0.01,
    ])
    expect(await readRunRecord(folder)).toMatchObject({
      ok: true,
      value: { project: { recipe: { epochs: 5, schedule: { ...cosine, decaySteps } } } },
    })
    expect(logOf(events)).toContainEqual(expect.stringMatching(/cosine .* at its floor, a rate of 0.01\./))
    const planned = await train(tinyProject([tinyMlp], { epochs: 5, schedule: { ...cosine, decaySteps }, optimizer }))
    expect((await figuresOf(folder, ['mlp'])).snapshots).toEqual((await figuresOf(planned, ['mlp'])).snapshots)
  })

  test('for more epochs at a rate of zero says that nothing will be learnt', async () => {
    const schedule = { type: 'cosine', warmupSteps: 0, floor: 0 } as const
    const folder = await train(tinyProject([tinyMlp], { epochs: 1, schedule }))
    const planned = await plan(folder, 1)
    expect(planned.ok ? planned.value.from.notes.map(({ en }) => en) : []).toEqual([
      expect.stringMatching(/nothing is learnt: .*learning rate/),
    ])
  })

  test('a pause leaves a checkpoint of that moment', async () => {
    const steps: number[] = []
    const folder = await mkdtemp(path.join(root, 'r-'))
    await run({ folder, project: tinyProject([tinyMlp]) }, (event, control) => {
      if (event.type === 'epoch' && event.epoch === 2) control.pause()
      if (event.type !== 'state' || event.state !== 'paused') return
      void readCheckpoint(folder).then((found) => {
        if (found.ok) steps.push(found.value.checkpoint.position.step)
        control.resume()
      })
    })
    expect(steps).toEqual([22])
    expect(only(await eventsOf(folder), 'run-finished')).toHaveLength(1)
  })

  test('refuses data that have changed', async () => {
    const folder = await train(tinyProject([tinyMlp]))
    const { descriptor, parts } = tinyDataset()
    const changed = { descriptor: { ...descriptor, hash: 'other' }, parts }
    expect(refusal(await plan(folder, 1, changed))).toMatchObject({
      code: 'invalid-dataset',
      message: expect.stringContaining('no longer those') as string,
      text: { ko: expect.stringContaining('이어서 학습할 수 없습니다') as string },
    })
  })

  test('refuses a run whose models have all diverged', async () => {
    const layers = [
      ['flatten', {}],
      ['dense', { units: 1, activation: 'linear' }],
    ] as const
    const wild = chain('wild', ['input', { shape: [8, 8, 1] }], ...layers)
    const optimizer = { type: 'sgd', learningRate: 1e38 } as const
    const folder = await train(tinyProject([wild], { loss: 'meanSquaredError', optimizer }))
    expect(refusal(await plan(folder, 5))?.message).toContain('smaller learning rate')
  })

  test('says that figures may differ where it goes on elsewhere', async () => {
    const folder = await train(tinyProject([tinyMlp]))
    const elsewhere = { ...backend, status: { ...backend.status, device: 'another' } }
    const [record, found] = [await readRunRecord(folder), await readCheckpoint(folder)]
    if (!record.ok || !found.ok) throw new Error('the run must be there')
    const planned = planResumption({
      record: record.value,
      found: found.value,
      dataset: tinyDataset(),
      backend: elsewhere,
      moreEpochs: 1,
    })
    expect(planned.ok ? planned.value.from.notes.map(({ en }) => en) : []).toEqual([
      expect.stringContaining('figures may differ in their last digits'),
    ])
  })
})

describe('checkpoints', () => {
  const generations = async (folder: string) =>
    (await readdir(path.join(folder, 'checkpoints'))).sort().map((name) => path.join(folder, 'checkpoints', name))
  const flip = async (file: string, at: number) => {
    const content = await readFile(file)
    const index = at < 0 ? content.length + at : at
    content[index] = (content[index] ?? 0) ^ 4
    await writeFile(file, content)
  }
  const cut = async (file: string, bytes: number) => truncate(file, bytes)
  const damages: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    ['a flipped bit among the weights', (file) => flip(file, -200)],
    ['a flipped bit in the header', (file) => flip(file, 40)],
    ['a flipped bit in the checksum', (file) => flip(file, -1)],
    ['its end cut off', (file) => cut(file, 500)],
    ['nothing in it', (file) => cut(file, 0)],
    ['other content', (file) => writeFile(file, 'x'.repeat(2_000))],
  ]

  test('are two at most, and nothing half-written lies beside them', async () => {
    const files = await generations(await train(tinyProject([tinyMlp])))
    expect(files).toHaveLength(2)
    expect(files.every((file) => file.endsWith('.bin'))).toBe(true)
  })

  test.each(damages)('of which the newest has %s: the one before it serves, and the log says so', async (_, damage) => {
    const folder = await train(tinyProject([tinyMlp]))
    const whole = await figuresOf(folder, ['mlp'])
    const [, newest = ''] = await generations(folder)
    await damage(newest)
    await goOn(folder)
    expect(await figuresOf(folder, ['mlp'])).toEqual(whole)
    expect(logOf(await eventsOf(folder))).toContainEqual(expect.stringMatching(/newest checkpoint is damaged/))
  })

  test('that are all damaged, or not there, are told plainly', async () => {
    const folder = await train(tinyProject([tinyMlp]))
    for (const file of await generations(folder)) await flip(file, 100)
    expect(refusal(await readCheckpoint(folder))).toMatchObject({
      code: 'invalid-run',
      message: expect.stringContaining('are damaged') as string,
    })
    await rm(path.join(folder, 'checkpoints'), { recursive: true })
    expect(refusal(await readCheckpoint(folder))?.message).toContain('no checkpoint')
  })
})

describe('the state of a step', () => {
  test.each(optimizerTypes)('is taken over from op-by-op training by replayed training and back: %s', (type) => {
    if (backend.native === null) return
    const layers = [
      ['input', { shape: [8, 8, 3] }],
      ['flatten'],
      ['dense', { units: 8, activation: 'relu' }],
      ['batchNormalization'],
      ['dense', { units: 3, activation: 'softmax' }],
    ] as const
    const momentum = type === 'rmsprop' ? { momentum: 0.9 } : {}
    const one = makeCase({ layers, classes: 3, optimizer: { type, ...momentum }, samples: 80 })
    const { eager, replayed } = bothSteps(backend, one)
    for (let step = 1; step <= 3; step++) trainOn(backend, eager, one.dataset, positionsOf(step, 32, 80), 0.01, step)
    const state = eager.readState()
    replayed.writeState(state)
    expect(replayed.readState()).toEqual(state)
    const results = [eager, replayed].map((step) =>
      trainOn(backend, step, one.dataset, positionsOf(4, 32, 80), 0.01, 4),
    )
    expect(results[1]?.loss).toBeCloseTo(results[0]?.loss ?? 0, 6)
    trainOn(backend, replayed, one.dataset, positionsOf(5, 32, 80), 0.01, 5)
    const later = replayed.readState()
    expect(later).not.toEqual(state)
    eager.writeState(later)
    expect(eager.readState()).toEqual(later)
    eager.dispose()
    replayed.dispose()
  })
})
