import { expect, test } from 'vitest'
import { readingOptionsSchemas } from '../../../src-main/common/data/reading.ts'
import type { Project } from '../../../src-main/common/project/project.ts'
import { sweepFields } from '../../../src-main/common/sweep/fields.ts'
import { templateById } from '../../../src-main/common/templates/registry.ts'
import type { Recipe, Schedule } from '../../../src-main/common/training/recipe.ts'
import { message } from '../../messages/messages.ts'
import type { MessageKey } from '../../messages/messages.ts'
import { fieldTitle } from './field-title.ts'

const settings = {
  t: (key: MessageKey) => message('ko', key),
  text: (text: { readonly ko: string }) => text.ko,
}
const traffic = templateById('traffic-conv1d')!.project
const schedules: readonly Schedule[] = [
  { type: 'constant' },
  { type: 'step', stepSize: 1, gamma: 0.5 },
  { type: 'exponential', decaySteps: 1, rate: 0.5, staircase: true },
  { type: 'cosine', warmupSteps: 0, decaySteps: 2, floor: 0 },
  { type: 'plateau', monitor: 'loss', factor: 0.5, patience: 1, minDelta: 0, cooldown: 0, minimum: 0 },
]

function withRecipe(changes: Partial<Recipe>): Project {
  return { ...traffic, recipe: { ...traffic.recipe, ...changes } }
}

test('every field that a sweep can vary has a Korean name', () => {
  const projects: readonly Project[] = [
    ...schedules.map((schedule) => withRecipe({ schedule })),
    withRecipe({
      clipping: { type: 'norm', limit: 1 },
      earlyStopping: { monitor: 'loss', patience: 1, minDelta: 0, restoreBest: true },
      split: { validation: { fold: 1, of: 5 } },
      classWeights: 'balanced',
    }),
    ...Object.keys(readingOptionsSchemas).map(
      (format) => ({ ...traffic, dataset: { path: '/a', options: { format } } }) as unknown as Project,
    ),
  ]
  const unnamed = projects
    .flatMap(sweepFields)
    .filter((field) => !/[가-힣]/.test(fieldTitle(settings, field.id, field)))
    .map(({ id }) => id)
  // What is called alike in both languages.
  expect([...new Set(unnamed)].filter((id) => !/amsgrad$/i.test(id))).toEqual([])
})
