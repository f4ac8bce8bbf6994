import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findWriteFault, makeFolder } from './folder.ts'

const root = mkdtempSync(path.join(os.tmpdir(), 'convas-folder-'))
writeFileSync(path.join(root, 'file'), '')

test('a folder is made with those above it, and may be there already', async () => {
  const folder = path.join(root, 'a', 'b')
  expect([await makeFolder(folder), await findWriteFault(folder)]).toEqual([{ ok: true, value: null }, null])
})

test('a path through a file is told as one', async () => {
  const folder = path.join(root, 'file', 'a')
  expect(await findWriteFault(folder)).toMatchObject({
    code: 'not-found',
    message: `${folder} leads through a file as if it were a folder.`,
  })
})

// Linux's /proc takes no folders from anyone and says ENOENT, as if something were missing.
test.runIf(process.platform === 'linux')('where no folder can be made, nothing is said to be missing', async () => {
  expect(await makeFolder('/proc/convas/a/b')).toMatchObject({ ok: false, error: { code: 'no-permission' } })
})

test('two who make the same folder at once both get it', async () => {
  const folder = path.join(root, 'c', 'd', 'e')
  const made = await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(folder)])
  expect(made).toEqual([1, 2, 3].map(() => ({ ok: true, value: null })))
})
