import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

/** A run that is cut off, found again, taken up, and taken further. */
describe('a run that goes on', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.goTo('train')
    await convas.setRecipe('epochs', '3')
  })
  afterAll(async () => {
    await convas.dispose()
  })

  const epochs = () => convas.epoch()

  test('its learning rate is changed while it trains, and the log says so', async () => {
    await convas.run('run.train')
    await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
    await convas.setRate('0.0005')
    await until(
      () => convas.text('[data-rate-now]'),
      (now) => now === '0.0005',
      'the new rate',
    )
    await convas.screenshot('rate')
    await convas.goTo('build')
    await convas.page.getByRole('tab', { name: 'Log' }).click()
    await until(
      () => convas.text('[role="tabpanel"]'),
      (log) => log.includes('changed from 0.001 to 0.0005'),
      'a line in the log',
    )
  })

  test('killed with its engine, it is listed as interrupted after the window was opened again', async () => {
    await convas.goTo('train')
    await until(epochs, (count) => count >= 2, 'a second epoch')
    await convas.killEngines()
    await convas.page.locator('[data-go-on="as-planned"]').waitFor()
    await convas.screenshot('interrupted')
    const home = convas.home
    await convas.close()
    convas = await openConvas({ home })
    await convas.goTo('runs')
    await until(
      () => convas.text('[data-run] .state'),
      (state) => state === 'Interrupted',
      'an interrupted run',
    )
    await convas.screenshot('runs-interrupted')
  })

  test('goes on from the list, in the same folder and under the same name', async () => {
    const run = await convas.page.locator('[data-run]').getAttribute('data-run')
    await convas.page.locator('[data-run] [data-go-on] button').click()
    await until(
      () => convas.text('[data-run] .state'),
      (state) => state === 'Finished',
      'the end of the run',
    )
    expect(await convas.page.locator('[data-run]').count()).toBe(1)
    expect(await convas.page.locator('[data-run]').getAttribute('data-run')).toBe(run)
    await convas.goTo('train')
    expect(await epochs()).toBe(3)
  })

  test('goes on for two more epochs', async () => {
    await convas.page.locator('[data-go-on="more-epochs"] input').fill('2')
    await convas.screenshot('more-epochs')
    await convas.page.locator('[data-go-on="more-epochs"] button').click()
    await until(epochs, (count) => count === 5, 'five epochs')
    await convas.page.locator('[data-go-on="more-epochs"]').waitFor()
    await convas.chooseLanguage('ko')
    await convas.chooseTheme('dark')
    await convas.screenshot('more-epochs-ko')
    await convas.goTo('runs')
    await convas.page.locator('[data-run] .way button').first().click()
    await convas.page.locator('[data-run] [data-go-on="more-epochs"] button').waitFor()
    await convas.resize(1024, 700)
    await convas.screenshot('runs-more-ko')
    expect(await convas.overflow()).toEqual([])
  })
})
