import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chainModel } from '../src-main/common/templates/template.ts'
import { trafficConv1d } from '../src-main/common/templates/traffic-conv1d.ts'
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

/** Sweeps and folds of two models, and what is laid over one another of their runs. */
describe('how sweeps look', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
  })
  afterAll(async () => {
    await convas.dispose()
  })

  const page = () => convas.page
  const start = async () => {
    await page().locator('[data-sweep-start]').click()
    await page().locator('[data-sweep-state="finished"]').waitFor({ timeout: 150_000 })
  }

  test('a sweep of four cells and three folds are trained', async () => {
    await convas.openFile(writeDuel(convas.home))
    await until(
      () => convas.lanes().count(),
      (count) => count === 2,
      'both models',
    )
    await convas.ready()
    await convas.goTo('runs')
    await page()
      .getByRole('tab', { name: /Sweeps/ })
      .click()
    for (const [field, values] of [
      ['data.lookBack', '12, 24'],
      ['recipe.optimizer.learningRate', '0.0005, 0.002'],
    ] as const) {
      await page().locator('[data-sweep-add]').selectOption(field)
      await page().locator(`[data-sweep-values="${field}"]`).fill(values)
    }
    await start()
    await page().locator('[data-new-sweep]').click()
    await page().getByRole('radio', { name: 'k-fold' }).check()
    await page().locator('[data-folds]').fill('3')
    await start()
    expect(await page().locator('[data-fold-mean]').count()).toBe(2)
  })

  test('form, tables, plots and bands stay within the window in every theme and language', async () => {
    const faults: string[] = []
    const look = async (name: string) => {
      const [overflow, violations] = [await convas.overflow(), await convas.seriousViolations()]
      faults.push(...[...overflow, ...violations].map((fault) => `${name}: ${fault}`))
      await convas.screenshot(name)
    }
    const tab = (index: number) => page().locator('[data-room="runs"] [role="tab"]').nth(index).click()
    const views = () => page().locator('[data-sweep-views] input[type="radio"]')
    for (const { theme, language } of looks.slice(0, 2)) {
      await convas.chooseTheme(theme)
      await convas.chooseLanguage(language)
      for (const size of sizes.slice(0, 2)) {
        await convas.resize(size.width, size.height)
        const named = (what: string) => `sweeps-${what}-${size.name}-${theme}-${language}`
        await tab(1)
        for (const [place, kinds] of [
          [0, ['folds', 'bands']],
          [1, ['table', 'parallel', 'effects']],
        ] as const) {
          await page().locator('[data-sweep]').nth(place).click()
          for (const [index, what] of kinds.entries()) {
            await views().nth(index).check()
            await look(named(what))
          }
        }
        await page().locator('[data-new-sweep]').click()
        await page().locator('[data-sweep-add]').selectOption('data.lookBack')
        await look(named('form'))
        await page().locator('[data-sweep]').first().click()
        await tab(0)
        for (const row of [1, 5]) await page().locator('[data-run] input[type="checkbox"]').nth(row).check()
        const panes = page().locator('.pane input[type="radio"]')
        await page().locator('[data-overlay] canvas').waitFor()
        await look(named('overlay'))
        await panes.nth(1).check()
        await page().locator('[data-difference]').waitFor()
        await look(named('difference'))
        await panes.nth(0).check()
        for (const row of [1, 5]) await page().locator('[data-run] input[type="checkbox"]').nth(row).uncheck()
      }
    }
    expect([...new Set(faults)]).toEqual([])
  })
})

/** A short convolution beside an MLP on short windows of the traffic sample; an epoch of both takes a second or two. */
function writeDuel(folder: string): string {
  const short = { units: 8, activation: 'relu' }
  const project = {
    ...trafficConv1d.project,
    name: 'Traffic duel',
    dataset: { source: 'traffic-sample', windows: { lookBack: 24 } },
    models: [
      chainModel('conv1d', 'Conv1D with few kernels', [
        ['input', { shape: [24, 1] }],
        ['conv1d', { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }],
        ['flatten'],
        ['dense', short],
        ['dense', { units: 1, activation: 'linear' }],
      ]),
      chainModel('mlp', 'MLP', [
        ['input', { shape: [24, 1] }],
        ['flatten'],
        ['dense', short],
        ['dense', { units: 1, activation: 'linear' }],
      ]),
    ],
    recipe: { ...trafficConv1d.project.recipe, batchSize: 256, epochs: 4 },
  }
  const path = join(folder, 'duel.convas')
  writeFileSync(path, JSON.stringify(project))
  return path
}
