import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

const sizes = [
  { name: 'normal', width: 1440, height: 900 },
  { name: 'small', width: 1024, height: 700 },
  { name: 'large', width: 1920, height: 1080 },
] as const
const looks = [
  { theme: 'light', language: 'en' },
  { theme: 'dark', language: 'ko' },
  { theme: 'dark', language: 'en' },
  { theme: 'light', language: 'ko' },
] as const

/** Takes the pictures that a designer looks at, and holds what can be told without one. */
describe('how it looks', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  test('while it trains, with curves, kernels and maps in view', async () => {
    await convas.run('run.train')
    await until(
      () => convas.text('[data-progress]'),
      (progress) => /[3-9]\s*\/\s*10/u.test(progress),
      'the third epoch',
      120_000,
    )
    await convas.lane(0).locator('[data-layer="conv2d"]').first().click()
    await convas.screenshot('training')
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
  })

  test('nothing sticks out of the window in any room, size, theme and language', async () => {
    const sticksOut: string[] = []
    for (const { theme, language } of looks) {
      await convas.chooseTheme(theme)
      await convas.chooseLanguage(language)
      for (const size of sizes) {
        await convas.resize(size.width, size.height)
        for (const room of ['build', 'data', 'train', 'inside', 'compare', 'runs'] as const) {
          await convas.goTo(room)
          await until(
            () => convas.page.locator('main > *').count(),
            (count) => count > 0,
            'the room',
          )
          const overflow = await convas.overflow()
          const name = `${room}-${size.name}-${theme}-${language}`
          if (overflow.length > 0) sticksOut.push(`${name}: ${overflow.join(', ')}`)
          await convas.screenshot(name)
        }
      }
    }
    expect(sticksOut).toEqual([])
  })
})
