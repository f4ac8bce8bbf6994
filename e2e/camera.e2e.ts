import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'
import { drawPet } from './drawn-pictures.ts'

/** Pictures from outside of the data: before the camera, and dropped while a model trains. */
describe('looking at something else than the data', () => {
  let convas: Convas
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'convas-camera-'))
    convas = await openConvas({ camera: true })
    await convas.goTo('inside')
  })
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const pinned = () =>
    convas.page
      .locator('aside .pinned canvas')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const answer = () => convas.text('aside [data-prediction="cnn"]')
  const back = () => convas.page.getByRole('button', { name: 'Back to the data' }).click()

  test('what the camera sees goes through the network and moves, until it is held; turning it off lets it go', async () => {
    await convas.page.locator('button[data-camera="start"]').click()
    await convas.page.locator('[data-camera="live"]').waitFor()
    await convas.page.locator('[data-visitor="Camera"]', { hasText: 'Resized from 640×480 to 32×32' }).waitFor()
    const first = await pinned()
    await until(pinned, (picture) => picture !== first, 'the next picture of the camera')
    expect(await convas.seriousViolations()).toEqual([])
    expect(await convas.overflow()).toEqual([])
    await convas.page.getByRole('button', { name: 'Hold' }).click()
    await convas.page.locator('[data-camera="held"]').waitFor()
    const isOn = () =>
      convas.page.locator('video').evaluate((video) => ((video as HTMLVideoElement).srcObject as MediaStream).active)
    expect(await isOn()).toBe(true)
    await convas.page.evaluate(() => {
      const { srcObject } = document.querySelector('video') as HTMLVideoElement
      ;(globalThis as { camera?: unknown }).camera = srcObject
    })
    await convas.page.getByRole('button', { name: 'Turn off' }).click()
    await convas.page.locator('button[data-camera="start"]').waitFor()
    expect(await convas.page.evaluate(() => (globalThis as unknown as { camera: MediaStream }).camera.active)).toBe(
      false,
    )
    await convas.page.locator('[data-visitor="Camera"]').waitFor()
    await back()
    await convas.page.locator('[data-visitor]').waitFor({ state: 'detached' })
  })

  test('the microphone stays off, whoever asks', async () => {
    const heard = convas.page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'heard',
        (error: unknown) => (error as DOMException).name,
      ),
    )
    expect(await heard).toBe('NotAllowedError')
  })

  test('a picture dropped while models train is answered anew as they learn', async () => {
    await convas.run('run.train')
    await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
    const file = join(folder, '우리 강아지.jpg')
    writeFileSync(file, await drawPet('dog', 3, 90))
    await convas.drop([file])
    await convas.page.locator('[data-visitor="우리 강아지.jpg"]').waitFor()
    const first = await answer()
    await until(answer, (now) => now !== first, 'another answer as the model learns', 60_000)
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
    await back()
  })

  test('a run that was stopped within an epoch does not say that the epoch was done', async () => {
    const moment = convas.page.locator('.room [data-scrubber] output')
    await until(
      () => moment.textContent(),
      (text) => /^(Within e|E)poch \d+$/.test(text ?? ''),
      'a moment',
    )
    const done = epochsTold(join(convas.home, 'projects'))
    expect(await moment.first().textContent()).toMatch(new RegExp(`^(Within epoch ${done + 1}|Epoch ${done})$`))
  })

  test('a model without maps says why it has none', async () => {
    await convas.goTo('build')
    await convas.typeNotation(0, 'C6@99-F-FC1')
    await convas.goTo('inside')
    const reason = convas.page.locator('.room .empty', { hasText: '99' })
    await reason.waitFor()
    await reason.getByRole('button').click()
    await convas.problems().first().waitFor()
    await convas.goTo('inside')
    await convas.page.locator('[data-maps]').waitFor({ state: 'detached' })
  })
})

/** The epochs that some model came to the end of. */
function epochsTold(projects: string): number {
  const metrics = readdirSync(projects, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('metrics.jsonl'),
  )
  const lines = metrics === undefined ? '' : readFileSync(join(projects, metrics), 'utf8')
  return Math.max(0, ...[...lines.matchAll(/"type":"epoch"[^\n]*?"epoch":(\d+)/g)].map((found) => Number(found[1])))
}
