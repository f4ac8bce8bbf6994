import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const terminal = path.resolve('scripts/lib/terminal.mjs')

/** What a progress writes where there is no terminal. */
function linesOf(updates: readonly object[]): string[] {
  const script = `
    import { createProgress } from ${JSON.stringify(`file://${terminal}`)}
    const progress = createProgress('Once')
    for (const update of ${JSON.stringify(updates)}) progress.update(update)
    progress.end()`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean)
}

test('without a terminal, a line tells each new step and each further tenth, never the same twice', () => {
  const download = [0, 4, 10, 12, 55, 100].map((done) => ({ name: 'Downloading', done, total: 100 }))
  const unpack = [0, 0].map((done) => ({ name: 'Unpacking', done }))
  expect(linesOf([...download, ...unpack, { name: 'Compiling', done: 0 }])).toEqual([
    '  Once: Downloading, 0 %',
    '  Once: Downloading, 10 %',
    '  Once: Downloading, 50 %',
    '  Once: Downloading, 100 %',
    '  Once: Unpacking',
    '  Once: Compiling',
  ])
})

test('where the total is unknown, a line tells every 50 MB', () => {
  const sizes = [1e6, 49e6, 51e6, 90e6, 210e6]
  const updates = sizes.map((done) => ({ done, amount: `${done / 1e6} MB` }))
  expect(linesOf([{ name: 'connecting', done: 0 }, ...updates])).toEqual([
    '  Once: connecting',
    '  Once: 1 MB',
    '  Once: 51 MB',
    '  Once: 210 MB',
  ])
})
