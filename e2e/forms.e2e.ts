import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPet } from './drawn-pictures.ts'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

const fixtures = join(import.meta.dirname, '../src-main/engine/datasets/testing/fixtures')
const spaces = /\s/gu

interface Form {
  readonly title: string
  readonly files: readonly string[]
  readonly shape: string
  readonly classes: readonly string[]
}

/** Every form of arrays, as Python and NumPy wrote them, and a folder of pictures: chosen in the dialog and dropped. */
describe('forms of data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convas-e2e-forms-'))
  const pets = join(folder, 'pets')
  const { cifar } = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as {
    cifar: { names: readonly string[] }
  }
  let convas: Convas

  beforeAll(async () => {
    for (const kind of ['cat', 'dog'] as const) {
      mkdirSync(join(pets, kind), { recursive: true })
      for (let number = 0; number < 4; number++)
        writeFileSync(join(pets, kind, `${number}.jpg`), await drawPet(kind, number))
    }
    convas = await openConvas({ cache: join(folder, 'cache') })
    await convas.goTo('data')
  }, 120_000)
  afterAll(async () => {
    await convas.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const within = (name: string, files: readonly string[]) => files.map((file) => join(fixtures, name, file))
  const digits = ['0', '1', '2']
  const idxNames = [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ]
  const forms: readonly Form[] = [
    { title: 'idx', files: within('idx', idxNames), shape: '6×5×1', classes: digits },
    {
      title: 'idx, packed',
      files: within(
        'fashion-idx-gz',
        idxNames.map((name) => `${name}.gz`),
      ),
      shape: '6×5×1',
      classes: digits,
    },
    { title: 'npz', files: [join(fixtures, 'digits.npz')], shape: '6×5×1', classes: digits },
    { title: 'npy without labels', files: [join(fixtures, 'float32.npy')], shape: '4', classes: [] },
    {
      title: 'CIFAR in binary files',
      files: within('cifar-binary', ['data_batch_1.bin', 'test_batch.bin', 'batches.meta.txt']),
      shape: '32×32×3',
      classes: cifar.names,
    },
    {
      title: 'CIFAR in batches of Python',
      files: within('cifar-python', ['data_batch_1', 'data_batch_2', 'test_batch', 'batches.meta']),
      shape: '32×32×3',
      classes: cifar.names,
    },
  ]

  const shows = (classes: readonly string[]) =>
    until(
      () => convas.page.locator('[data-class-filter] option').allTextContents(),
      (shown) => shown.slice(1).join() === classes.join(),
      classes.join(),
    )

  async function expectForm({ shape, classes }: Form) {
    await convas.page.locator('[data-import="preview"] [data-recognised="arrays"]').waitFor()
    expect((await convas.text('[data-import-shape]')).replace(spaces, '')).toBe(shape)
    await convas.page.locator('[data-import-start]:not([disabled])').click()
    if (classes.length === 0) await convas.page.locator('[data-data-note]').getByText('no labels').waitFor()
    else await shows(classes)
  }

  test.each(forms)('$title chosen in the dialog', async (form) => {
    await convas.chooseFiles(form.files)
    await expectForm(form)
  })

  test.each(forms)('$title dropped on the window', async (form) => {
    await convas.dropFromOutside(form.files)
    await expectForm(form)
  })

  test('a folder of pictures dropped on the window becomes a data set with its folders as classes', async () => {
    await convas.dropFromOutside([pets])
    await convas.page.locator('[data-import="preview"] [data-recognised="pictures"]').waitFor()
    expect(await convas.page.locator('[data-import="preview"] input[type="text"]').first().inputValue()).toBe('pets')
    await convas.page.locator('[data-import-start]:not([disabled])').click()
    await shows(['cat', 'dog'])
  })

  test('a data set is exported as pictures by class, and what was exported is read again', async () => {
    const out = join(folder, 'exported')
    await convas.page.locator('[data-export-open]').click()
    expect(await convas.seriousViolations()).toEqual([])
    await convas.page.locator('[data-export-path]').fill(out)
    await convas.screenshot('export')
    await convas.page.locator('[data-export-save]').click()
    await convas.page.locator('[data-export-saved]').waitFor()
    expect(readdirSync(out).sort()).toEqual(['test', 'train'])
    expect(readdirSync(join(out, 'train')).sort()).toEqual(['cat', 'dog'])
    await convas.page.keyboard.press('Escape')
    await convas.dropFromOutside([out])
    await convas.page.locator('[data-import="preview"] [data-recognised="pictures"]').waitFor()
    expect([await convas.text('[data-import-count="train"]'), await convas.text('[data-import-count="test"]')]).toEqual(
      ['train', 'test'].map((part) =>
        String(['cat', 'dog'].reduce((sum, kind) => sum + readdirSync(join(out, part, kind)).length, 0)),
      ),
    )
  })
})
