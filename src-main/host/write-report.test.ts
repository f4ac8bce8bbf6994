import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createNodeSpawn } from './engine-process.ts'
import { createEngine } from './engine-supervisor.ts'
import { sampleProject } from './testing/sample-project.ts'
import { writeTinyEngine } from './testing/tiny-engine.ts'
import { saveReport } from './write-report.ts'

const home = mkdtempSync(path.join(os.tmpdir(), 'convas-report-'))
const engine = createEngine({
  spawn: createNodeSpawn(writeTinyEngine()),
  start: { engine: 'workbench', backend: 'cpu', cacheFolder: home },
  onNews: () => undefined,
  onState: () => undefined,
})
afterAll(() => {
  engine.stop()
})

/** A finished run of the sample project. */
function runFolder(name: string, hash: string): string {
  const folder = path.join(home, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ project: sampleProject() }))
  writeFileSync(
    path.join(folder, 'metrics.jsonl'),
    `${JSON.stringify({ type: 'run-started', run: name, data: { hash } })}\n`,
  )
  return folder
}

const options = {
  ask: engine.request,
  shift: [],
  weights: 'best',
  replace: false,
  language: 'en',
  job: 'export',
  version: '1',
  signal: new AbortController().signal,
} as const

test('a report that is cancelled while models are judged is not written, though they answer in the same moment', async () => {
  const folder = runFolder('one', 'h')
  const to = path.join(home, 'out', 'report.html')
  const controller = new AbortController()
  const report = saveReport({ ...options, models: [{ folder, model: 'cnn' }], to, signal: controller.signal })
  await expect.poll(() => existsSync(path.join(folder, 'judging'))).toBe(true)
  controller.abort()
  await engine.request('job.cancel', { job: 'export' })
  expect(await report).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  expect(readdirSync(home)).not.toContain('out')
})

test('runs of other data are refused before anything is judged', async () => {
  const models = ['a', 'b'].map((name) => ({ folder: runFolder(name, name), model: 'cnn' }))
  const refused = await saveReport({ ...options, models, to: path.join(home, 'out.html') })
  expect(!refused.ok && refused.error.text?.en).toContain('the same data')
  expect(existsSync(path.join(models[0]?.folder ?? '', 'judging'))).toBe(false)
})
