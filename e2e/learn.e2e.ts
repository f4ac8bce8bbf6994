import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConvas, until } from './driver.ts'
import type { Convas } from './driver.ts'

/** A lesson by keyboard alone: the course's own figures, changed, and the result that follows. */
describe('the room for learning', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  const formula = () => convas.page.locator('[data-formula]')
  const focusedIn = (selector: string) =>
    until(
      async () => {
        await convas.page.keyboard.press('Tab')
        return convas.page.evaluate((inside) => document.activeElement?.closest(inside) !== null, selector)
      },
      (found) => found,
      `the focus in ${selector}`,
    )

  test('convolves the course’s picture, follows a changed number, and adds up step by step', async () => {
    const { keyboard } = convas.page
    await keyboard.press('Control+7')
    await convas.page.locator('[data-lesson="convolve"]').waitFor()
    expect(await formula().getAttribute('data-formula')).toBe('4')
    await focusedIn('[data-numbers="picture-0"]')
    await keyboard.type('3')
    await keyboard.press('ArrowDown')
    // The picture's first number was 1 and lies under a 1 of the kernel.
    expect(await formula().getAttribute('data-formula')).toBe('6')
    await focusedIn('[data-numbers="map-0"]')
    await keyboard.press('ArrowRight')
    await keyboard.press('ArrowDown')
    expect(await formula().getAttribute('data-formula')).toBe('4')
    expect(await formula().textContent()).toContain('row 2 · column 2')
    await focusedIn('[data-formula]')
    await keyboard.press('ArrowRight')
    expect(await formula().getAttribute('data-formula-step')).toBe('0')
  })

  test('three channels come to −25, and a window that would fall off is told', async () => {
    await convas.page.locator('[data-lesson-choice="three-channels"]').click()
    expect(await formula().getAttribute('data-formula')).toBe('-25')
    expect((await formula().locator('.channels li').allTextContents()).map((text) => text.trim())).toEqual([
      '1 308',
      '2 −498',
      '3 164',
    ])
    await convas.page.locator('[data-lesson-choice="pool"]').click()
    await convas.page.getByLabel('Window (F)').selectOption('3')
    await convas.page.getByText('would fall off').waitFor()
    // What was changed is found as it was left, in another room meanwhile too.
    await convas.goTo('build')
    await convas.goTo('learn')
    await convas.page.getByText('would fall off').waitFor()
    await convas.page.locator('[data-lesson-choice="convolve"]').click()
    expect(await formula().getAttribute('data-formula')).toBe('6')
  })

  test('a number that cannot be read is told, and the one before stays', async () => {
    const cell = convas.page.locator('[data-numbers="picture-0"] [data-at="0,0"]')
    const before = await cell.inputValue()
    for (const wrong of ['', 'seven', '1e99']) {
      await cell.fill(wrong)
      await cell.press('Tab')
      await convas.page.locator('[data-numbers="picture-0"] [role="alert"]').waitFor()
      expect(await cell.inputValue()).toBe(before)
    }
  })

  test('how large the map is: by keyboard alone, from the list of lessons to the place that falls off', async () => {
    const { page } = convas
    const { keyboard } = page
    await page.locator('[data-lesson-choice="convolve"]').focus()
    await convas.tabTo('[data-lesson-choice="size"]')
    await keyboard.press('Enter')
    expect(await page.locator('[data-size-result]').getAttribute('data-size-result')).toBe('28')
    for (const [hook, value] of [
      ['length', '8'],
      ['size', '3'],
      ['padding', '0'],
      ['stride', '2'],
    ] as const) {
      await convas.tabTo(`[data-lesson-number="${hook}"]`)
      await convas.typeValue(value)
    }
    expect(await page.locator('[data-size-result]').getAttribute('data-size-result')).toBe('3')
    await page.locator('[data-falls-off]').waitFor()
    await convas.tabTo('[data-place-next]')
    await keyboard.press('Enter')
    expect(await page.locator('[data-place]').getAttribute('data-place')).toBe('1')
    await convas.tabTo('[data-lesson-number="stride"]', 'Shift+Tab')
    await keyboard.press('Control+a')
    await keyboard.type('0')
    await page.getByText('A whole number from 1 to 64 was expected').waitFor()
    expect(await page.locator('[data-size-result]').getAttribute('data-size-result')).toBe('3')
  })

  test('a moved digit is another one for the dense layer, not for the convolution', async () => {
    const { keyboard } = convas.page
    await convas.page.locator('[data-lesson-choice="shift"]').click()
    await convas.tabTo('[data-shift-picture]')
    await keyboard.press('ArrowRight')
    expect(await convas.page.locator('[data-changed-inputs]').getAttribute('data-changed-inputs')).toBe('20')
    await keyboard.press('ArrowRight')
    const said = (id: string) => convas.page.locator(`[data-answer="${id}"]`).getAttribute('data-said')
    expect([await said('dense'), await said('convolution')]).toEqual(['4', '7'])
  })

  test('a drawn kernel goes through C-P-C-P, on a picture of one’s own too', async () => {
    const { page } = convas
    await page.locator('[data-lesson-choice="kernel"]').click()
    const done = () => page.locator('[data-stages="in c1 p1 c2 p2"]').waitFor()
    await done()
    const stage = page.locator('[data-stage="c2"] [role="application"]')
    await stage.focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('C2 · row 1 · column 1').waitFor()
    await page.locator('[data-kernel-preset]').selectOption({ label: 'Identity' })
    await done()
    await page.locator('[data-kernel-file]').setInputFiles({
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no picture'),
    })
    await page.getByText('notes.txt could not be read').waitFor()
    await page.locator('[data-kernel-file]').setInputFiles({
      name: 'drawn.png',
      mimeType: 'image/png',
      buffer: await page.screenshot({ clip: { x: 0, y: 0, width: 64, height: 64 } }),
    })
    await page.getByText('Your picture').waitFor()
    await done()
    await page.getByText('256×256').first().click()
    await page.getByText('64×64×1').waitFor({ timeout: 60_000 })
  })

  test('counts windows of a series as the course does', async () => {
    const { page } = convas
    await page.locator('[data-lesson-choice="look-back"]').click()
    expect(await page.locator('[data-x]').textContent()).toBe('7775×288×1')
    expect(await page.locator('[data-train]').getAttribute('data-train')).toBe('6220')
    expect(await page.locator('[data-test]').getAttribute('data-test')).toBe('1555')
  })

  test('opens a lesson as a project, which one undo empties', async () => {
    const { page } = convas
    await page.locator('[data-lesson-choice="dense"]').click()
    await page.locator('[data-lesson-project]').click()
    await page.locator('[data-lane]').nth(1).waitFor({ state: 'attached' })
    expect(await convas.nodes('dense').count()).toBe(1)
    await page.keyboard.press('Control+z')
    await until(
      () => convas.lanes().count(),
      (count) => count === 0,
      'an empty canvas',
    )
    await page.keyboard.press('Control+Shift+z')
    await page.locator('[data-lane]').nth(1).waitFor({ state: 'attached' })
    await convas.goTo('learn')
  })

  test('has no serious violations of accessibility', async () => {
    for (const id of ['convolve', 'depth', 'size', 'kernel', 'shift', 'dense', 'conv1d', 'look-back']) {
      await convas.page.locator(`[data-lesson-choice="${id}"]`).click()
      await convas.page.locator(`[data-lesson="${id}"]`).waitFor()
      expect(await convas.seriousViolations(), id).toEqual([])
    }
  })
})
