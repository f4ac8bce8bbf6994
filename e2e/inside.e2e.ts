import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

/** The sample's LeNet-5, untrained: its sums written out, by pointer and by keyboard alone. */
describe('the room inside', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.goTo('inside')
  })
  afterAll(async () => {
    await convas.dispose()
  })

  const maps = () => convas.page.locator('.room [data-maps] [role="application"]')
  const formula = () => convas.page.locator('[data-formula]')
  const written = () =>
    until(
      async () => (await formula().getAttribute('data-formula')) ?? '',
      (text) => text !== '',
      'a sum to be written out',
    )
  /** The number of a text such as "map 1 · row 2 · column 3 −0.1234". */
  const numberOf = (text: string) => Number(text.trim().split(/\s/u).at(-1)!.replace('−', '-'))
  const readout = async () => numberOf((await convas.page.locator('.room [data-maps] .readout').textContent()) ?? '')

  test('writes out the sum of a cell of C2 that is pointed at, for a pinned test picture', async () => {
    await convas.page.locator('aside').getByRole('button', { name: 'Next' }).first().click()
    await convas.page.locator('[data-layer="c2"]').click()
    await convas.page.getByRole('heading', { name: 'C2' }).waitFor()
    const box = (await maps().boundingBox())!
    await convas.page.mouse.move(box.x + 40, box.y + 40)
    const sum = Number(await written())
    expect(await formula().textContent()).toContain('C2 · map 1')
    expect(await formula().textContent()).toContain('as TensorFlow computed it')
    expect(Math.abs(sum - (await readout()))).toBeLessThanOrEqual(1e-4)
    // Six channels of P1, each with its window outlined.
    expect(await convas.page.locator('[data-source-maps="p1"] .mark.window').count()).toBe(6)
    expect(await formula().locator('.channels li').count()).toBe(6)
  })

  test('keeps a clicked cell, and outlines what of the picture it sees', async () => {
    const box = (await maps().boundingBox())!
    await convas.page.mouse.click(box.x + 40, box.y + 40)
    const kept = await written()
    await convas.page.mouse.move(box.x + 80, box.y + 60)
    expect(await formula().getAttribute('data-formula')).toBe(kept)
    await convas.page.getByLabel('Receptive field').check()
    await convas.page.locator('[data-source-maps="in"] .mark.field').waitFor()
  })

  test('by keyboard alone: goes to a layer, moves over its cells, walks through the sum, lets go', async () => {
    const { keyboard } = convas.page
    await convas.page.locator('[data-layer="c2"]').focus()
    await keyboard.press('ArrowUp')
    await keyboard.press('ArrowUp')
    await convas.page.getByRole('heading', { name: 'C1' }).waitFor()
    await until(
      async () => {
        await keyboard.press('Tab')
        return convas.page.evaluate(
          () => document.activeElement?.closest('[data-maps]')?.getAttribute('data-maps') ?? '',
        )
      },
      (node) => node === 'c1',
      'the maps of C1 to have the focus',
    )
    await keyboard.press('ArrowRight')
    await keyboard.press('ArrowRight')
    await keyboard.press('ArrowDown')
    const sum = Number(await written())
    expect(await formula().textContent()).toContain('C1 · map 1 · row 2 · column 2')
    expect(Math.abs(sum - (await readout()))).toBeLessThanOrEqual(1e-4)
    // The corner's window reaches into the padding: four cells of a row, and a row, are zeros.
    expect(await formula().locator('td.padded').count()).toBeGreaterThan(0)

    await keyboard.press('Enter')
    await until(
      async () => {
        await keyboard.press('Tab')
        return convas.page.evaluate(() => document.activeElement?.hasAttribute('data-formula') ?? false)
      },
      (focused) => focused,
      'the sum to have the focus',
    )
    await keyboard.press('ArrowRight')
    await keyboard.press('ArrowRight')
    expect(await formula().getAttribute('data-formula-step')).toBe('1')
    await keyboard.press('Escape')
    expect(await formula().getAttribute('data-formula-step')).toBe('')
  })

  const tellsForEveryLayer = async () => {
    for (const layer of ['p1', 'c2', 'p2', 'c3', 'f1', 'fc1', 'fc2']) {
      await convas.page.locator(`[data-layer="${layer}"]`).click()
      await until(
        async () => {
          await maps().focus()
          await convas.page.keyboard.press('ArrowRight')
          return (await formula().textContent()) ?? ''
        },
        (text) => text.includes('as TensorFlow computed it'),
        `the sum of ${layer}`,
      )
    }
  }

  test('tells for every layer what TensorFlow computed', tellsForEveryLayer)

  test('the same while it trains, and at an earlier epoch; all epochs can be played', async () => {
    await convas.run('run.train')
    const shown = () => convas.page.locator('.room [data-scrubber] output').textContent()
    await until(shown, (moment) => Number(/Epoch (\d+)/.exec(moment ?? '')?.[1]) >= 2, 'two epochs')
    await tellsForEveryLayer()
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
    await convas.page.locator('.room [data-scrubber] input').fill('0')
    expect(await shown()).toBe('Before training')
    await tellsForEveryLayer()
    await convas.page.locator('.room [data-epoch-play]').click()
    const slider = convas.page.locator('.room [data-scrubber] input')
    await until(
      () => slider.evaluate((input) => (input as HTMLInputElement).value === (input as HTMLInputElement).max),
      (isLast) => isLast,
      'all epochs to be played',
    )
    await tellsForEveryLayer()
  })
})
