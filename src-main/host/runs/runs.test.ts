import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readRun, runsFolderOf } from '../run-store.ts'
import { sampleProject } from '../testing/sample-project.ts'
import { listRuns } from './run-list.ts'
import { annotateRun, readNotes } from './run-notes.ts'
import { deleteRuns, emptyTrash, measureTrash, purgeTrash, restoreRuns } from './run-trash.ts'

const noOne: ReadonlySet<string> = new Set()

function writeRuns(...runs: readonly string[]) {
  const project = path.join(mkdtempSync(path.join(os.tmpdir(), 'convas-runs-')), 'a.convas')
  const folder = runsFolderOf(project)
  for (const run of runs) {
    mkdirSync(path.join(folder, run), { recursive: true })
    writeFileSync(path.join(folder, run, 'run.json'), JSON.stringify({ project: sampleProject() }))
    writeFileSync(path.join(folder, run, 'metrics.jsonl'), epochLine(0.5))
  }
  return { project, folder }
}

function epochLine(valLoss: number): string {
  return (
    JSON.stringify({ type: 'epoch', model: 'cnn', epoch: 1, loss: 1, accuracy: null, valLoss, valAccuracy: null }) +
    '\n'
  )
}

async function lossesOf(project: string, live = noOne) {
  const runs = await listRuns(project, live)
  return runs.ok ? runs.value.map(({ run, results }) => [run, results[0]?.valLoss]) : null
}

test('what runs came to is taken from the index, and read anew where their files have changed', async () => {
  const { project, folder } = writeRuns('a', 'b')
  expect(await lossesOf(project)).toEqual([
    ['b', 0.5],
    ['a', 0.5],
  ])
  const index = path.join(folder, 'index.json')
  writeFileSync(index, readFileSync(index, 'utf8').replaceAll('"valLoss":0.5', '"valLoss":0.25'))
  appendFileSync(path.join(folder, 'b', 'metrics.jsonl'), epochLine(0.125))
  // Of `a` what the index says, though another thing is in its history; of `b` its history.
  expect(await lossesOf(project)).toEqual([
    ['b', 0.125],
    ['a', 0.25],
  ])
})

test('a damaged index is made anew, and a run under way is not in it', async () => {
  const { project, folder } = writeRuns('a', 'b')
  writeFileSync(path.join(folder, 'index.json'), '{')
  expect(await lossesOf(project, new Set(['b']))).toEqual([
    ['b', 0.5],
    ['a', 0.5],
  ])
  expect(readFileSync(path.join(folder, 'index.json'), 'utf8')).not.toContain('"run":"b"')
})

test('the newest alone are listed where only they are asked for, and what the index knows of the others is kept', async () => {
  const { project, folder } = writeRuns('a', 'b', 'c')
  await lossesOf(project)
  const index = readFileSync(path.join(folder, 'index.json'), 'utf8')
  appendFileSync(path.join(folder, 'c', 'metrics.jsonl'), epochLine(0.125))
  const newest = await listRuns(project, noOne, 2)
  expect(newest.ok && newest.value.map(({ run, results }) => [run, results[0]?.valLoss])).toEqual([
    ['c', 0.125],
    ['b', 0.5],
  ])
  expect(readFileSync(path.join(folder, 'index.json'), 'utf8')).toBe(index)
})

test('notes of several runs that are written at once are all kept, beside the folders', async () => {
  const { project, folder } = writeRuns('a', 'b')
  const noted = (name: string) => ({ name, note: 'n', star: true, hidden: false })
  await Promise.all([annotateRun(folder, 'a', noted('A')), annotateRun(folder, 'b', noted('B'))])
  const notes = await readNotes(folder)
  expect([notes('a').name, notes('b').name, notes('toString').name]).toEqual(['A', 'B', ''])
  expect(existsSync(path.join(folder, 'a', 'notes.json'))).toBe(false)
  const listed = await listRuns(project)
  expect(listed.ok && listed.value.map((run) => run.notes.star)).toEqual([true, true])
})

