import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import type { EngineInfo } from '../common/contract.ts'
import { createNodeSpawn } from './engine-process.ts'
import type { Engine, EngineNews } from './engine-supervisor.ts'
import { createEngine } from './engine-supervisor.ts'
import { readMemoryKills } from './memory-kills.ts'
import { writeTinyEngine } from './testing/tiny-engine.ts'

const script = writeTinyEngine()
const engines: Engine[] = []

function startEngine(engineScript = script) {
  const states: EngineInfo[] = []
  const news: EngineNews[] = []
  const engine = createEngine({
    spawn: createNodeSpawn(engineScript),
    start: { engine: 'workbench', backend: 'cpu', cacheFolder: '/nowhere' },
    onNews: (message) => news.push(message),
    onState: (info) => states.push(info),
  })
  engines.push(engine)
  return { engine, states, news }
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.stop()
})

test('an engine starts at its first request and gets its start as an argument', async () => {
  const { engine, states } = startEngine()
  expect(engine.info()).toEqual({ engine: 'workbench', pid: null, state: 'stopped', message: null })
  expect(await engine.request('backend', {})).toEqual({
    ok: true,
    value: { backend: 'cpu', device: 'workbench', version: '1', advice: null },
  })
  expect(states.map(({ state }) => state)).toEqual(['starting', 'ready'])
})

test('typed arrays cross the process border as what they are', async () => {
  const { engine } = startEngine()
  const answer = await engine.request('dataset.pictures', {
    source: { source: 'mnist' },
    part: 'train',
    indices: [3],
  })
  expect(answer).toEqual({
    ok: true,
    value: {
      shape: [2],
      indices: [3],
      labels: [1],
      pixels: new Uint8Array([7, 255]),
      numbers: new Float32Array([0.5]),
    },
  })
})

test('a crash fails every request that waits, tells why in both languages, and the next request starts anew', async () => {
  const { engine, states } = startEngine()
  await engine.request('backend', {})
  const waiting = engine.request('dataset.describe', { source: { source: 'mnist' }, job: 'j' })
  const crashing = engine.request('job.cancel', { job: 'crash' })
  const message =
    'The workbench process ended unexpectedly (exit code 7). Your project is safe; start it again to go on.'
  const text = {
    en: message,
    ko: '작업대 프로세스가 갑자기 끝났습니다(종료 코드 7). 프로젝트는 안전하며, 다시 시작하면 계속할 수 있습니다.',
  }
  const crashed = { ok: false, error: { code: 'engine-crashed', message, text, details: 'the driver is gone' } }
  expect(await Promise.all([waiting, crashing])).toEqual([crashed, crashed])
  expect(states.at(-1)).toEqual({
    engine: 'workbench',
    pid: null,
    state: 'crashed',
    message,
    text,
  })
  expect(await engine.request('backend', {})).toMatchObject({ ok: true, value: { version: '1' } })
})

test.each([
  ['abort', 'ended by SIGABRT', 'engine-crashed'],
  ['memory', 'it ran out of memory', 'out-of-memory'],
])('a crash by %s is told as "%s"', async (job, reason, code) => {
  const { engine } = startEngine()
  const answer = await engine.request('job.cancel', { job })
  expect(answer).toMatchObject({ ok: false, error: { code } })
  expect(engine.info().message).toContain(`(${reason})`)
})

test('an engine that the system ends for lack of memory is told so', async () => {
  let kills = 4
  const engine = createEngine({
    spawn: createNodeSpawn(script),
    start: { engine: 'trainer', backend: 'cpu', cacheFolder: '/nowhere' },
    onNews: () => undefined,
    onState: () => undefined,
    memoryKills: () => kills,
  })
  engines.push(engine)
  await engine.request('backend', {})
  kills = 5
  const waiting = engine.request('dataset.describe', { source: { source: 'mnist' }, job: 'j' })
  // Zero would be this whole group of processes.
  process.kill(engine.info().pid ?? Number.NaN, 'SIGKILL')
  expect(await waiting).toMatchObject({ error: { code: 'out-of-memory' } })
  expect(engine.info()).toMatchObject({
    isOutOfMemory: true,
    message: expect.stringContaining('out of memory') as string,
  })
})

test('the kills of the system are read where it counts them', () => {
  expect(readMemoryKills('nr_free_pages 5\noom_kill 12\nswap_ra 0\n')).toBe(12)
  expect(readMemoryKills('nr_free_pages 5\n')).toBeNull()
})

test('an engine whose program is missing is a crash, not an exception', async () => {
  const { engine } = startEngine('/nowhere/engine.js')
  expect(await engine.request('backend', {})).toMatchObject({ ok: false, error: { code: 'engine-crashed' } })
})

test('stopping an engine cancels what it was asked, and is no crash', async () => {
  const { engine, states } = startEngine()
  await engine.request('backend', {})
  const waiting = engine.request('dataset.describe', { source: { source: 'mnist' }, job: 'j' })
  engine.stop()
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  expect(states.map(({ state }) => state)).toEqual(['starting', 'ready', 'stopped'])
})

test('an engine ends with the process that started it, even when that is killed', async () => {
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const child = require('node:child_process').fork(${JSON.stringify(script)}, ['{"engine":"trainer"}'], { detached: true })
       child.on('message', () => console.log(child.pid))`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(printed.toString())
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
