import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { DatasetDescriptor } from '../../common/data/dataset.ts'
import { success } from '../../common/result.ts'
import { planSweep } from '../../common/sweep/cells.ts'
import type { SweepAxis, SweepPlan, SweepSettings } from '../../common/sweep/plan.ts'
import { trafficConv1d } from '../../common/templates/traffic-conv1d.ts'
import { createNodeSpawn } from '../engine-process.ts'
import { createEngine } from '../engine-supervisor.ts'
import { deleteSweep, measureTrash, restoreSweep } from '../runs/run-trash.ts'
import { writeTinyEngine } from '../testing/tiny-engine.ts'
import { startSweep, usualTogether } from './sweep-runner.ts'
import { listSweeps, lockSweep, readSweep, sweepFileOf, writeSweep } from './sweep-store.ts'

const project = { ...trafficConv1d.project, name: 'Cells' }

function planOf(axes: readonly SweepAxis[], changes: Partial<SweepSettings> = {}): SweepPlan {
  const budget = { runs: null, minutes: null }
  const settings: SweepSettings = {
    ...{ method: { type: 'grid' }, axes, seed: 1, budget, together: 1, metric: 'loss', prune: false },
    ...changes,
  }
  const planned = planSweep({ sweep: 's-1', created: '2026-11-25T00:00:00Z', project, models: ['conv1d'], settings })
  if (!planned.ok) throw new Error(planned.error.message)
  return planned.value
}

const units = (...values: readonly number[]): readonly SweepAxis[] => [{ field: 'fc1.units', values }]

function newRunsFolder(): string {
  return path.join(mkdtempSync(path.join(os.tmpdir(), 'convas-sweep-')), 'a.runs')
}

function start(runsFolder: string, plan: SweepPlan, onTrainer: () => void = () => undefined) {
  const spawn = createNodeSpawn(writeTinyEngine())
  const asked: string[] = []
  const runner = startSweep({
    runsFolder,
    plan,
    device: async () => 'auto',
    createTrainer: ({ onNews, onCrash }) => {
      onTrainer()
      return createEngine({
        spawn,
        start: { engine: 'trainer', backend: 'cpu', cacheFolder: '' },
        onNews,
        onState: (info) => {
          if (info.state === 'crashed') onCrash(info)
        },
      })
    },
    describe: async (source) => {
      asked.push(JSON.stringify(source))
      const lookBack = 'source' in source ? (source.windows?.lookBack ?? 288) : 1
      return success({
        shape: [lookBack, 1],
        task: 'regression',
        classes: [],
        heldOut: 0,
      } as unknown as DatasetDescriptor)
    },
    onChange: () => undefined,
    freeBytes: () => 1e12,
  })
  return { runner, asked }
}

async function endOf(runsFolder: string, plan: SweepPlan): Promise<SweepPlan> {
  const left = await start(runsFolder, plan).runner.ended
  if (!left.ok) throw new Error(left.error.message)
  return left.value
}

const begun = (runsFolder: string) => readFileSync(path.join(runsFolder, 'begun.txt'), 'utf8').trim().split('\n')

test('each cell is trained once, in a run of its own, and its plan and measures are in the file', async () => {
  const runsFolder = newRunsFolder()
  const left = await endOf(runsFolder, planOf(units(2, 4, 8), { together: 2 }))
  expect(left.state).toBe('finished')
  expect(left.cells.map(({ state, measures }) => [state, measures[0]?.test?.['loss']])).toEqual([
    ['done', 0.5],
    ['done', 0.25],
    ['done', 0.125],
  ])
  expect(begun(runsFolder).sort()).toEqual(left.cells.map(({ run }) => run).sort())
  expect(await readSweep(runsFolder, 's-1')).toEqual({ ok: true, value: left })
})

test('models are fitted to windows of another length, and the same data are made once', async () => {
  const runsFolder = newRunsFolder()
  const axes: readonly SweepAxis[] = [{ field: 'data.lookBack', values: [60, 144] }, ...units(2, 4)]
  const { runner, asked } = start(runsFolder, planOf(axes))
  const left = await runner.ended
  expect(asked.length).toBe(2)
  const cells = left.ok ? left.value.cells : []
  const shapes = cells.map(({ run }) => {
    const record = JSON.parse(readFileSync(path.join(runsFolder, run ?? '', 'run.json'), 'utf8')) as SweepPlan
    return record.project.models[0]?.nodes.find(({ layer }) => layer === 'input')?.params['shape']
  })
  expect(shapes).toEqual([
    [60, 1],
    [60, 1],
    [144, 1],
    [144, 1],
  ])
})

