import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { hostName, openConvas, until } from './driver.ts'

describe('a project that is changed elsewhere too', () => {
  let convas: Convas
  const folder = () => join(convas.home, 'projects')
  const file = () => join(folder(), 'Cat or dog.convas')
  const read = () => readFile(file(), 'utf8')
  const saved = (text: string) => until(read, (content) => content.includes(text), `a file with ${text}`)
  const shown = (text: string) =>
    until(
      () => convas.text('[data-project-name]'),
      (name) => name === text,
      text,
    )
  /** As an editor does, or a sync. */
  const editElsewhere = async (name: string) => {
    await writeFile(file(), (await read()).replace(/"name": "[^"]*"/, `"name": "${name}"`))
  }
  const rename = async (page: Convas['page'], name: string) => {
    await page.getByRole('button', { name: 'Project menu' }).click()
    await page.getByLabel('Project name').fill(name)
    await page.getByLabel('Project name').press('Enter')
    await page.keyboard.press('Escape')
  }
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  test('two windows lose neither of their changes', async (context) => {
    if (hostName === 'electron') return context.skip('The desktop program has one window.')
    const other = await convas.openAnother()
    await rename(convas.page, 'Named in the first')
    await saved('"Named in the first"')
    await until(
      async () => other.locator('[data-project-name]').textContent(),
      (name) => name === 'Named in the first',
      'the other window to show it',
    )
    const field = other.locator('[data-lane]').nth(1).locator('[data-notation]')
    await field.fill('FC7-FC1')
    await field.press('Enter')
    expect(await saved('"units": 7')).toContain('"Named in the first"')
    await until(
      async () => convas.lane(1).locator('[data-notation]').inputValue(),
      (notation) => notation === 'FC7-FC1',
      'the first window to show it',
    )
    // What came from elsewhere is a step of undo like any other.
    await convas.run('edit.undo')
    expect(await until(read, (content) => !content.includes('"units": 7'), 'the layers of before')).toContain(
      '"Named in the first"',
    )
    await convas.run('edit.undo')
    await saved('"Cat or dog"')
  })

  test('what was edited here and elsewhere is asked about; the version elsewhere can be taken, and undone', async () => {
    // One save first: a window that is just being opened and focused takes in what comes from elsewhere at once.
    await convas.typeNotation(1, 'FC8-FC1')
    await saved('"units": 8')
    await editElsewhere('By an editor')
    await convas.typeNotation(1, 'FC9-FC1')
    const notice = convas.page.locator('[data-notice="bad"]')
    await notice.waitFor()
    expect(await read()).toContain('"By an editor"')
    await convas.screenshot('changed-elsewhere')
    await notice.getByRole('button', { name: 'Take the other version' }).click()
    await shown('By an editor')
    await notice.waitFor({ state: 'detached' })
    await convas.run('edit.undo')
    await shown('Cat or dog')
    expect(await saved('"units": 9')).toContain('"Cat or dog"')
  })

  test('mine can be kept, with the other version beside it', async () => {
    await editElsewhere('By a sync')
    await convas.typeNotation(1, 'FC11-FC1')
    await convas.page.getByRole('button', { name: 'Keep mine' }).click()
    await saved('"units": 11')
    const copies = (await readdir(folder())).filter((name) => name.endsWith('.convas') && name !== 'Cat or dog.convas')
    expect(copies).toHaveLength(1)
    expect(await readFile(join(folder(), copies[0] ?? ''), 'utf8')).toContain('"By a sync"')
    await convas.page.locator('[data-notice="bad"]').waitFor({ state: 'detached' })
  })

  test('leaving for another project keeps mine beside it', async () => {
    await editElsewhere('By somebody')
    await convas.typeNotation(1, 'FC13-FC1')
    await convas.page.getByRole('button', { name: 'Keep mine' }).waitFor()
    await convas.newProject('')
    await convas.page.locator('[data-notice="warning"]').waitFor()
    const names = (await readdir(folder())).filter((name) => name.startsWith('Cat or dog ('))
    const contents = await Promise.all(names.map((name) => readFile(join(folder(), name), 'utf8')))
    expect(contents.some((content) => content.includes('"units": 13'))).toBe(true)
    expect(await read()).toContain('"By somebody"')
  })
})
