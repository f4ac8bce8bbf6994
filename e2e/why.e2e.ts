import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { hostName, openConvas, until } from './driver.ts'
import { drawPet } from './drawn-pictures.ts'

/** A LeNet-5 and an MLP that were trained for two epochs are asked why they answer as they do. */
describe('asking a trained model why', () => {
  let convas: Convas
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'convas-why-'))
    convas = await openConvas()
    await convas.run('run.train')
    await convas.goTo('inside')
    const shown = () => convas.page.locator('.room [data-scrubber] output').textContent()
    await until(shown, (moment) => Number(/^Epoch (\d+)$/iu.exec(moment ?? '')?.[1]) >= 2, 'two epochs', 120_000)
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
  })
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const view = (title: string) => convas.page.locator('.views').getByText(title, { exact: true }).click()
  const ask = (method: string) => convas.page.locator('[data-why]').getByText(method, { exact: true }).click()
  const answered = (method: string) => convas.page.locator(`[data-why-method="${method}"]`).waitFor()
  const overlay = () =>
    convas.page
      .locator('[data-overlay]')
      .last()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())

  test('shows the gradient, Grad-CAM and occlusion over the picture, of any class, with numbers', async () => {
    await view('Why')
    await answered('saliency')
    const gradient = await overlay()
    await ask('Grad-CAM')
    await answered('gradCam')
    const cam = await until(overlay, (picture) => picture !== gradient, 'another picture')
    await convas.page.locator('[data-why-target]').selectOption({ label: 'cat' })
    await convas.page.getByText('Score of cat').waitFor()
    await convas.page.locator('[data-why-target]').selectOption({ label: 'dog' })
    await convas.page.getByText('Score of dog').waitFor()
    await ask('Occlusion')
    await answered('occlusion')
    await until(overlay, (picture) => picture !== cam && picture !== gradient, 'a third picture')
    await convas.page.locator('[data-why] [role="application"]').first().focus()
    await convas.page.keyboard.press('ArrowRight')
    expect(await convas.page.locator('[data-why] .readout').first().textContent()).toMatch(/row 17 · column 18\s+−?\d/u)
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('says of an MLP why Grad-CAM cannot be', async () => {
    await ask('Grad-CAM')
    await convas.page.locator('nav select').selectOption({ label: 'MLP' })
    await convas.page.locator('[data-look-failure]', { hasText: 'has no convolution over its input' }).waitFor()
    await convas.page.locator('nav select').selectOption({ label: 'LeNet-5' })
    await answered('gradCam')
  })

  test('lists the most wrong pictures and opens one', async () => {
    await view('Telling samples')
    const worst = convas.page.locator('[data-samples="wrong"] [data-sample]')
    await worst.first().click()
    const sample = (await worst.first().getAttribute('data-sample')) ?? ''
    expect(sample).toMatch(/^train\/\d+$/)
    await convas.page.locator(`aside [data-picture="${sample}"][aria-selected="true"]`).waitFor()
    const prediction = convas.page.locator('aside [data-prediction="cnn"] .wrong')
    await prediction.waitFor()
    await convas.page.locator('[data-samples]').getByText('Drive a filter').click()
    await until(
      () => convas.page.locator('[data-samples="filter"] [data-sample] .box').count(),
      (count) => count === 9,
      'nine samples, each with what the filter sees',
    )
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('puts a cat and a dog through all layers in one figure, and saves it', async () => {
    await view('Stages')
    const save = convas.page.locator('[data-stages-png]:not([disabled])')
    await save.waitFor()
    await convas.page.locator('[data-stages]').getByText('256 × 256').click()
    await convas.page.locator('[data-stages] .note').waitFor()
    await convas.page.locator('[data-stages] canvas').waitFor()
    // Electron asks where to save with a dialog of the system.
    if (hostName === 'electron') return
    const [download] = await Promise.all([convas.page.waitForEvent('download'), save.click()])
    expect(download.suggestedFilename()).toBe('cnn-stages-256.png')
    expect(
      readFileSync(await download.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  test('looks at a dropped picture, resized as the data are; what is no picture is said and nothing is lost', async () => {
    await view('Why')
    await answered('gradCam')
    const before = await overlay()
    const file = join(folder, 'my dog.jpg')
    writeFileSync(file, await drawPet('dog', 3, 90))
    await convas.drop([file])
    const visitor = convas.page.locator('[data-visitor="my dog.jpg"]')
    await visitor.getByText('Resized from 90×90 to 32×32').waitFor()
    await until(overlay, (picture) => picture !== before, 'Grad-CAM of the dropped picture')
    const notes = join(folder, 'notes.txt')
    writeFileSync(notes, 'no picture')
    await convas.drop([notes])
    await convas.page.locator('[data-notice]', { hasText: 'no picture that can be read' }).waitFor()
    await visitor.waitFor()
    await view('Layers')
    await convas.page.locator('.room [data-maps] [role="application"]').waitFor()
    await convas.page.getByRole('button', { name: 'Back to the data' }).click()
    await visitor.waitFor({ state: 'detached' })
    expect(await convas.overflow()).toEqual([])
  })
})
