import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

/** One window from the first start to reopening: the main job, as a person does it. */
describe('the sample project', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  test('opens with LeNet-5 and an MLP side by side, their shapes and counts in view', async () => {
    expect(await convas.lanes().count()).toBe(2)
    const first = (await convas.lane(0).textContent()) ?? ''
    expect(first.replace(/\s/gu, '')).toContain('91181')
    expect(first).toContain('6×6×16')
    expect((await convas.lane(1).textContent())?.replace(/\s/gu, '')).toContain('90289')
    expect(await convas.problems().count()).toBe(0)
  })

  test('shows the untrained maps of the pinned picture before anything is trained', async () => {
    expect(await inkOf(convas, '[data-lane] [data-layer="conv2d"] canvas[data-strip]')).toBeGreaterThan(2)
  })

  test('trains both models while kernels and maps of both change, and pauses, resumes and stops', async () => {
    await convas.run('run.train')
    const conv = convas.lane(0).locator('[data-layer="conv2d"]').first()
    const dense = convas.lane(1).locator('[data-layer="dense"]').first()
    await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
    const [convBefore, denseBefore] = [await convas.stripPixels(conv), await convas.stripPixels(dense)]
    await convas.stripChange(conv, convBefore)
    await convas.stripChange(dense, denseBefore)

    await convas.run('run.pause')
    await convas.page.locator('[data-command="run.resume"]').waitFor()
    const paused = await convas.stripPixels(conv)
    await convas.run('run.resume')
    await convas.stripChange(conv, paused)

    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
    await convas.page.getByRole('tab', { name: 'Log' }).click()
    expect(await convas.text('[role="tabpanel"]')).toMatch(/stopped/i)
  })

  test('is stopped before it has begun', async () => {
    await convas.run('run.train')
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
    expect(await convas.text('[data-progress]')).toMatch(/stopped/i)
  })

  test('keeps the run, and shows the maps of an earlier epoch', async () => {
    await convas.goTo('runs')
    await until(
      () => convas.page.locator('[data-run]').count(),
      (count) => count === 2,
      'two runs',
    )
    await convas.goTo('build')
  })

  test('reopens where it was left', async () => {
    await convas.lane(1).locator('[data-layer="dense"]').first().click()
    await convas.setParam('units', '96')
    await until(
      async () => (await convas.lane(1).textContent())?.replace(/\s/gu, '') ?? '',
      (text) => text.includes('98497'),
      '98,497 parameters',
    )
    const home = convas.home
    await convas.close()
    convas = await openConvas({ home })
    expect((await convas.lane(1).textContent())?.replace(/\s/gu, '')).toContain('98497')
    await convas.goTo('runs')
    expect(await convas.page.locator('[data-run]').count()).toBe(2)
  })
})

/** How many colours a canvas shows: one where nothing was drawn on it. */
async function inkOf(convas: Convas, selector: string): Promise<number> {
  return until(
    () =>
      convas.page
        .locator(selector)
        .first()
        .evaluate((element) => {
          const canvas = element as HTMLCanvasElement
          const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
          const colours = new Set<number>()
          for (let at = 0; at < data.length; at += 4)
            colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
          return colours.size
        }),
    (colours) => colours > 2,
    'maps on the strip',
  )
}
