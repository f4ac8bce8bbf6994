import { readFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { openConvas, until } from './driver.ts'

interface Saved {
  readonly recipe: Readonly<Record<string, unknown>>
}

describe('the recipe', () => {
  let convas: Convas
  beforeAll(async () => {
    convas = await openConvas()
    await convas.goTo('train')
  })
  afterAll(async () => {
    await convas.dispose()
  })

  /** The recipe in the project's file, once it is saved as expected. */
  async function saved(right: (recipe: Saved['recipe']) => boolean, expected: string): Promise<Saved['recipe']> {
    return until(
      async () => {
        const folder = join(convas.home, 'projects')
        const file = readdirSync(folder).find((name) => name.endsWith('.convas'))
        if (file === undefined) return {}
        return (JSON.parse(await readFile(join(folder, file), 'utf8')) as Saved).recipe
      },
      right,
      expected,
    )
  }

  test('fields appear where they apply, are saved, and are undone one by one', async () => {
    await convas.page.locator('[data-recipe-more]').click()
    await convas.setRecipe('optimizer.beta1', '0.8')
    await convas.setRecipe('optimizer.amsgrad', true)
    await convas.setRecipe('clipping.type', 'globalNorm')
    await convas.setRecipe('clipping.limit', '0.7')
    await convas.setRecipe('schedule.type', 'cosine')
    await convas.setRecipe('schedule.warmupSteps', '30')
    await convas.page.locator('[data-schedule-preview] svg').waitFor()
    await convas.setRecipe('labelSmoothing', '0.1')
    await convas.setRecipe('classWeights', 'own')
    await convas.setRecipe('classWeights.dog', '1.5')
    await convas.setRecipe('epochs', '2')
    expect(await saved(({ epochs }) => epochs === 2, 'the epochs in the file')).toMatchObject({
      optimizer: { type: 'adam', learningRate: 0.001, beta1: 0.8, amsgrad: true },
      clipping: { type: 'globalNorm', limit: 0.7 },
      schedule: { type: 'cosine', warmupSteps: 30, floor: 0 },
      labelSmoothing: 0.1,
      classWeights: { cat: 1, dog: 1.5 },
    })

    await convas.setRecipe('optimizer.type', 'momentum')
    expect(await convas.page.locator('[data-recipe="optimizer.beta1"]').count()).toBe(0)
    expect(
      (await saved(({ optimizer }) => (optimizer as { type: string }).type === 'momentum', 'momentum in the file'))[
        'optimizer'
      ],
    ).toEqual({ type: 'momentum', learningRate: 0.001 })
    await convas.run('edit.undo')
    await convas.page.locator('[data-recipe="optimizer.beta1"]').waitFor({ state: 'attached' })
    expect(
      (await saved(({ optimizer }) => (optimizer as { type: string }).type === 'adam', 'Adam in the file'))[
        'optimizer'
      ],
    ).toMatchObject({ beta1: 0.8, amsgrad: true })
  })

  test('what cannot be is said at the field and changes nothing', async () => {
    const field = convas.page.locator('[data-recipe="labelSmoothing"]')
    await field.fill('1')
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await convas.page.getByText('Expected: 0 or more, and below 1.').waitFor()
    await field.fill('0.2')
    expect(await saved(({ labelSmoothing }) => labelSmoothing === 0.2, 'the new share in the file')).toBeTruthy()
  })

  test('a run follows it, and is measured by more than loss and accuracy', async () => {
    await convas.page.locator('[data-train]').click()
    const result = convas.page.locator('[data-result]').first()
    await until(
      async () => ((await result.count()) > 0 ? ((await result.textContent()) ?? '') : ''),
      (text) => text.includes('All epochs are done.'),
      'the end of the run',
      120_000,
    )
    const text = (await result.textContent()) ?? ''
    for (const metric of ['Accuracy', 'Precision', 'Recall', 'F1 score', 'AUC']) expect(text).toContain(metric)
    await convas.page.locator('[data-curve-metric]').selectOption('f1')
    await convas.page.locator('figcaption', { hasText: 'F1 score' }).waitFor()
    expect(await convas.seriousViolations()).toEqual([])
  })
})
