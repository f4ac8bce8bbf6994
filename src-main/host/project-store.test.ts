import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeProject } from '../common/project/write-project.ts'
import { success } from '../common/result.ts'
import { createProjectStore } from './project-store.ts'
import { createStateStore } from './state-store.ts'
import { sampleProject } from './testing/sample-project.ts'

const isRoot = process.getuid?.() === 0

function openStore() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'convas-home-'))
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true })
  })
  const state = createStateStore(home)
  const projects = path.join(home, 'projects')
  return { home, projects, state, store: createProjectStore(projects, state) }
}

/** As a window saves that knows nothing of the file. */
const terms = (revision = '', otherwise: 'refuse' | 'beside' | 'replace' = 'refuse', writer = 'one') => ({
  revision,
  writer,
  otherwise,
})
const saved = { ok: true, value: { beside: null } }

const makeSample = () => success(sampleProject())

test('the first start makes the sample a file in the projects folder; the next one opens it again', async () => {
  const { store, projects } = openStore()
  const file = path.join(projects, 'Cat or dog.convas')
  const first = await store.last(makeSample)
  expect(first).toMatchObject(success({ path: file, project: sampleProject(), notices: [] }))
  expect(await store.last(() => success(sampleProject('Another')))).toEqual(first)
  expect(readdirSync(projects)).toEqual(['Cat or dog.convas'])
})

test('what was opened last opens first, and what is gone is passed over in silence', async () => {
  const { store, projects } = openStore()
  await store.create(sampleProject('A'))
  await store.create(sampleProject('B'))
  await store.open(path.join(projects, 'A.convas'))
  expect(await store.last(makeSample)).toMatchObject({ value: { project: { name: 'A' }, notices: [] } })
  rmSync(path.join(projects, 'A.convas'))
  expect(await store.last(makeSample)).toMatchObject({ value: { project: { name: 'B' }, notices: [] } })
})

test('a last project that is damaged is told of and left as it is', async () => {
  const { store, projects } = openStore()
  await store.last(makeSample)
  const file = path.join(projects, 'Cat or dog.convas')
  writeFileSync(file, '{"format":')
  const last = await store.last(makeSample)
  expect(last).toMatchObject({
    ok: true,
    value: {
      path: path.join(projects, 'Cat or dog 2.convas'),
      notices: [{ en: expect.stringContaining('Cat or dog.convas') as string }],
    },
  })
  expect(readFileSync(file, 'utf8')).toBe('{"format":')
})

test.each([
  ['Cat or dog', 'Cat or dog'],
  ['고양이와 개', '고양이와 개'],
  ['../../etc/passwd', 'etc passwd'],
  ['a/b\\c:d*?"<>|', 'a b c d'],
  [' .hidden. ', 'hidden'],
  ['', 'Untitled'],
  ['x'.repeat(200), 'x'.repeat(80)],
])('a project called %j gets a file of its own in the projects folder', async (name, fileName) => {
  const { store, projects } = openStore()
  for (const expected of [`${fileName}.convas`, `${fileName} 2.convas`]) {
    expect(await store.create(sampleProject(name))).toMatchObject({ value: { path: path.join(projects, expected) } })
  }
})

test.each([
  ['relative.convas', 'a relative path'],
  ['/tmp/convas-other.json', 'another ending'],
])('saving as %s is refused: %s', async (file) => {
  const { store } = openStore()
  expect(await store.save(file, sampleProject(), terms())).toMatchObject({
    ok: false,
    error: { code: 'invalid-request' },
  })
})

test('saving leaves the whole new file and nothing beside it, even when many saves run at once', async () => {
  const { store, projects } = openStore()
  const file = path.join(projects, 'a.convas')
  const written = await Promise.all(
    Array.from({ length: 8 }, (_, index) => store.save(file, sampleProject(`P${index}`), terms())),
  )
  expect(written).toMatchObject(Array.from({ length: 8 }, () => saved))
  expect(readFileSync(file, 'utf8')).toBe(writeProject(sampleProject('P7')))
  expect(readdirSync(projects)).toEqual(['a.convas'])
})

test('of two windows on one project the second does not write over what the first one saved', async () => {
  const { store, projects } = openStore()
  const opened = await store.create(sampleProject('A'))
  if (!opened.ok) throw new Error(opened.error.message)
  const { path: file, revision } = opened.value
  const first = await store.save(file, sampleProject('First'), terms(revision, 'refuse', 'one'))
  expect(first).toMatchObject(saved)
  const second = () => store.save(file, sampleProject('Second'), terms(revision, 'refuse', 'two'))
  expect(await second()).toMatchObject({ ok: false, error: { code: 'changed-elsewhere' } })
  expect(readFileSync(file, 'utf8')).toBe(writeProject(sampleProject('First')))
  expect(await store.changed(file, revision)).toMatchObject({ value: { project: { name: 'First' } } })
  // Its own earlier save, whose answer never came, is none of another.
  expect(await store.save(file, sampleProject('Later'), terms(revision, 'refuse', 'one'))).toMatchObject(saved)
  expect(readdirSync(projects)).toEqual(['A.convas'])
})

