import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

/** A sweep as the course asks for it, and what is done with the runs that it leaves. */
describe('sweeps and the list of runs', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.newProject('traffic-conv1d')
    await convas.goTo('train')
    await convas.setRecipe('epochs', '2')
    await convas.goTo('runs')
  })
  afterAll(async () => {
    await convas.dispose()
  })

  const cells = () =>
    convas.page
      .locator('[data-sweep-table] tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-cell-state') ?? ''))
  function runsFolder(): string {
    const projects = join(convas.home, 'projects')
    return join(projects, readdirSync(projects).find((name) => name.endsWith('.runs')) ?? '')
  }
  const rows = () => convas.page.locator('[data-run]')

  test('fields are chosen, and a value that does not fit is said before anything is trained', async () => {
    await convas.page.getByRole('tab', { name: /Sweeps/ }).click()
    for (const [field, values] of [
      ['data.lookBack', '60, 144'],
      ['conv1d.c1.kernelSize', '3, six'],
    ] as const) {
      await convas.page.locator('[data-sweep-add]').selectOption(field)
      await convas.page.locator(`[data-sweep-values="${field}"]`).fill(values)
    }
    expect(await convas.text('[data-sweep-form] .fault')).toContain('six')
    expect(await convas.page.locator('[data-sweep-start]').isDisabled()).toBe(true)
    await convas.page.locator('[data-sweep-values="conv1d.c1.kernelSize"]').fill('3, 6')
    expect(await convas.text('[data-sweep-start]')).toContain('4')
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('sweep-form')
  })

  test('it is paused half way and taken up again, and each cell is trained once', async () => {
    await convas.page.locator('[data-sweep-start]').click()
    await until(cells, (states) => states.includes('done'), 'a first cell', 90_000)
    await convas.page.locator('[data-sweep-pause]').click()
    await convas.page.locator('[data-sweep-state="paused"]').waitFor()
    expect(await cells()).toContain('waiting')
    await convas.page.locator('[data-sweep-go-on]').click()
    await convas.page.locator('[data-sweep-state="finished"]').waitFor({ timeout: 90_000 })
    expect(await cells()).toEqual(['done', 'done', 'done', 'done'])
    const folder = runsFolder()
    const runs = readdirSync(folder).filter((name) => /^\d{4}-/.test(name))
    const epochs = runs.map((run) => {
      const lines = readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8').split('\n')
      return lines.filter((line) => line.includes('"type":"epoch"')).length
    })
    expect(epochs).toEqual([2, 2, 2, 2])
  })

  test('the table is the course’s, the smallest error first; the plots show every cell', async () => {
    const table = convas.page.locator('[data-sweep-table]')
    const errors = await table
      .locator('td.strong')
      .evaluateAll((found) => found.map((cell) => Number(cell.textContent)))
    expect(errors).toEqual([...errors].sort((one, other) => one - other))
    expect(await convas.text('[data-sweep-table] thead')).toContain('mse')
    await convas.screenshot('sweep-table')
    await convas.page.getByRole('radio', { name: 'Parallel coordinates' }).check()
    await convas.page.locator('[data-parallel="4"]').waitFor()
    await convas.screenshot('sweep-parallel')
    await convas.page.getByRole('radio', { name: 'Effects' }).check()
    await convas.page.locator('[data-effects="2"]').waitFor()
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('sweep-effects')
  })

  test('runs are starred, named, deleted and taken back', async () => {
    await convas.page.getByRole('tab', { name: /^Runs/ }).click()
    await until(
      () => rows().count(),
      (count) => count === 4,
      'the runs of the sweep',
    )
    await rows().first().locator('[data-star]').click()
    await convas.page.locator('[data-run] [data-star][aria-pressed="true"]').waitFor()
    await rows().first().locator('.open').click()
    await convas.page.locator('[data-run-name]').fill('Wide kernels')
    await convas.page.locator('[data-run-name]').press('Tab')
    await until(
      () => rows().first().locator('.open').textContent(),
      (name) => name === 'Wide kernels',
      'its name',
    )
    await convas.page.locator('[data-run-delete]').click()
    await until(
      () => rows().count(),
      (count) => count === 3,
      'one run fewer',
    )
    await convas.page.locator('[data-trash="1"]').waitFor()
    await convas.page.keyboard.press('Control+z')
    await until(
      () => rows().count(),
      (count) => count === 4,
      'the run again',
    )
    expect(await rows().first().locator('.open').textContent()).toBe('Wide kernels')
  })

  test('a copied folder is a run of its own: deleted, it is the copy that goes; it is put back after a reload', async () => {
    const original = (await rows().first().getAttribute('data-run')) ?? ''
    const copy = '2026-11-25T01-02-03-aaaa copy'
    cpSync(join(runsFolder(), original), join(runsFolder(), copy), { recursive: true })
    await convas.page.reload()
    await convas.ready()
    await convas.goTo('runs')
    await convas.page.locator(`[data-run="${copy}"] .open`).click()
    await convas.page.locator(`[data-run="${copy}"][aria-current="true"]`).waitFor()
    await convas.page.locator(`[data-run-details="${copy}"] [data-run-delete]`).click()
    await convas.page.locator('[data-trash="1"]').waitFor()
    expect([existsSync(join(runsFolder(), copy)), existsSync(join(runsFolder(), original))]).toEqual([false, true])
    await convas.page.reload()
    await convas.ready()
    await convas.goTo('runs')
    await convas.page.locator('[data-put-back]').click()
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('runs-put-back')
    await convas.page.locator(`[data-trashed="${copy}"] button`).click()
    await convas.page.locator(`[data-run="${copy}"]`).waitFor()
    expect(await convas.page.locator('[data-trash]').count()).toBe(0)
    // Undone, for the rest of the story.
    await convas.page.keyboard.press('Control+z')
    await convas.page.locator('[data-trash="1"]').waitFor()
  })

  test('a deletion that is refused says so and nothing else', async () => {
    const victim = (await rows().nth(1).getAttribute('data-run')) ?? ''
    await rows().nth(1).locator('.open').click()
    await convas.page.locator(`[data-run-details="${victim}"]`).waitFor()
    // Somebody has put another of that name where deleted runs go.
    cpSync(join(runsFolder(), victim), join(runsFolder(), 'trash', victim), { recursive: true })
    await convas.page.locator('[data-run-delete]').click()
    await convas.page.locator('[data-notice="bad"]').waitFor()
    expect(await convas.page.getByText('1 deleted.').count()).toBe(0)
    expect(existsSync(join(runsFolder(), victim, 'run.json'))).toBe(true)
    rmSync(join(runsFolder(), 'trash', victim), { recursive: true })
    await convas.page.locator('[data-notice="bad"] button').last().click()
  })

  test('a sweep that was taken off the list is taken back', async () => {
    await convas.page.getByRole('tab', { name: /Sweeps/ }).click()
    const sweep = convas.page.locator('[data-sweep]')
    await convas.page.locator('[data-sweep-remove]').click()
    await until(
      () => sweep.count(),
      (count) => count === 0,
      'no sweep',
    )
    await convas.page.keyboard.press('Control+z')
    await sweep.waitFor()
    await convas.page.getByRole('tab', { name: /^Runs/ }).click()
  })

  test('curves of ticked runs lie over one another, and two of them tell in what they differ', async () => {
    for (const index of [0, 3]) await rows().nth(index).locator('input[type="checkbox"]').check()
    await convas.page.locator('[data-overlay="2"] canvas').waitFor()
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('runs-overlay')
    await convas.page.getByRole('radio', { name: 'Difference' }).check()
    await until(
      () => convas.text('[data-difference]'),
      (text) => text.includes('Kernel size'),
      'the kernel that differs',
    )
    await convas.screenshot('runs-difference')
  })

  test('a run’s model goes back onto the canvas, in one step of undo', async () => {
    await rows().nth(3).locator('.open').click()
    await convas.page.locator('[data-run-to-canvas]').click()
    await until(
      () => convas.text('[data-lane]'),
      (text) => text.includes('60'),
      'its input',
    )
    await convas.page.keyboard.press('Control+z')
    await until(
      () => convas.text('[data-lane]'),
      (text) => text.includes('288'),
      'the model before',
    )
  })
})

