import { mkdtempSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createIncomingFiles } from './incoming-files.ts'

const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'convas-incoming-')), 'incoming')
const incoming = createIncomingFiles(folder)
const send = (name: string, offset: number, text: string) =>
  incoming.receive({ transfer: 'drop-1', name, offset, bytes: new TextEncoder().encode(text) })

test('a dropped folder arrives piece by piece; the answer is what to inspect', async () => {
  expect(await send('pets/cat/1.txt', 0, 'meow ')).toEqual({
    ok: true,
    value: { path: path.join(folder, 'drop-1', 'pets') },
  })
  await send('pets/cat/1.txt', 5, 'meow')
  await send('pets/dog.txt', 0, 'woof')
  expect(await readFile(path.join(folder, 'drop-1', 'pets', 'cat', '1.txt'), 'utf8')).toBe('meow meow')
  expect(await send('a.zip', 0, 'x')).toEqual({ ok: true, value: { path: path.join(folder, 'drop-1', 'a.zip') } })
})

test('a piece that was sent before is written over; one after a gap is refused', async () => {
  await send('b.txt', 0, 'one')
  await send('b.txt', 0, 'two')
  expect(await readFile(path.join(folder, 'drop-1', 'b.txt'), 'utf8')).toBe('two')
  expect(await send('b.txt', 9, 'x')).toMatchObject({
    ok: false,
    error: { code: 'invalid-request', message: expect.stringMatching(/at 3 was expected/) as string },
  })
})

test.each(['../evil.txt', 'a/../../evil.txt', '/etc/passwd', 'a//b', 'a\\..\\..\\b', 'C:\\x', 'a/\u0001', '.', ''])(
  'the name %j is refused, and nothing is written',
  async (name) => {
    const before = await readdir(path.dirname(folder), { recursive: true })
    expect(await send(name, 0, 'x')).toMatchObject({ ok: false, error: { code: 'invalid-request' } })
    expect(await readdir(path.dirname(folder), { recursive: true })).toEqual(before)
  },
)