test('notes that cannot be read are left as they are', async () => {
  const { folder } = writeRuns('a')
  writeFileSync(path.join(folder, 'notes.json'), '{"runs": ')
  expect(await annotateRun(folder, 'a', { name: 'A', note: '', star: false, hidden: false })).toMatchObject({
    ok: false,
  })
  expect(readFileSync(path.join(folder, 'notes.json'), 'utf8')).toBe('{"runs": ')
})

test('a deleted run is taken back whole; its space is freed when the trash is emptied', async () => {
  const { project, folder } = writeRuns('a', 'b')
  const before = readFileSync(path.join(folder, 'a', 'metrics.jsonl'), 'utf8')
  expect(await deleteRuns(folder, ['a'], noOne)).toMatchObject({ ok: true })
  expect(await lossesOf(project)).toEqual([['b', 0.5]])
  expect((await measureTrash(folder)).entries).toMatchObject([{ kind: 'run', id: 'a' }])
  await restoreRuns(folder, ['a'])
  expect(readFileSync(path.join(folder, 'a', 'metrics.jsonl'), 'utf8')).toBe(before)
  await deleteRuns(folder, ['a', 'b'], noOne)
  const freed = await emptyTrash(folder)
  expect(freed.ok && freed.value.entries.length).toBe(2)
  expect(await measureTrash(folder)).toEqual({ entries: [], bytes: 0 })
})

test('a run under way is not deleted, and no id leads elsewhere', async () => {
  const { folder } = writeRuns('a')
  expect(await deleteRuns(folder, ['a'], new Set(['a']))).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  expect(await deleteRuns(folder, ['../x'], noOne)).toMatchObject({ ok: false, error: { code: 'invalid-run' } })
  expect(existsSync(path.join(folder, 'a', 'run.json'))).toBe(true)
})

test('a copy of a run is a run of its own, by the name of its folder', async () => {
  const { project, folder } = writeRuns('2026-11-29T10-18-48-b07b')
  const copy = '2026-11-29T10-18-48-b07b (복사본)'
  const line = JSON.stringify({ type: 'run-started', run: '2026-11-29T10-18-48-b07b', models: [] })
  appendFileSync(path.join(folder, '2026-11-29T10-18-48-b07b', 'metrics.jsonl'), line + '\n')
  cpSync(path.join(folder, '2026-11-29T10-18-48-b07b'), path.join(folder, copy), { recursive: true })
  expect((await lossesOf(project))?.map(([run]) => run)).toEqual([copy, '2026-11-29T10-18-48-b07b'])
  const read = await readRun(project, copy, null)
  expect(read.ok && read.value.run).toBe(copy)
  await deleteRuns(folder, [copy], noOne)
  expect((await lossesOf(project))?.map(([run]) => run)).toEqual(['2026-11-29T10-18-48-b07b'])
})

test('runs are deleted all or none, and none is put back onto another of its name', async () => {
  const { project, folder } = writeRuns('a', 'b')
  expect(await deleteRuns(folder, ['a', 'gone'], noOne)).toMatchObject({ ok: false })
  expect((await lossesOf(project))?.map(([run]) => run)).toEqual(['b', 'a'])
  await deleteRuns(folder, ['a'], noOne)
  cpSync(path.join(folder, 'b'), path.join(folder, 'a'), { recursive: true })
  expect(await restoreRuns(folder, ['a'])).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  expect((await measureTrash(folder)).entries.map(({ id }) => id)).toEqual(['a'])
})

test('what was deleted is purged after thirty days, not before', async () => {
  const { folder } = writeRuns('a', 'b')
  await deleteRuns(folder, ['a', 'b'], noOne)
  const day = 86_400
  const now = Date.now() / 1000
  utimesSync(path.join(folder, 'trash', 'a'), now - 31 * day, now - 31 * day)
  utimesSync(path.join(folder, 'trash', 'b'), now - 29 * day, now - 29 * day)
  await purgeTrash(folder)
  expect([existsSync(path.join(folder, 'trash', 'a')), existsSync(path.join(folder, 'trash', 'b'))]).toEqual([
    false,
    true,
  ])
})