/** A run of a single epoch, of which nothing can be drawn as a line. */
describe('a run of two models', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.newProject('lenet-cat-dog')
    await convas.goTo('train')
    await convas.setRecipe('epochs', '1')
    await convas.run('run.train')
    await convas.goTo('runs')
    await convas.page.locator('[data-run] .state.finished').waitFor({ timeout: 120_000 })
  }, 150_000)
  afterAll(async () => {
    await convas.dispose()
  })

  const row = () => convas.page.locator('[data-run]')

  test('each model has a colour of its own and its name, and its only epoch is drawn', async () => {
    await row().locator('input[type="checkbox"]').check()
    await convas.page.locator('[data-overlay="2"] canvas').waitFor()
    expect(await convas.text('[data-overlay]')).toMatch(/LeNet-5[^]*MLP/u)
    const colours = await convas.page
      .locator('[data-overlay] .line')
      .evaluateAll((lines) => lines.map((line) => getComputedStyle(line).borderTopColor))
    expect(new Set(colours).size).toBe(2)
    // Both dots are on the picture, in their colours.
    const drawn = () =>
      convas.page.locator('[data-overlay] canvas').evaluate((canvas: HTMLCanvasElement, wanted) => {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
        return wanted.map((colour) => {
          const [red, green, blue] = (colour.match(/\d+/gu) ?? []).map(Number)
          let count = 0
          for (let at = 0; at < pixels.length; at += 4)
            if (pixels[at] === red && pixels[at + 1] === green && pixels[at + 2] === blue) count++
          return count
        })
      }, colours)
    await until(drawn, (counts) => counts.every((count) => count >= 9), 'a dot of each model')
    await convas.screenshot('runs-one-epoch')
  })

  test('its two models are held against each other', async () => {
    await convas.page.getByRole('radio', { name: 'Difference' }).check()
    await until(
      () => convas.text('[data-difference]'),
      (text) => text.includes('Conv2D') && text.includes('only here'),
      'the layers of the CNN alone',
    )
    expect(await convas.seriousViolations()).toEqual([])
    await convas.screenshot('runs-two-models')
  })

  test('enter in the field of more epochs goes on with it, and its row says so', async () => {
    await row().getByRole('button', { name: 'More epochs' }).click()
    const field = row().locator('[data-go-on] input')
    await field.fill('1')
    await field.press('Enter')
    await row().locator('.state.running').waitFor()
    await row().locator('.state.finished').waitFor({ timeout: 120_000 })
  })
})