test('a sweep that was killed trains what was not begun, keeps what was done, and drops what had learnt nothing', async () => {
  const runsFolder = newRunsFolder()
  const plan = planOf(units(2, 4, 8))
  const [done, cut] = plan.cells
  // The second was cut off before its first checkpoint, as a folder with nothing but its record.
  mkdirSync(path.join(runsFolder, 'cut'), { recursive: true })
  writeFileSync(path.join(runsFolder, 'cut', 'run.json'), '{"project')
  writeFileSync(path.join(runsFolder, 'cut', 'torn'), '')
  const killed: SweepPlan = {
    ...plan,
    cells: [{ ...done!, state: 'done', run: 'before' }, { ...cut!, state: 'running', run: 'cut' }, plan.cells[2]!],
  }
  const left = await endOf(runsFolder, killed)
  expect(left.cells.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
  expect(begun(runsFolder)).toEqual(['cut', left.cells[2]?.run])
  expect(existsSync(path.join(runsFolder, 'cut', 'torn'))).toBe(false)
})

test('a run that came to its end before it could be written down is not trained again', async () => {
  const runsFolder = newRunsFolder()
  const once = await endOf(runsFolder, planOf(units(2)))
  const unwritten = { ...once, cells: once.cells.map((cell) => ({ ...cell, state: 'running' as const, measures: [] })) }
  const again = await endOf(runsFolder, unwritten)
  expect(again.cells[0]).toMatchObject({ state: 'done', measures: once.cells[0]?.measures })
  expect(begun(runsFolder).length).toBe(1)
})

test('a cell that fails is told with its reason, and the others are trained', async () => {
  const left = await endOf(newRunsFolder(), planOf(units(13, 4)))
  expect(left.cells.map(({ state, message }) => [state, message])).toEqual([
    ['failed', 'It does not learn.'],
    ['done', null],
  ])
})

test('a cell whose model diverged says so, with the figures of its last finite weights', async () => {
  const left = await endOf(newRunsFolder(), planOf(units(17, 4)))
  expect(left.cells.map(({ state, measures }) => [state, measures.length])).toEqual([
    ['diverged', 1],
    ['done', 1],
  ])
})

test('a cancelled sweep begins nothing more, and can be taken up again', async () => {
  const runsFolder = newRunsFolder()
  const { runner } = start(runsFolder, planOf(units(2, 4, 8)), () => {
    runner.cancel()
  })
  const left = await runner.ended
  if (!left.ok) throw new Error(left.error.message)
  expect([left.value.state, ...left.value.cells.map(({ state }) => state)]).toEqual([
    'cancelled',
    ...['done', 'skipped', 'skipped'],
  ])
  expect((await endOf(runsFolder, left.value)).cells.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
  expect(begun(runsFolder).length).toBe(3)
})

test('a plan that cannot be written down trains nothing', async () => {
  const runsFolder = newRunsFolder()
  mkdirSync(runsFolder, { recursive: true })
  writeFileSync(path.join(runsFolder, 'sweeps'), 'a file where the folder should be')
  expect(await start(runsFolder, planOf(units(2))).runner.ended).toMatchObject({ ok: false })
  expect(existsSync(path.join(runsFolder, 'begun.txt'))).toBe(false)
})

test('two processes never work on the same sweep; one that has died does not count', async () => {
  const runsFolder = newRunsFolder()
  const lock = await lockSweep(runsFolder, 's-1')
  const file = path.join(runsFolder, 'sweeps', 's-1.lock')
  writeFileSync(file, String(process.ppid))
  expect(await lockSweep(runsFolder, 's-1')).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  writeFileSync(file, '999999999')
  expect(await lockSweep(runsFolder, 's-1')).toMatchObject({ ok: true })
  if (lock.ok) await lock.value()
  expect(existsSync(file)).toBe(false)
})

test('sweeps are listed newest first without those that cannot be read, and removed without their runs', async () => {
  const runsFolder = newRunsFolder()
  const plan = planOf(units(2))
  await writeSweep(runsFolder, plan)
  await writeSweep(runsFolder, { ...plan, sweep: 's-2' })
  const damaged = sweepFileOf(runsFolder, 's-3')
  writeFileSync(damaged.ok ? damaged.value : '', '{')
  expect((await listSweeps(runsFolder)).map(({ sweep }) => sweep)).toEqual(['s-2', 's-1'])
  await deleteSweep(runsFolder, 's-2')
  expect((await listSweeps(runsFolder)).map(({ sweep }) => sweep)).toEqual(['s-1'])
  expect((await measureTrash(runsFolder)).entries).toMatchObject([{ kind: 'sweep', id: 's-2' }])
  await restoreSweep(runsFolder, 's-2')
  expect(await readSweep(runsFolder, 's-2')).toEqual({ ok: true, value: { ...plan, sweep: 's-2' } })
  expect(sweepFileOf(runsFolder, '../s-1')).toMatchObject({ ok: false, error: { code: 'invalid-run' } })
})

test.each([
  [16, 64e9, 8],
  [2, 64e9, 1],
  [8, 3e9, 2],
  [8, 0.5e9, 1],
])('%d cores and %d bytes bear %d trainers', (cores, bytes, together) => {
  expect(usualTogether(cores, bytes)).toBe(together)
})
