import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPet, makeZip } from './drawn-pictures.ts'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

const kinds = ['cat', 'dog', 'cat', 'dog', 'dog', 'cat'] as const
const names = ['eins.jpg', 'zwei.jpg', 'drei.jpg', 'vier.jpg', 'fünf.jpg', 'sechs.jpg'] as const

/** What can be done with pictures before they are trained on: varying them and giving them labels. */
describe('pictures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convas-e2e-pictures-'))
  const loose = join(folder, 'loose')
  const petsZip = join(folder, 'pets.zip')
  const cache = join(folder, 'cache')
  let convas: Convas

  beforeAll(async () => {
    mkdirSync(loose)
    for (const [number, kind] of kinds.entries())
      writeFileSync(join(loose, names[number] ?? ''), await drawPet(kind, number))
    const pets: [string, Buffer][] = []
    for (let number = 0; number < 40; number++) {
      const kind = number % 2 === 0 ? 'cat' : 'dog'
      pets.push([`${kind}/${number}.jpg`, await drawPet(kind, number)])
    }
    writeFileSync(petsZip, makeZip(pets))
    convas = await openConvas({ cache })
  }, 300_000)
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const live = () =>
    convas.page
      .locator('[data-augment-live] canvas')
      .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()))
  const slide = (field: string, value: number) => convas.page.locator(`[data-augment="${field}"]`).fill(String(value))
  const importNow = async () => {
    await convas.page.locator('[data-import="preview"]').waitFor()
    await convas.page.locator('[data-reading="height"]').fill('32')
    await convas.page.locator('[data-reading="width"]').fill('32')
    await convas.page.locator('select[data-reading="channels"]').selectOption({ label: 'Grey' })
    await convas.page.locator('[data-import-start]:not([disabled])').waitFor()
    await convas.page.locator('[data-import-start]').click()
    await convas.page.locator('[data-imported] [aria-pressed="true"]').waitFor()
  }
  const trainEpoch = async () => {
    await convas.goTo('train')
    await convas.setRecipe('epochs', '1')
    await convas.run('run.train')
    await convas.goTo('runs')
    await until(
      () => convas.text('[data-run]'),
      (text) => text.includes('Finished'),
      'a finished run',
      120_000,
    )
  }

  test('a live sample follows the sliders of augmentation; reset and undo take it back', async () => {
    await convas.newProject('lenet-cat-dog')
    await convas.goTo('data')
    await convas.drop([petsZip])
    await importNow()
    await convas.page.getByRole('tab', { name: 'Augmentation' }).click()
    await until(live, (all) => all.length === 1, 'the sample as it is')
    const [original] = await live()
    await slide('rotate', 90)
    const turned = await until(live, (all) => new Set(all).size > 8, 'samples turned by different angles')
    expect(turned[0]).toBe(original)
    await slide('noise', 0.2)
    const noisy = await until(live, (all) => all[1] !== turned[1], 'noise on them')
    expect(noisy[0]).toBe(original)
    expect(await convas.seriousViolations()).toEqual([])
    await convas.page.locator('[data-augment-reset]').click()
    await until(live, (all) => all.length === 1, 'the sample alone again')
    await convas.run('edit.undo')
    await until(live, (all) => all.join() === noisy.join(), 'the same variations as before')
  })

  test('the run is trained with what was chosen', async () => {
    await trainEpoch()
    const files = readdirSync(convas.home, { recursive: true, encoding: 'utf8' })
    const record = files.filter((file) => file.endsWith('run.json')).at(-1) ?? ''
    const { project } = JSON.parse(readFileSync(join(convas.home, record), 'utf8')) as {
      project: { recipe: { augmentation: unknown } }
    }
    expect(project.recipe.augmentation).toEqual({ rotate: 90, noise: 0.2 })
    await convas.goTo('data')
  })

  test('data that are no pictures say so and take noise only', async () => {
    await convas.page.locator('[data-dataset="traffic-sample"]').click()
    await convas.page.getByRole('tab', { name: 'Augmentation' }).click()
    await convas.page.locator('[data-augment-no-pictures]').waitFor()
    expect(await convas.page.locator('[data-augment]:disabled').count()).toBe(6)
    expect(await convas.page.locator('[data-augment="noise"]:enabled').count()).toBe(1)
    await convas.run('edit.undo')
  })

  const progress = () => convas.text('[data-label-progress]')
  const shows = (text: string) => until(progress, (now) => now === text, text)
  const labelOf = (name: string) => convas.page.locator(`[data-label-picture][title^="${name}"]`).getAttribute('title')

  test('a folder of pictures without classes leads to labelling', async () => {
    await convas.openFolder(loose)
    await convas.page.locator('[data-import-warning]').getByText('Label them by hand').waitFor()
    await convas.page.locator('[data-import="preview"] [data-label-open]').click()
    await shows('0 of 6 labelled')
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('labels are given by keys alone, and taken back', async () => {
    const { keyboard } = convas.page
    await convas.page.locator('[data-label-picture="0"]').focus()
    await keyboard.press('+')
    for (const name of ['cat', 'dog']) {
      await keyboard.type(name)
      await keyboard.press('Enter')
    }
    await convas.page.locator('[data-label-class="1"]').waitFor()
    await keyboard.press('Escape')
    // In the order of their paths.
    const sorted = [...names].sort()
    await convas.page.locator('[data-label-picture="0"]').focus()
    for (const [position, name] of sorted.entries()) {
      await keyboard.press(kinds[names.indexOf(name)] === 'cat' ? '1' : '2')
      await shows(`${position + 1} of 6 labelled`)
    }
    await keyboard.press('Control+z')
    await shows('5 of 6 labelled')
    await keyboard.press('Control+Shift+Z')
    await shows('6 of 6 labelled')
    await keyboard.press('Control+z')
    await shows('5 of 6 labelled')
  })

  test('pictures without a label can be shown alone, and one be dragged onto its class', async () => {
    await convas.page.locator('[data-label-filter]').selectOption('unlabelled')
    await until(
      () => convas.page.locator('[data-label-picture]').count(),
      (count) => count === 1,
      'the one without a label',
    )
    const last = [...names].sort().at(-1) ?? ''
    const kind = kinds[names.indexOf(last as (typeof names)[number])]
    await convas.dragOnto(
      convas.page.locator('[data-label-picture]'),
      convas.page.locator(`[data-label-class="${kind === 'cat' ? 0 : 1}"] .name`),
    )
    await shows('6 of 6 labelled')
    await convas.page.locator('[data-label-filter]').selectOption('all')
    expect(await labelOf(last)).toBe(`${last}: ${kind}`)
  })

  test('several are selected by box, by Shift and all at once, and lose their label together', async () => {
    const at = (file: number) => convas.page.locator(`[data-label-picture="${file}"]`)
    const selected = () => convas.text('[data-label-selected]')
    await at(1).click()
    await at(3).click({ modifiers: ['Shift'] })
    expect(await selected()).toBe('3 selected')
    await at(2).click({ modifiers: ['ControlOrMeta'] })
    expect(await selected()).toBe('2 selected')
    await convas.page.keyboard.down('Shift')
    await convas.dragOnto(at(0), at(2))
    await convas.page.keyboard.up('Shift')
    expect(await selected()).toBe('3 selected')
    await convas.page.keyboard.press('Control+a')
    expect(await selected()).toBe('6 selected')
    await convas.page.keyboard.press('Delete')
    await shows('0 of 6 labelled')
    await convas.page.keyboard.press('Control+z')
    await shows('6 of 6 labelled')
  })

  test('nothing is lost where the room is left or the window is loaded again', async () => {
    await convas.goTo('build')
    await convas.goTo('data')
    await shows('6 of 6 labelled')
    await convas.page.locator('[data-label-class="1"] .give').press('F2')
    await convas.page.keyboard.type('hound')
    await convas.page.keyboard.press('Enter')
    await convas.page.reload()
    await convas.ready()
    await convas.goTo('data')
    await convas.page.locator('[data-label-draft] .open').click()
    await shows('6 of 6 labelled')
    expect(await convas.text('[data-label-class="1"] .name')).toBe('hound')
  })

  /** Every picture of the data set of that name, by its file's name, with its class. */
  async function classesOf(title: string): Promise<readonly string[]> {
    await until(
      () => convas.text('.view .facts h2'),
      (shown) => shown === title,
      `${title} in use`,
    )
    const found: string[] = []
    for (const [part, name] of [
      ['train', 'Training'],
      ['test', 'External test'],
    ] as const) {
      await convas.page.locator('.view').getByRole('radio', { name }).check()
      const pictures = convas.page.locator(`.view [data-picture^="${part}/"]`)
      await pictures.first().waitFor()
      for (let index = 0; index < (await pictures.count()); index++) {
        await convas.page.locator(`.view [data-picture="${part}/${index}"]`).click()
        const number = `${index + 1}, ${part === 'train' ? 'training' : 'test'}`
        await convas.page.locator('.detail dd').getByText(number, { exact: true }).waitFor()
        const file = await convas.page.locator('.detail .file').getAttribute('title')
        found.push(`${file?.split('/').at(-1)} ${await convas.text('.detail dd')}`)
      }
    }
    return found.sort()
  }
  const expected = names.map((name, number) => `${name} ${kinds[number] === 'cat' ? 'cat' : 'hound'}`).sort()

  test('labels saved as a CSV are imported with one click, each picture with its class', async () => {
    const csv = join(folder, 'saved.csv')
    await convas.page.locator('[data-labelling]').getByRole('radio', { name: 'CSV' }).check()
    await convas.page.locator('[data-label-path]').fill(csv)
    await convas.page.locator('[data-label-save]').click()
    await convas.page.locator('[data-label-saved]').waitFor()
    const lines = readFileSync(csv, 'utf8').replace('\uFEFF', '').trim().split('\n')
    expect([
      lines[0],
      ...lines
        .slice(1)
        .map((line) => line.replace(',', ' '))
        .sort(),
    ]).toEqual(['file,label', ...expected])
    await convas.page.locator('[data-label-import]').click()
    await convas.page.locator('[data-labelling]').waitFor({ state: 'detached' })
    expect(await classesOf('loose + saved')).toEqual(expected)
    expect(await convas.page.locator('[data-label-draft]').count()).toBe(0)
  })

  test('labels can be changed afterwards, and saved as folders that are imported too', async () => {
    const sorted = join(folder, 'sorted')
    await convas.page.locator('.view [data-label-open]').click()
    await shows('6 of 6 labelled')
    await convas.page.locator('[data-label-path]').fill(sorted)
    await convas.page.locator('[data-label-save]').click()
    await convas.page.locator('[data-label-saved]').waitFor()
    const copied = ['cat', 'hound'].flatMap((kind) => readdirSync(join(sorted, kind)).map((name) => `${name} ${kind}`))
    expect(copied.sort()).toEqual(expected)
    await convas.page.locator('[data-label-import]').click()
    await convas.page.locator('[data-labelling]').waitFor({ state: 'detached' })
    expect(await classesOf('sorted')).toEqual(expected)
  })

  test('an import trains on after its file has gone and Convas was started again', async () => {
    const { home } = convas
    const card = () => convas.page.locator('[data-imported]').filter({ hasText: 'pets' })
    rmSync(petsZip)
    await convas.close()
    convas = await openConvas({ home, cache })
    await convas.goTo('data')
    // In a browser, files that come in are what takes away those of the former start.
    await convas.drop([join(folder, 'saved.csv')])
    await convas.page.locator('[data-import-close]').first().click()
    await convas.goTo('build')
    await convas.goTo('data')
    await card().locator('.choose').click()
    await convas.page.locator('.view .facts').waitFor()
    await until(
      () => convas.text('[data-open-data] .facts'),
      (text) => text.startsWith('32'),
      'its 32 samples to train with',
    )
    await until(
      () => card().locator('.changed').count(),
      (count) => count === 1,
      'a word that its files are gone',
    )
    await trainEpoch()
  })
})
