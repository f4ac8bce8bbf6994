import { splitCounts } from '../../../src-main/common/data/split.ts'
import type { Recipe } from '../../../src-main/common/training/recipe.ts'
import { recipeSchema } from '../../../src-main/common/training/recipe.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'

/** Sets the project's recipe; changes of the same field in a row are one step to undo. */
export function changeRecipe(workspace: Workspace, path: string, next: Recipe): void {
  workspace.project.edit([{ type: 'set-recipe', recipe: next }], { join: `recipe/${path}` })
}

/** The recipe without some fields, which then have their defaults. */
export function without<Field extends keyof Recipe>(recipe: Recipe, ...fields: readonly Field[]): Omit<Recipe, Field> {
  return Object.fromEntries(Object.entries(recipe).filter(([field]) => !fields.includes(field as Field))) as Omit<
    Recipe,
    Field
  >
}

/** A typed number; "" is null. The schema that reads project files decides here too. */
export function readNumber(text: string, build: (value: number) => unknown): number | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const value = Number(trimmed.replace(',', '.'))
  return recipeSchema.safeParse(build(value)).success ? value : Number.NaN
}

/** Steps of one epoch with the data at hand; null while they are not known. */
export function stepsPerEpochOf(workspace: Workspace, recipe: Recipe): number | null {
  const { descriptor } = workspace.dataset
  if (!descriptor) return null
  return Math.max(1, Math.ceil(splitCounts(recipe.split.validation, descriptor).train / recipe.batchSize))
}
