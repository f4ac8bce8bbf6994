import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { failure } from '../common/result.ts'
import { exportModels } from './export-models.ts'
import { sampleProject } from './testing/sample-project.ts'

const home = mkdtempSync(path.join(os.tmpdir(), 'convas-export-'))
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

const project = sampleProject()

/** The graphs of the sample, which need no engine. */
async function saveGraphs(place: string, replace: boolean, models = [project.models[0]?.id ?? '']) {
  return exportModels({
    ask: async () => failure('internal', 'no engine was expected'),
    project,
    folder: null,
    models,
    as: 'graph-svg',
    to: path.join(home, place),
    replace,
    language: 'en',
    job: 'export',
    signal: new AbortController().signal,
    version: '1',
  })
}

test('what an export wrote is replaced only when that is asked for', async () => {
  expect(await saveGraphs('graph.svg', false)).toMatchObject({ ok: true })
  const file = path.join(home, 'graph.svg')
  writeFileSync(file, `${readFileSync(file, 'utf8')}<!-- old -->`)
  expect(await saveGraphs('graph.svg', false)).toMatchObject({ ok: false, error: { code: 'already-exists' } })
  expect(readFileSync(file, 'utf8')).toContain('<!-- old -->')
  expect(await saveGraphs('graph.svg', true)).toMatchObject({ ok: true })
  expect(readFileSync(file, 'utf8')).not.toContain('<!-- old -->')
})

test('one of several files that is there already stops all of them', async () => {
  const models = project.models.map(({ id }) => id)
  const first = await saveGraphs('all.svg', false, models)
  const [, second = ''] = first.ok ? first.value.files : []
  for (const file of first.ok ? first.value.files : []) if (file !== second) rmSync(file)
  expect(await saveGraphs('all.svg', false, models)).toMatchObject({ ok: false, error: { code: 'already-exists' } })
  expect(readdirSync(home).filter((name) => name.startsWith('all'))).toEqual([path.basename(second)])
})

test.each(['project.convas', 'drawing.svg'])('a file of somebody else is never replaced: %s', async (name) => {
  const theirs = '<svg xmlns="http://www.w3.org/2000/svg"/>'
  writeFileSync(path.join(home, name), theirs)
  const refused = await saveGraphs(name, true)
  expect(!refused.ok && refused.error.message).toContain('choose another name')
  expect(readFileSync(path.join(home, name), 'utf8')).toBe(theirs)
})

test('one missing folder is made, more are asked for, and a file is no folder', async () => {
  expect(await saveGraphs('new/graph.svg', false)).toMatchObject({ ok: true })
  const deep = await saveGraphs('far/away/graph.svg', false)
  expect(!deep.ok && deep.error.message).toBe(
    `There is no folder ${path.join(home, 'far')}. Make it first, or choose another place.`,
  )
  const below = await saveGraphs('new/graph.svg/graph.svg', false)
  expect(!below.ok && below.error.message).toContain('is a file, not a folder')
  expect(readdirSync(home)).not.toContain('far')
})
