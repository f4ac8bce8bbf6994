import { afterEach, expect, test } from 'vitest'
import type { EngineStart } from '../common/engine-protocol.ts'
import type { EngineProcess } from './engine-process.ts'
import { createNodeSpawn } from './engine-process.ts'
import { createEngine } from './engine-supervisor.ts'
import { writeTinyEngine } from './testing/tiny-engine.ts'
import { createWarmSpawn } from './warm-spawn.ts'

const start: EngineStart = { engine: 'trainer', oneThreadAnOp: true, backend: 'cpu', cacheFolder: '/nowhere' }
const opened: { close: () => void }[] = []

/** Real processes, each of which is remembered. */
function openSpawn({ freeBytes = () => Infinity } = {}) {
  const spawn = createNodeSpawn(writeTinyEngine())
  const processes: EngineProcess[] = []
  const gone: (number | null)[] = []
  const warm = createWarmSpawn(
    (given) => {
      const started = spawn(given)
      processes.push(started)
      const listeners: Parameters<EngineProcess['onExit']>[0][] = []
      started.onExit((exit) => {
        gone.push(started.pid())
        for (const listener of listeners) listener(exit)
      })
      return { ...started, onExit: (listener) => void listeners.push(listener) }
    },
    { quietMs: 1, freeBytes },
  )
  opened.push({
    close: () => {
      warm.close()
      for (const each of processes) each.kill()
    },
  })
  const engineFor = (given: EngineStart) =>
    createEngine({ spawn: warm.spawn, start: given, onNews: () => undefined, onState: () => undefined })
  return { warm, processes, gone, engineFor }
}

afterEach(() => {
  for (const each of opened.splice(0)) each.close()
})

test('an engine that was prepared is the one that answers, and there is no second', async () => {
  const { warm, processes, engineFor } = openSpawn()
  warm.prepare(start)
  await expect.poll(() => processes.length).toBe(1)
  const engine = engineFor({ ...start })
  expect(await engine.request('backend', {})).toMatchObject({ ok: true })
  expect(engine.info().pid).toBe(processes[0]?.pid())
  expect(processes).toHaveLength(1)
})

test('one that was prepared for other steps is left alone, and ended when that is known', async () => {
  const { warm, processes, gone, engineFor } = openSpawn()
  warm.prepare(start)
  await expect.poll(() => processes.length).toBe(1)
  const engine = engineFor({ ...start, oneThreadAnOp: false })
  expect(await engine.request('backend', {})).toMatchObject({ ok: true })
  expect(engine.info().pid).toBe(processes[1]?.pid())
  const first = processes[0]?.pid()
  warm.prepare({ ...start, oneThreadAnOp: false })
  await expect.poll(() => gone).toContain(first)
})

test('one that died while it waited is not handed out', async () => {
  const { warm, processes, gone, engineFor } = openSpawn()
  warm.prepare(start)
  await expect.poll(() => processes.length).toBe(1)
  processes[0]?.kill()
  await expect.poll(() => gone).toHaveLength(1)
  expect(await engineFor(start).request('backend', {})).toMatchObject({ ok: true })
})

test('a machine that is short of memory prepares nothing', async () => {
  let asked = 0
  const { warm, processes } = openSpawn({ freeBytes: () => (asked++, 1e9) })
  warm.prepare(start)
  await expect.poll(() => asked).toBe(1)
  expect(processes).toEqual([])
})