test.each([
  ['replace', 'Mine', 'Theirs'],
  ['beside', 'Theirs', 'Mine'],
] as const)(
  'where a file was edited meanwhile, saving with "%s" keeps both versions',
  async (otherwise, kept, aside) => {
    const { store } = openStore()
    const opened = await store.create(sampleProject('A'))
    if (!opened.ok) throw new Error(opened.error.message)
    const { path: file, revision } = opened.value
    writeFileSync(file, writeProject(sampleProject('Theirs')))
    const places: string[] = []
    // Twice in a second: the second copy must not take the first one's place.
    for (let time = 0; time < 2; time++) {
      writeFileSync(file, writeProject(sampleProject('Theirs')))
      const written = await store.save(file, sampleProject('Mine'), terms(revision, otherwise))
      if (!written.ok || written.value.beside === null) throw new Error('a copy was expected')
      places.push(written.value.beside)
    }
    expect(readFileSync(file, 'utf8')).toBe(writeProject(sampleProject(kept)))
    expect(new Set(places).size).toBe(2)
    for (const place of places) expect(readFileSync(place, 'utf8')).toBe(writeProject(sampleProject(aside)))
  },
)

test('a file that is unchanged or gone is no other version', async () => {
  const { store } = openStore()
  const opened = await store.create(sampleProject('A'))
  if (!opened.ok) throw new Error(opened.error.message)
  const { path: file, revision } = opened.value
  expect(await store.changed(file, revision)).toEqual(success(null))
  rmSync(file)
  expect(await store.changed(file, revision)).toEqual(success(null))
  expect(await store.save(file, sampleProject('B'), terms(revision))).toMatchObject(saved)
})

test('the list holds the projects folder and recent files elsewhere, the newest first', async () => {
  const { store, home, projects } = openStore()
  const elsewhere = path.join(home, 'elsewhere', 'b.convas')
  await store.create(sampleProject('A'))
  writeFileSync(path.join(projects, 'never-opened.convas'), writeProject(sampleProject()))
  writeFileSync(path.join(projects, 'notes.txt'), '')
  await store.saveAs(elsewhere, sampleProject('B'))
  const list = await store.list()
  const found = list.ok ? list.value.map(({ path: file, recent }) => [path.relative(home, file), recent]) : []
  expect(found.sort()).toEqual([
    ['elsewhere/b.convas', true],
    ['projects/A.convas', true],
    ['projects/never-opened.convas', false],
  ])
})

test.each([
  ['nothing', 'not-found', () => undefined],
  ['a folder', 'not-found', (file: string) => mkdirSync(file)],
  [
    'half a file',
    'invalid-project',
    (file: string) => {
      writeFileSync(file, writeProject(sampleProject()).slice(0, 300))
    },
  ],
  [
    'a newer format',
    'newer-project',
    (file: string) => {
      writeFileSync(file, writeProject(sampleProject()).replace('"version": 1', '"version": 99'))
    },
  ],
  [
    'an unknown layer',
    'unknown-layer',
    (file: string) => {
      writeFileSync(file, writeProject(sampleProject()).replace('"conv2d"', '"convolution9d"'))
    },
  ],
] as const)('opening %s is refused as %s', async (_, code, prepare) => {
  const { store, home } = openStore()
  const file = path.join(home, 'a.convas')
  prepare(file)
  const opened = await store.open(file)
  expect(opened).toMatchObject({ ok: false, error: { code } })
  if (!opened.ok) expect(opened.error.message).toContain('a.convas')
  // In Korean too: the window shows this text, not the code's general sentence.
  if (!opened.ok)
    expect(opened.error.text).toMatchObject({
      ko: expect.stringMatching(/a\.convas.*[가-힣]{2}|[가-힣]{2}.*a\.convas/) as string,
    })
})

test('a full disk is told, and the old file is still whole', async ({ skip }) => {
  const { store, home } = openStore()
  const disk = path.join(home, 'disk')
  mkdirSync(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0
  skip(!mounted, 'a small disk can only be mounted by root')
  onTestFinished(() => {
    spawnSync('umount', [disk])
  })
  const file = path.join(disk, 'a.convas')
  expect(await store.save(file, sampleProject(), terms())).toMatchObject(saved)
  const before = readFileSync(file, 'utf8')
  expect(() => {
    writeFileSync(path.join(disk, 'filler'), Buffer.alloc(1024 * 1024))
  }).toThrow('ENOSPC')
  expect(await store.save(file, sampleProject('Another'), terms())).toMatchObject({
    ok: false,
    error: {
      code: 'disk-full',
      message: expect.stringContaining(file) as string,
      text: { ko: expect.stringMatching(/^디스크가 가득 차서/) as string },
    },
  })
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(readdirSync(disk).sort()).toEqual(['a.convas', 'filler'])
})

test('a folder without permission is told, and the old file is still there', async () => {
  const { store, home } = openStore()
  // No permission stops root but those of the system's own file systems.
  const folder = isRoot ? '/sys' : path.join(home, 'locked')
  if (!isRoot) {
    mkdirSync(folder)
    chmodSync(folder, 0o555)
  }
  expect(await store.save(path.join(folder, 'a.convas'), sampleProject(), terms())).toMatchObject({
    ok: false,
    error: { code: 'no-permission', message: expect.stringContaining('a.convas') as string },
  })
})

test('settings are kept; damaged ones count as the default', async () => {
  const { home, state } = openStore()
  expect(await state.settings()).toEqual({ theme: 'system', language: 'system', device: 'auto' })
  await state.writeSettings({ theme: 'dark', language: 'ko', device: 'cpu' })
  expect(await createStateStore(home).settings()).toEqual({ theme: 'dark', language: 'ko', device: 'cpu' })
  writeFileSync(path.join(home, 'settings.json'), '{"theme":"pink"}')
  expect(await state.settings()).toEqual({ theme: 'system', language: 'system', device: 'auto' })
  // Written before there was a choice of devices.
  writeFileSync(path.join(home, 'settings.json'), '{"theme":"dark","language":"ko"}')
  expect(await state.settings()).toEqual({ theme: 'dark', language: 'ko', device: 'auto' })
})
