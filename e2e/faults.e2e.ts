import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

describe('when something breaks', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  test('a killed training engine is said in a sentence, and another training goes on from there', async () => {
    await convas.run('run.train')
    await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
    await convas.killEngines()
    await convas.page.locator('[data-crash]').first().waitFor()
    expect(await convas.lanes().count()).toBe(2)
    await convas.page.locator('[data-crash] button').last().click()
    await convas.page.locator('[data-command="run.train"]:not([disabled])').waitFor()
    await convas.run('run.train')
    await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
  })

  test('a damaged project is refused and the open one stays', async () => {
    const path = join(convas.home, 'broken.convas')
    await writeFile(path, '{ "format": "convas-project", "version": 1, ')
    await convas.openFile(path)
    await convas.page.locator('[data-notice="bad"]').waitFor()
    expect(await convas.lanes().count()).toBe(2)
  })

  test('the badge tells on request what works on this machine, and the command that mends the rest', async () => {
    const badge = convas.page.locator('button:has([data-backend])')
    await badge.click()
    await convas.page.locator('[data-doctor]').click()
    const checks = convas.page.locator('[data-check]')
    await checks.first().waitFor()
    expect(await checks.count()).toBe(6)
    expect(await convas.text('[data-check="projects"]')).toContain(convas.home)
    const faults = convas.page.locator('[data-check].fault')
    expect(await faults.locator('.advice').count()).toBe(await faults.count())
    await convas.screenshot('doctor')
    await convas.page.keyboard.press('Escape')
    await convas.page.locator('[data-check]').first().waitFor({ state: 'detached' })
  })

  test('nothing serious is found by axe in either theme, in any room', async () => {
    const found: string[] = []
    for (const theme of ['light', 'dark'] as const) {
      await convas.chooseTheme(theme)
      for (const room of ['build', 'data', 'train', 'inside', 'compare', 'runs'] as const) {
        await convas.goTo(room)
        await until(
          () => convas.page.locator('main > *').count(),
          (count) => count > 0,
          'the room',
        )
        found.push(...(await convas.seriousViolations()).map((line) => `${theme} ${room} ${line}`))
      }
    }
    expect(found).toEqual([])
  })
})
