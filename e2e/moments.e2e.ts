import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decode } from 'modern-gif'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { hostName, openConvas, until } from './driver.ts'

/** 6,003 training samples in batches of 32. */
const STEPS_PER_EPOCH = 188

/** The sample's LeNet-5 at several moments of its training: seen, compared, and taken out of the window. */
describe('the time machine', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.goTo('inside')
  })
  afterAll(async () => {
    await convas.dispose()
  })

  const room = () => convas.page.locator('[data-room="inside"].room')
  const formula = () => convas.page.locator('[data-formula]')
  const slider = () => room().locator('[data-scrubber] input')
  const moment = async () => (await room().locator('[data-scrubber] output').textContent()) ?? ''
  const maps = () => room().locator('[data-maps] [role="application"]')
  const pixels = () =>
    room()
      .locator('[data-kernels="c2"] canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const sum = () => formula().getAttribute('data-formula')
  const shownStep = async () => Number(await room().locator('[data-shown-step]').getAttribute('data-shown-step'))
  /** Goes to a moment by its name, as a person would with the arrow keys. */
  const scrubTo = async (name: string) => {
    await slider().focus()
    await convas.page.keyboard.press('Home')
    await until(
      async () => {
        const now = await moment()
        if (now !== name) await convas.page.keyboard.press('ArrowRight')
        return now
      },
      (now) => now === name,
      name,
    )
  }

  test('during a run: a test picture is pinned, a cell of C2 read, epoch 1 compared with what is newest', async () => {
    await convas.page.locator('aside').getByRole('button', { name: 'Next' }).first().click()
    await convas.page.locator('[data-layer="c2"]').click()
    await convas.run('run.train')
    await until(moment, (now) => Number(/Epoch (\d+)/.exec(now)?.[1]) >= 2, 'the second epoch')
    const box = (await maps().boundingBox())!
    await convas.page.mouse.click(box.x + 40, box.y + 40)
    await until(
      async () => (await formula().textContent()) ?? '',
      (text) => text.includes('C2 · map 1') && text.includes('as TensorFlow computed it'),
      'the sum of a cell of C2',
    )
    await scrubTo('Epoch 1')
    await until(shownStep, (step) => step === STEPS_PER_EPOCH, 'what epoch 1 left')
    const first = await until(sum, (text) => text !== null && text !== '', 'the sum at epoch 1')
    const kernels = await pixels()
    await scrubTo('Epoch 2')
    await until(pixels, (now) => now !== kernels, 'other kernels at epoch 2')
    await scrubTo('Epoch 1')
    await until(pixels, (now) => now === kernels, 'the same kernels at epoch 1 as before')
    expect(await sum()).toBe(first)
    expect(await formula().textContent()).toContain('as TensorFlow computed it')
  })

  test('steps of the first epoch are there by name; curves and matrix are of the same moment in the other room', async () => {
    // Ten short epochs end by themselves.
    await convas.page.locator('[data-command="run.train"]').waitFor({ timeout: 120_000 })
    for (const name of ['Before training', 'Step 1', 'Step 8', 'Step 128']) await scrubTo(name)
    await scrubTo('Step 8')
    expect(await slider().getAttribute('aria-valuetext')).toBe('Step 8')
    await convas.goTo('train')
    const matrix = convas.page.locator('[data-room="train"].room [data-confusion="cnn"]')
    await until(
      () => matrix.getAttribute('data-moment'),
      (now) => now === 'Step 8',
      'the matrix of step 8',
    )
    const counts = await matrix.locator('td span').allTextContents()
    expect(counts.reduce((total, count) => total + Number(count.replace(/\D/g, '')), 0)).toBeGreaterThan(1_000)
    const others = convas.page.locator('[data-room="train"].room [data-scrubber] input')
    await others.focus()
    await convas.page.keyboard.press('End')
    await until(
      () => matrix.getAttribute('data-moment'),
      (now) => now?.startsWith('Epoch') === true,
      'the newest matrix',
    )
    await convas.goTo('inside')
    expect(await moment()).toMatch(/^Epoch/)
  })

  test('the strip of a kernel and of a map is shown at all moments, and saved as GIF and PNG', async () => {
    await convas.page.locator('[data-layer="c1"]').click()
    await convas.page.locator('[data-fold="strip"]').click()
    const frames = room().locator('[data-strip-of] li canvas')
    const moments = Number(await slider().getAttribute('max')) + 1
    await until(
      () => frames.count(),
      (count) => count === moments,
      'a picture of each moment',
    )
    await convas.page.locator('[data-strip-gif]:not([disabled])').waitFor()
    const gif = decode(new Uint8Array(await convas.download(() => convas.page.locator('[data-strip-gif]').click())))
    expect(gif.frames).toHaveLength(moments)
    expect(gif.looped).toBe(true)
    await room().getByText('Map', { exact: true }).click()
    await convas.page.locator('[data-strip-of="maps"]').waitFor()
    await convas.page.locator('[data-strip-png]:not([disabled])').waitFor()
    const png = PNG.sync.read(await convas.download(() => convas.page.locator('[data-strip-png]').click()))
    expect(new Set(png.data).size).toBeGreaterThan(20)
    await room().locator('[data-strip-of] button', { hasText: 'Step 4' }).click()
    expect(await moment()).toBe('Step 4')
  })

  test('readings tell weights, outputs and gradients of a layer', async () => {
    await convas.page.locator('[data-fold="readings"]').click()
    const readings = room().locator('[data-readings="c1"]')
    await readings.getByRole('group', { name: 'Weights' }).waitFor()
    await readings.getByRole('group', { name: 'Size of the gradient, by layer' }).waitFor()
    expect(await readings.textContent()).toContain('128 samples')
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('maps are saved as they are drawn and as numbers, and a picture goes to the clipboard', async () => {
    const section = room().locator('section[aria-label="Maps"]').first()
    const png = PNG.sync.read(await convas.download(() => section.getByRole('button', { name: 'Save as PNG' }).click()))
    expect(png.width).toBeGreaterThan(100)
    const csv = await convas.download(() => section.getByRole('button', { name: 'Save the numbers as CSV' }).click())
    const lines = csv.toString('utf8').trimEnd().split('\n')
    expect([lines[0], lines.length]).toEqual(['row,column,channel,value', 32 * 32 * 6 + 1])
    if (hostName === 'chromium') await convas.page.context().grantPermissions(['clipboard-write'])
    await section.getByRole('button', { name: 'Copy as a picture' }).click()
    await convas.page.getByText('Copied').waitFor()
  })

  test('a damaged moment is told in a sentence, and the others are shown as before', async () => {
    const projects = join(convas.home, 'projects')
    const files = await readdir(projects, { recursive: true })
    const file = join(
      projects,
      files.find((name) => /cnn.step-000002\.bin$/.test(name))!,
    )
    const content = await readFile(file)
    content[content.length - 40] = content[content.length - 40]! ^ 1
    await writeFile(file, content)
    await scrubTo('Step 2')
    const fault = convas.page.locator('[data-moment-fault]')
    await fault.waitFor()
    expect(await fault.textContent()).toContain('after step 2 are damaged')
    // Nothing of another moment stays under this one's name.
    await convas.page.locator('.room [data-maps]').waitFor({ state: 'detached' })
    expect(await convas.page.locator('aside [data-prediction="cnn"]').count()).toBe(0)
    await scrubTo('Step 4')
    await fault.waitFor({ state: 'detached' })
    await until(sum, (text) => text !== null, 'a sum again')
  })

  test('maps can be pointed at under the large ones that they are made of', async () => {
    await convas.page.locator('nav select').selectOption({ label: 'MLP' })
    await convas.page.locator('nav [data-layer]').nth(2).click()
    const maps = convas.page.locator('.room [data-maps] [role="application"]')
    await maps.scrollIntoViewIfNeeded()
    await maps.hover({ position: { x: 6, y: 6 } })
    await until(sum, (text) => text !== null, 'the sum of the unit')
    await convas.page.locator('nav select').selectOption({ label: 'LeNet-5' })
  })

  test('says that a model was changed since its run, until the change is undone', async () => {
    await convas.goTo('build')
    await convas.typeNotation(0, 'C6@5s-P-F-FC8-FC1')
    await convas.goTo('inside')
    const note = convas.page.locator('[data-edited-note]', { hasText: 'was changed since this run' })
    await note.waitFor()
    await convas.run('edit.undo')
    await note.waitFor({ state: 'detached' })
  })
})
