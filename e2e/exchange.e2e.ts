import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

const fixtures = fileURLToPath(new URL('../src-main/engine/import/fixtures', import.meta.url))

/** Models that come from Keras and go to other programs. */
describe('models of other programs', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  test('a .keras file that is dropped opens as a project with a run of its weights', async () => {
    await convas.drop([join(fixtures, 'chain.keras')])
    await until(
      () => convas.lanes().count(),
      (count) => count === 1,
      'one lane',
    )
    expect(await convas.nodes().count()).toBe(5)
    await convas.page.getByText('This run has no curves').waitFor()
    await convas.goTo('runs')
    await until(
      () => convas.page.locator('[data-run]').count(),
      (count) => count === 1,
      'the run of the weights',
    )
  })

  test('an unknown layer is named, and the project stays', async () => {
    await convas.drop([join(fixtures, 'unknown.keras')])
    await convas.page.getByText('"memory" (LSTM)').waitFor()
    expect(await convas.page.locator('[data-run]').count()).toBe(1)
  })

  test('the run in view is written as a Keras script and as a graph', async () => {
    await convas.goTo('build')
    await convas.page.keyboard.press('Control+k')
    await convas.page.keyboard.type('Export models')
    await convas.page.keyboard.press('Enter')
    for (const [as, place] of [
      ['keras', 'script'],
      ['graph-svg', 'graph.svg'],
    ] as const) {
      await convas.page.locator('[data-export-as]').selectOption(as)
      await convas.page.locator('[data-export-to]').fill(join(convas.home, place))
      await convas.page.locator('[data-export-models-save]').click()
      await convas.page.locator('[data-export-models-done]').waitFor()
      if (as === 'keras') await convas.screenshot('export-models')
    }
    expect(existsSync(join(convas.home, 'script', 'model-weights.npz'))).toBe(true)
    expect(readFileSync(join(convas.home, 'graph.svg'), 'utf8')).toContain('Conv2D')
    // A place without a root is in the project's folder, and a file that is there goes only when that is said.
    const { page } = convas
    const written = async () => (await page.locator('[data-export-models-done] li').textContent()) ?? ''
    await page.locator('[data-export-to]').fill('beside.svg')
    await page.locator('[data-export-models-save]').click()
    const file = await until(written, (text) => text.endsWith('beside.svg'), 'the graph beside the project')
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.convas'))).not.toEqual([])
    const before = statSync(file).ino
    await page.locator('[data-export-models-save]').click()
    await page.locator('[data-export-replace]').waitFor()
    await convas.screenshot('export-replace')
    expect(statSync(file).ino).toBe(before)
    await page.locator('[data-export-replace]').click()
    await page.locator('[data-export-models-done]').waitFor()
    expect(statSync(file).ino).not.toBe(before)
  })

  test('a model without data gets those that fit it, and its weights are looked at with them', async () => {
    await convas.drop([join(fixtures, 'chain.keras')])
    await convas.page.getByText('was imported with its weights').waitFor()
    const folder = join(convas.home, 'tiny')
    for (const [kind, grey] of [
      ['dark', '#202020'],
      ['light', '#e0e0e0'],
    ] as const) {
      mkdirSync(join(folder, kind), { recursive: true })
      for (let number = 0; number < 6; number++)
        await sharp({ create: { width: 8, height: 8, channels: 3, background: grey } })
          .png()
          .toFile(join(folder, kind, `${number}.png`))
    }
    await convas.goTo('data')
    await convas.openFolder(folder)
    await convas.page.locator('select[data-reading="channels"]').selectOption({ label: 'Grey' })
    await convas.page.locator('[data-import-start]:not([disabled])').click()
    await convas.page.getByText('are looked at with these data now').waitFor()
    await convas.goTo('build')
    await convas.nodes('conv2d').first().locator('canvas[data-strip]').first().waitFor()
  })
})
