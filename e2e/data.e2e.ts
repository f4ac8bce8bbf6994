import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPet, makeZip } from './drawn-pictures.ts'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

/** Somebody's own files, from dropping them on the window to a trained model. */
describe('data from files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convas-e2e-data-'))
  const petsZip = join(folder, 'pets.zip')
  const damagedZip = join(folder, 'damaged.zip')
  const largeZip = join(folder, 'large.zip')
  let convas: Convas

  beforeAll(async () => {
    const pets: [string, Buffer][] = []
    for (let number = 0; number < 28; number++) pets.push([`pets/cat/cat-${number}.jpg`, await drawPet('cat', number)])
    for (let number = 0; number < 7; number++) pets.push([`pets/dog/dog-${number}.jpg`, await drawPet('dog', number)])
    writeFileSync(petsZip, makeZip([...pets, ['pets/dog/torn.jpg', (pets[1]?.[1] ?? Buffer.of()).subarray(0, 60)]]))
    writeFileSync(damagedZip, makeZip(pets).subarray(0, 900))
    // Large enough to be cancelled on the way: each of these takes a decoder tens of milliseconds.
    const large = await sharp({ create: { width: 2400, height: 1800, channels: 3, background: '#7a5' } })
      .composite([{ input: await drawPet('cat', 1, 1600) }])
      .jpeg({ quality: 60 })
      .toBuffer()
    const copies = Array.from({ length: 400 }, (_, number): [string, Buffer] => [`${number % 2}/${number}.jpg`, large])
    writeFileSync(largeZip, makeZip(copies))
    convas = await openConvas({ cache: join(folder, 'cache') })
  }, 300_000)
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const count = (part: 'train' | 'test') => convas.text(`[data-import-count="${part}"]`)

  test('a zip dropped on the window is recognised and previewed before anything is imported', async () => {
    await convas.newProject('lenet-cat-dog')
    await convas.drop([petsZip])
    await convas.page.locator('[data-import="preview"]').waitFor()
    expect(await convas.page.locator('[data-recognised="pictures"]').count()).toBe(1)
    expect(await convas.page.locator('[data-import-samples] canvas').count()).toBeGreaterThan(4)
    expect(await convas.page.locator('[data-imported]').count()).toBe(0)
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('the preview follows the options', async () => {
    await convas.page.locator('[data-reading="height"]').fill('32')
    await convas.page.locator('[data-reading="width"]').fill('32')
    await convas.page.locator('select[data-reading="channels"]').selectOption({ label: 'Grey' })
    await convas.page.locator('[data-reading="testShare"]').fill('25')
    await until(
      async () => [await convas.text('[data-import-shape]'), await count('train'), await count('test')].join(' '),
      (facts) => facts === '32×32×1 27 9',
      'grey samples of 32×32, a quarter of them for the test',
    )
  })

  test('imported, it is listed and in use, and the picture that cannot be read is named', async () => {
    await convas.page.locator('[data-import-start]').click()
    await convas.page.locator('[data-imported] [aria-pressed="true"]').waitFor()
    await convas.page.locator('[data-skipped] summary').click()
    expect(await convas.text('[data-skipped] li')).toContain('torn.jpg')
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('classes that are unequal are balanced, files found by name and folds chosen', async () => {
    const { page } = convas
    await page.locator('.view').getByRole('radio', { name: 'Training' }).check()
    await page.locator('[data-class-weights]').click()
    const dogs = page.locator('.histogram button').nth(1)
    expect(await dogs.locator('.share').textContent()).toMatch(/^×[2-9]\./u)
    await page.locator('[data-find-name]').fill('DOG-')
    const expected = `of ${await dogs.locator('.count').textContent()}`
    await until(
      () => convas.text('.tools [role="status"]'),
      (text) => text.endsWith(expected),
      'the dogs of the training part alone',
    )
    await page.locator('[data-find-name]').fill('')
    await page.locator('[data-split-by]').selectOption('fold-5')
    await until(
      () => convas.text('[data-split="validation"]'),
      // The first fold of 27 has one more than the last.
      (text) => text === '6',
      'a fifth of the training part for validation',
    )
    await page.locator('[data-mean] summary').click()
    await page.locator('[data-mean] canvas').waitFor()
    expect(await convas.seriousViolations()).toEqual([])
  })

  test('the cat and dog template trains on it, and tells how both models did on the external test', async () => {
    await convas.goTo('train')
    await convas.page.locator('[data-recipe="epochs"]').fill('2')
    await convas.run('run.train')
    for (const model of ['cnn', 'mlp']) {
      const tested = convas.page.locator(`[data-result="${model}"] tr`, { hasText: 'Accuracy' }).locator('td.strong')
      await tested.waitFor({ timeout: 120_000 })
      expect(Number.parseFloat((await tested.textContent()) ?? '')).toBeGreaterThan(20)
    }
    await convas.goTo('runs')
    await convas.page.locator('[data-run]').waitFor()
    await until(
      () => convas.text('[data-run]'),
      (text) => text.includes('Finished'),
      'a finished run',
      120_000,
    )
    await convas.goTo('data')
  })

  test('an import that is cancelled leaves nothing behind and can be started again', async () => {
    await convas.drop([largeZip])
    await convas.page.locator('[data-import="preview"]').waitFor()
    await convas.page.locator('[data-import-start]').click()
    await convas.page.locator('[data-import="importing"] [data-import-cancel]').click()
    await convas.page.locator('[data-import="preview"] [data-import-start]').waitFor()
    expect(await convas.page.locator('[data-imported]').count()).toBe(1)
    await convas.page.locator('[data-import-close]').first().click()
    await convas.page.locator('.view .facts').waitFor()
  })

  test('a damaged zip and files of no known kind are refused with a sentence', async () => {
    const noise = join(folder, 'noise.bin')
    writeFileSync(noise, randomBytes(3_000))
    for (const file of [damagedZip, noise]) {
      await convas.drop([file])
      await until(
        () => convas.text('[data-import] .empty p'),
        (text) => text.length > 20,
        'the reason',
      )
      await convas.page.locator('[data-import-close]').click()
    }
    await convas.chooseLanguage('ko')
    await convas.drop([damagedZip])
    await until(
      () => convas.text('[data-import] .empty p'),
      (text) => text.startsWith('"damaged.zip" 압축 파일: ') && !text.includes('The zip'),
      'the reason in Korean',
    )
    await convas.page.locator('[data-import-close]').click()
    await convas.chooseLanguage('en')
    await convas.page.locator('.view .facts').waitFor()
  })

  test('an imported data set that is not in use can be removed', async () => {
    await convas.page.locator('[data-dataset="cat-dog-doodles"]').click()
    await convas.page.locator('[data-imported] [data-remove-data]:not([disabled])').click()
    await convas.page.locator('[data-imported]').waitFor({ state: 'detached' })
  })
})
