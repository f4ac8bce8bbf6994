import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { DatasetDescriptor } from '../../common/data/dataset.ts'
import type { Project } from '../../common/project/project.ts'
import { success } from '../../common/result.ts'
import { sampleProject } from '../testing/sample-project.ts'
import { giveData } from './run-data.ts'

const source = { source: 'cat-dog-doodles' } as const
const doodles = {
  shape: [32, 32, 1],
  task: 'classification',
  classes: ['cat', 'dog'],
  heldOut: 0,
  hash: 'abc',
} as unknown as DatasetDescriptor

function writeRun(changes: Partial<Project> = {}, lines: readonly object[] = []): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'convas-run-data-'))
  const project = { ...sampleProject(), dataset: null, ...changes }
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ format: 'convas-run', project, results: { cnn: 0 } }))
  writeFileSync(path.join(folder, 'metrics.jsonl'), lines.map((line) => JSON.stringify(line) + '\n').join(''))
  return folder
}

const give = (folder: string, data = doodles) =>
  giveData({ folder, run: 'r', source, describe: async () => success(data) })

const recordOf = (folder: string) =>
  JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as {
    readonly project: Project
    readonly data?: unknown
    readonly results: unknown
  }

test('a run without data gets those that its models take, and nothing else of its record changes', async () => {
  const folder = writeRun()
  expect(await give(folder)).toEqual({ ok: true, value: null })
  const { project, data, results } = recordOf(folder)
  expect(project).toEqual({ ...sampleProject(), dataset: source })
  expect([data, results]).toEqual([{ source, hash: 'abc' }, { cnn: 0 }])
})

test('data of another shape, or with other classes, are refused with both', async () => {
  const folder = writeRun()
  const before = readFileSync(path.join(folder, 'run.json'), 'utf8')
  const wide = await give(folder, { ...doodles, shape: [28, 28, 1] })
  expect(wide.ok ? '' : wide.error.message).toMatch(/32×32×1.*28×28×1/)
  const many = await give(folder, { ...doodles, classes: ['a', 'b', 'c'] })
  expect(many.ok ? '' : many.error.code).toBe('invalid-dataset')
  expect(readFileSync(path.join(folder, 'run.json'), 'utf8')).toBe(before)
})

test('a run that learnt here keeps its data', async () => {
  const epoch = { type: 'epoch', model: 'cnn', epoch: 1, loss: 1, accuracy: null, valLoss: null, valAccuracy: null }
  for (const folder of [writeRun({ dataset: { source: 'mnist' } }), writeRun({}, [epoch])]) {
    expect(await give(folder)).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  }
})
