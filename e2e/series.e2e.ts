import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trafficCsv } from '../src-main/engine/datasets/catalogue/traffic.ts'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

const spaces = /\s/gu

/** A CSV from dropping it on the window to a forecast that is better than what needs no model, and one that is a table. */
describe('series and tables from a CSV', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convas-e2e-series-'))
  const traffic = join(folder, 'traffic.csv')
  const flowers = join(folder, 'flowers.csv')
  const validated = join(import.meta.dirname, '../src-main/engine/datasets/testing/fixtures/validated.npz')
  let convas: Convas

  beforeAll(async () => {
    writeFileSync(traffic, trafficCsv())
    writeFileSync(flowers, flowersCsv())
    convas = await openConvas({ cache: join(folder, 'cache') })
  })
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const mse = async (row: string) => Number(await convas.page.locator(`${row} [data-mse]`).getAttribute('data-mse'))
  /** Pixels of the first canvas within, as a text that is equal exactly when the picture is. */
  const pixels = (selector: string) =>
    convas.page
      .locator(`${selector} canvas`)
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())

  test('a CSV with dates is taken for a series, and the shapes of its windows are told before it is imported', async () => {
    await convas.newProject('traffic-conv1d')
    await convas.drop([traffic])
    await convas.page.locator('[data-import="preview"] [data-recognised="series"]').waitFor()
    expect((await convas.text('[data-import-windows]')).replace(spaces, '')).toContain('7775×288×1')
    expect((await convas.text('[data-import-windows]')).replace(spaces, '')).toContain('6220/1555')
    await convas.page.locator('[data-import-overview] canvas').waitFor()
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('a look-back longer than the series is refused at its field, in words', async () => {
    const lookBack = convas.page.locator('[data-reading="lookBack"]')
    await lookBack.fill('9000')
    await until(
      () => convas.text('#reading-lookBack-fault'),
      (text) => text.includes('9000'),
      'the reason at the field',
    )
    expect(await lookBack.inputValue()).toBe('9000')
    expect(await convas.page.locator('[data-import-start]').isDisabled()).toBe(true)
    await lookBack.fill('288')
    await convas.page.locator('#reading-lookBack-fault').waitFor({ state: 'detached' })
    await convas.page.locator('[data-import-start]:not([disabled])').waitFor()
  })

  test('the same file can be read as a table and as a series again', async () => {
    await convas.page.getByRole('radio', { name: 'Table' }).check()
    await convas.page.locator('[data-recognised="table"]').waitFor()
    await convas.page.getByRole('radio', { name: 'Time series' }).check()
    await convas.page.locator('[data-recognised="series"]').waitFor()
    await convas.page.locator('[data-import-start]:not([disabled])').click()
    await convas.page.locator('[data-series]').waitFor()
  })

  test('the whole series is drawn, and the sample on it moves by slider, keys and click', async () => {
    await convas.page.locator('[data-series-plot] canvas').waitFor()
    await until(
      () => convas.text('[data-series-sample]'),
      (text) => text.includes('Speed') && !text.includes('…'),
      'the first sample in words',
    )
    const [first, drawn] = [await convas.text('[data-series-sample]'), await pixels('[data-series-plot]')]
    await convas.page.locator('[data-series-slider]').focus()
    await convas.page.keyboard.press('ArrowRight')
    await until(
      () => convas.text('[data-series-sample]'),
      (text) => text !== first,
      'the next sample',
    )
    const box = await convas.page.locator('[data-series-plot] .u-over').boundingBox()
    if (!box) throw new Error('the plot is not in view')
    await convas.page.mouse.click(box.x + box.width * 0.95, box.y + box.height / 2)
    await until(
      () => convas.text('.sample h3'),
      (text) => text.includes('External test'),
      'a sample of the test part, where the click was',
    )
    await until(
      () => pixels('[data-series-plot]'),
      (now) => now !== drawn,
      'the window drawn elsewhere',
    )
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('trained on it, the model is better than both forecasts that need none, and its plots are shown', async () => {
    await convas.goTo('train')
    await convas.setRecipe('epochs', '3')
    await convas.page.locator('[data-train]').click()
    await until(
      () => convas.page.locator('[data-forecast-verdict="better"]').count(),
      (count) => count === 1,
      'a forecast that is better than those without a model',
      150_000,
    )
    await convas.page.locator('[data-command="run.train"]:not([disabled])').waitFor({ timeout: 120_000 })
    await convas.page.locator('[data-forecast-ahead]').waitFor()
    const model = await mse('[data-forecast-model="conv1d"]')
    expect(model).toBeGreaterThan(0)
    expect(model).toBeLessThan(await mse('[data-forecast-naive="last"]'))
    expect(model).toBeLessThan(await mse('[data-forecast-naive="season"]'))
    await convas.page.locator('[data-forecast-line] canvas').waitFor()
    await convas.page.locator('[data-forecast-scatter] canvas').waitFor()
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('the forecast goes beyond the end as far as asked for', async () => {
    const before = await pixels('[data-forecast-line]')
    await convas.page.locator('[data-forecast-ahead]').fill('40')
    await until(
      () => pixels('[data-forecast-line]'),
      (now) => now !== before,
      'another end of the plot',
    )
    await convas.page.locator('[data-forecast="shown"]').waitFor()
  })

  test('a CSV of features and a label is a table: rows, classes, and an MLP that trains on it', async () => {
    await convas.newProject('')
    await convas.goTo('data')
    await convas.drop([flowers])
    await convas.page.locator('[data-import="preview"] [data-recognised="table"]').waitFor()
    expect(await convas.text('[data-import-shape]')).toBe('5')
    await convas.page.locator('[data-import-start]').click()
    await convas.page.locator('[data-table-rows] tbody tr').nth(5).waitFor()
    await until(
      async () => (await convas.page.locator('[data-table-rows] thead th').allTextContents()).join(' '),
      (titles) => titles === '# species length width depth colour',
      'the columns as they stand in the file',
    )
    expect(await convas.seriousViolations()).toEqual([])

    await convas.goTo('build')
    const notation = convas.page.getByLabel('New model by notation')
    await notation.fill('FC16-FC')
    await notation.press('Enter')
    await convas.nodes('dense').nth(1).waitFor()
    expect(await convas.problems().count()).toBe(0)
    await convas.goTo('train')
    await convas.setRecipe('epochs', '20')
    await convas.setRecipe('batchSize', '8')
    await convas.page.locator('[data-train]').click()
    const accuracy = await until(
      () => testOf(convas, 'Accuracy'),
      (value) => value !== null,
      'the accuracy on the external test',
      120_000,
    )
    expect(Number.parseFloat(accuracy ?? '')).toBeGreaterThan(60)
  })

  test('what judges each epoch is chosen in the recipe: a share, a fold of several, the external test', async () => {
    await convas.setRecipe('split.kind', 'folds')
    await convas.setRecipe('split.of', '4')
    await convas.setRecipe('split.fold', '5')
    await convas.page.locator('[id="recipe-split.fold-fault"]').waitFor()
    await convas.setRecipe('split.fold', '3')
    await convas.page.locator('[id="recipe-split.fold-fault"]').waitFor({ state: 'detached' })
    await convas.goTo('data')
    expect(await convas.page.locator('[data-split-fold]').inputValue()).toBe('3')
    await convas.goTo('train')
    await convas.setRecipe('split.kind', 'share')
    await convas.page.locator('[data-recipe="split.validation"]').waitFor()
  })

  test('arrays with a validation part of their own are judged by it', async () => {
    await convas.goTo('data')
    await convas.drop([validated])
    await convas.page.locator('[data-import="preview"] [data-recognised="arrays"]').waitFor()
    expect(await convas.page.locator('[data-reading="validationInputs"] option:checked').textContent()).toContain(
      'x_val',
    )
    expect(await convas.page.locator('[data-reading="validationTargets"] option:checked').textContent()).toContain(
      'y_val',
    )
    await convas.page.locator('[data-import-start]').click()
    await until(
      () => convas.text('[data-split="validation"]'),
      (text) => text === '4',
      'the samples that the file sets aside',
    )
    expect(await convas.page.locator('[data-split-by]').inputValue()).toBe('given')
  })
})

/** What the first model came to on the external test; null while it is not known. */
async function testOf(convas: Convas, metric: string): Promise<string | null> {
  const cell = convas.page.locator('[data-result] tr', { hasText: metric }).locator('td.strong').first()
  return (await cell.count()) > 0 ? cell.textContent() : null
}

/** Three kinds that differ in size; the third column says nothing, and one value is missing. */
function flowersCsv(): string {
  const kinds = [
    ['setosa', 5, 1, 'red'],
    ['virginica', 7, 2, 'blue'],
    ['versicolor', 6, 1.5, 'blue'],
  ] as const
  const rows = Array.from({ length: 150 }, (_, row) => {
    const [name, length, width, colour] = kinds[row % 3] ?? kinds[0]
    const sway = Math.sin(row * 12.9898)
    return [
      (length + 0.3 * sway).toFixed(2),
      row === 70 ? '' : (width + 0.2 * Math.cos(row * 78.233)).toFixed(2),
      (3 + sway * Math.cos(row)).toFixed(2),
      colour,
      name,
    ].join(',')
  })
  return `length,width,depth,colour,species\n${rows.join('\n')}\n`
}
