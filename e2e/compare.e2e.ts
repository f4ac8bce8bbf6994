import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, openReport, until } from './driver.ts'

/** Two models are trained together, and then set against each other. */
describe('compare', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.newProject('lenet-cat-dog')
    await convas.goTo('train')
    await convas.setRecipe('epochs', '1')
    await convas.goTo('compare')
  }, 120_000)
  afterAll(async () => {
    await convas.dispose()
  })

  const view = (name: string) =>
    convas.page.locator('[data-room="compare"]').getByRole('tab', { name, exact: true }).click()
  const share = async (letter: string) =>
    Number.parseFloat((await convas.text(`[data-shift-answer="${letter}"] .top .share`)) ?? '')

  test('an empty room says what to do, and an MLP as large as the CNN is one click and one undo', async () => {
    expect(await convas.text('section[data-room="compare"]')).toContain('Nothing to compare yet')
    await convas.page.locator('[data-match="parameters"]').click()
    expect(await convas.text('[data-matched]')).toContain('89 hidden units')
    await until(
      () => convas.page.locator('[data-duel]').textContent(),
      (text) => text?.includes('3 together') ?? false,
      'a third model',
    )
    expect(await convas.seriousViolations()).toEqual([])
    await convas.page.keyboard.press('Control+z')
    await until(
      () => convas.page.locator('[data-duel]').textContent(),
      (text) => text?.includes('2 together') ?? false,
      'two models again',
    )
  })

  test('a duel ends in a table with intervals and a sentence about the pair', async () => {
    await convas.page.locator('[data-duel]').click()
    await convas.page.locator('[data-compared="2"]').waitFor({ timeout: 120_000 })
    const table = await convas.text('[data-compare-table]')
    expect(table).toMatch(/LeNet-5/u)
    expect(table).toMatch(/91\s181/u)
    expect(table).toMatch(/\d–\d+\.\d\s%/u)
    expect(await convas.text('[data-pairs]')).toContain('“LeNet-5” is better than “MLP”')
    expect(await convas.page.locator('[data-differences="0"]').count()).toBe(1)
    await convas.page.locator('[data-duel-curves] canvas').first().waitFor()
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('compare-overview')
  })

  test('curves and the table are saved as pictures that stand alone and as numbers with all figures', async () => {
    const room = convas.page.locator('[data-room="compare"]')
    const saved = (title: string, form: string) =>
      convas.download(() => room.getByRole('button', { name: `Save ${title} as ${form}`, exact: true }).click())
    const png = await saved('Loss', 'PNG')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    const shown = await room
      .locator('[data-duel-curves] .plot')
      .first()
      .evaluate((plot) => plot.clientWidth)
    expect(png.readUInt32BE(16)).toBe(shown * 2)
    const svg = (await saved('Accuracy', 'SVG')).toString()
    expect(svg).toMatch(/^<svg xmlns=/u)
    expect(svg).toContain('B MLP')
    expect(svg.match(/<path [^>]*stroke="#[0-9a-f]{6}" stroke-width="1.75"/gu)).toHaveLength(2)
    expect(svg).not.toMatch(/var\(|NaN|undefined|href|url\((?!#)/u)
    const csv = (await saved('The models side by side', 'CSV')).toString()
    const [head = '', lenet = ''] = csv.slice(1).split('\n')
    expect(csv.codePointAt(0)).toBe(0xfeff)
    expect(head).toMatch(/^Model,Parameters,/u)
    expect(lenet).toMatch(/^A LeNet-5,91181,731604,[\d.]{5,}/u)
  })

  test('a run that came to its end while the room was closed is there when it is opened again', async () => {
    const runs = () => convas.page.locator('[data-run-choice]').count()
    const before = await runs()
    await convas.goTo('train')
    await convas.run('run.train')
    await convas.page.locator('[data-command="run.pause"]').waitFor({ timeout: 60_000 })
    await convas.page.locator('[data-command="run.train"]:not([disabled])').waitFor({ timeout: 60_000 })
    await convas.goTo('compare')
    await until(runs, (count) => count === before + 1, 'one run more')
    await convas.page.locator('[data-compared="2"]').waitFor({ timeout: 60_000 })
  })

  test('a cell of a matrix opens its samples by keyboard, and a sample opens in the room inside', async () => {
    await view('Confusion')
    const cell = convas.page.locator('table[data-confusion^="B"] [data-cell="0/0"]')
    const count = Number((await cell.textContent())?.replace(/\D/gu, ''))
    await cell.focus()
    await convas.page.keyboard.press('Enter')
    await convas.page.locator(`[data-cell-samples] [data-samples-count="${count}"]`).waitFor()
    await convas.page.keyboard.press('ArrowRight')
    await convas.page.keyboard.press('Enter')
    await until(
      () => convas.text('[data-cell-samples] h3'),
      (text) => text.includes('answered dog'),
      'the cell beside it',
    )
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('compare-confusion')
    await view('Who got it right')
    await convas.screenshot('compare-pictures')
    const sample = convas.page.locator('[data-answered]').first()
    const place = await sample.getAttribute('data-answered')
    await sample.click()
    await convas.page.locator('section[data-room="inside"]').waitFor()
    await convas.page.locator(`[data-picture="${place}"][aria-selected="true"]`).waitFor()
  })

  test('the room is as it was when it is opened again, and answers follow the arrow keys', async () => {
    await convas.goTo('compare')
    await convas.page.locator('[data-compared="2"]').waitFor()
    await view('Classes and ROC')
    expect(await convas.page.locator('[data-class-scores] tbody tr').count()).toBe(3)
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('compare-classes')
    await view('Shift test')
    const before = await until(() => share('A'), Number.isFinite, 'an answer')
    await convas.page.locator('[data-shift-picture]').focus()
    for (let step = 0; step < 6; step++) await convas.page.keyboard.press('ArrowRight')
    expect(await convas.page.locator('[data-distortion="across"]').inputValue()).toBe('6')
    await convas.page.locator('[data-distortion="noise"]').fill('0.5')
    await until(
      () => share('A'),
      (now) => Number.isFinite(now) && now !== before,
      'another answer',
    )
    await convas.page.locator('[data-ask-sweep]').click()
    await convas.page.locator('[data-shift-curves="across"] svg path').nth(1).waitFor({ timeout: 120_000 })
    expect(await convas.page.locator('[data-shift-curves] tbody tr').count()).toBe(2)
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('compare-shift')
  })

  test('the report of the duel tells the curves that were made, opens without a network, and fits on paper', async () => {
    const file = join(convas.home, 'duel.html')
    await convas.page.locator('[data-report]').click()
    await convas.page.locator('[data-export-to]').fill(file)
    expect(await convas.seriousViolations()).toEqual([])
    await convas.page.locator('[data-export-models-save]').click()
    await convas.page.locator('[data-export-models-done]').waitFor({ timeout: 60_000 })
    await convas.screenshot('compare-report')
    const opened = await openReport(file)
    expect(opened.asked).toEqual([])
    expect(opened.errors).toEqual([])
    expect(statSync(file).size).toBeLessThan(5_000_000)
    expect(opened.headings).toEqual([
      'Results',
      'Curves',
      'Accuracy on changed pictures',
      'Confusion matrices',
      'Models',
      'Recipe',
      'Data',
      'Runs',
      'Kernels and maps',
      'Code',
    ])
    expect(opened.text).toContain('“LeNet-5” is better than “MLP”')
    expect(opened.pictures).toBeGreaterThan(6 + 16)
    // Nothing is cut off: neither on a narrow screen nor on paper.
    expect(opened.overflowPx).toEqual({ narrow: 0, paper: 0 })
  })

  test('runs ticked in their room become one report of all their models', async () => {
    await convas.goTo('runs')
    for (const box of await convas.page.locator('[data-run] input[type="checkbox"]').all()) await box.check()
    await convas.page.locator('[data-report]').click()
    const file = join(convas.home, 'runs.html')
    await convas.page.locator('[data-export-to]').fill(file)
    await convas.page.locator('[data-export-models-save]').click()
    await convas.page.locator('[data-export-models-done]').waitFor({ timeout: 60_000 })
    const { text } = await openReport(file)
    expect(text).toContain('Runs: 2')
    expect(text).toMatch(/D\s*MLP\s*Run 2/u)
  })
})
