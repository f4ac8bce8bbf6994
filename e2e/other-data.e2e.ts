import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPet } from './drawn-pictures.ts'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

/** What becomes of a run, of the recipe and of what is shown where the project gets other data. */
describe('other data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convas-e2e-other-'))
  const loose = join(folder, 'loose')
  const pets = join(folder, 'pets')
  const cache = join(folder, 'cache')
  let convas: Convas

  beforeAll(async () => {
    for (let number = 0; number < 6; number++) {
      const kind = number % 2 === 0 ? 'cat' : 'dog'
      const picture = await drawPet(kind, number)
      for (const place of [loose, join(pets, kind)]) {
        mkdirSync(place, { recursive: true })
        writeFileSync(join(place, `${'abcdef'[number]}.jpg`), picture)
      }
    }
    convas = await openConvas({ cache })
    await convas.newProject('lenet-cat-dog')
  }, 120_000)
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const note = (about: 'maps' | 'results') => convas.page.locator(`[data-other-data="${about}"]`)
  const choose = async (id: string) => {
    await convas.goTo('data')
    await convas.page.locator(`[data-dataset="${id}"]`).click()
    await convas.ready()
  }
  const mapsOf = (layer: string) =>
    convas.page
      .locator(`[data-room="inside"] [data-layer="${layer}"] canvas`)
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())

  test('maps of a run are not shown beside the samples of other data; one click leads back to its data', async () => {
    await convas.goTo('inside')
    await convas.page.locator('section[data-room="inside"] [data-layer="c1"] canvas').first().waitFor()
    const untrained = await mapsOf('c1')
    await convas.goTo('train')
    await convas.setRecipe('epochs', '1')
    await convas.run('run.train')
    await convas.goTo('runs')
    await until(
      () => convas.text('[data-run]'),
      (text) => text.includes('Finished'),
      'a finished run',
      120_000,
    )
    await convas.goTo('inside')
    const trained = await until(
      () => mapsOf('c1'),
      (now) => now !== untrained,
      'the maps of the run',
    )
    expect(await convas.page.locator('[data-scrubber]').count()).toBe(1)
    expect(await note('maps').count()).toBe(0)

    await choose('shapes-in-colour')
    await convas.goTo('inside')
    await note('maps').getByText('Cat').waitFor()
    expect(await note('maps').textContent()).toMatch(/32×32×1.*32×32×3.*does not fit/su)
    expect(await convas.page.locator('[data-scrubber]').count()).toBe(0)
    expect(await convas.page.locator('[data-room="inside"] [data-maps] canvas').count()).toBe(0)
    await convas.screenshot('other-data-inside')
    expect(await convas.seriousViolations()).toEqual([])
    await convas.goTo('train')
    await note('results').waitFor()
    await convas.screenshot('other-data-train')

    await convas.page.locator('section[data-room="train"] [data-fit-models]').click()
    await convas.page.locator('section[data-room="train"] [data-train]:not([disabled])').waitFor()
    await convas.goTo('inside')
    await convas.page.locator('[data-maps] canvas').first().waitFor()
    expect(await note('maps').textContent()).toContain('untrained network')
    await convas.run('edit.undo')
    await convas.goTo('train')

    await note('results').locator('[data-take-run-data]').click()
    await note('results').waitFor({ state: 'detached' })
    await convas.goTo('inside')
    await until(
      () => mapsOf('c1'),
      (now) => now === trained,
      'the maps of the run again',
    )
  })

  test('a choice of data and the loss that follows are one step of undo, and the notice of it goes with it', async () => {
    const loss = convas.page.locator('[data-recipe="loss"]')
    await convas.goTo('train')
    const before = await loss.inputValue()
    await choose('shapes-in-colour')
    const notice = convas.page.locator('[data-notice="info"]').getByText('The loss is now')
    await notice.waitFor()
    await convas.screenshot('other-data-notice')
    await convas.run('edit.undo')
    await convas.page.locator('[data-dataset="cat-dog-doodles"][aria-pressed="true"]').waitFor()
    expect(await notice.count()).toBe(0)
    await convas.goTo('train')
    expect(await loss.inputValue()).toBe(before)
    await convas.run('edit.redo')
    await until(
      () => loss.inputValue(),
      (now) => now !== before,
      'the loss of ten classes again',
    )
    await convas.run('edit.undo')
  })

  test('data can be changed while a run is going: what is shown is of the new data, and it is told', async () => {
    await convas.ready()
    await convas.setRecipe('epochs', '200')
    await convas.run('run.train')
    await convas.page.locator('[data-progress]').first().waitFor()
    await choose('shapes-in-colour')
    await convas.goTo('inside')
    await note('maps').getByText('under way').waitFor()
    await convas.goTo('train')
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
    await convas.run('edit.undo')
    await note('results').waitFor({ state: 'detached' })
  })

  test('what the command line imports appears when the window is looked at again', async () => {
    await convas.goTo('data')
    await convas.page.locator('[data-open-files]').waitFor()
    execFileSync(process.execPath, ['out/main/convas.js', 'data', 'import', pets, '--name', 'from outside'], {
      env: { ...process.env, CONVAS_HOME: convas.home, CONVAS_CACHE: cache },
    })
    expect(await convas.page.locator('[data-imported]').count()).toBe(0)
    await convas.page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await convas.page.locator('[data-imported]').getByText('from outside').waitFor()
  })

  test('pictures without labels can be looked at; training says in one sentence why not, and leads to labelling', async () => {
    await convas.openFolder(loose)
    await convas.page.locator('[data-import="preview"] [data-reading="height"]').fill('32')
    await convas.page.locator('[data-reading="width"]').fill('32')
    await convas.page.locator('select[data-reading="channels"]').selectOption({ label: 'Grey' })
    await convas.page.locator('[data-import-start]:not([disabled])').click()
    await convas.page.locator('[data-data-note]').getByText('no labels').waitFor()
    await convas.screenshot('unlabelled')
    await convas.goTo('build')
    expect(await convas.problems().count()).toBe(0)
    await convas.run('run.train')
    const notice = convas.page.locator('[data-notice="warning"]')
    await notice.getByText('no labels').waitFor()
    await notice.getByRole('button', { name: 'Label' }).click()
    await convas.page.locator('[data-labelling]').waitFor()
    expect(await notice.count()).toBe(0)
  })
})
