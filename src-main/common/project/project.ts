import type { DataSource } from '../data/dataset.ts'
import type { Model } from '../graph/graph.ts'
import type { Recipe } from '../training/recipe.ts'

export const projectFormat = 'convas-project'
export const projectVersion = 1

/** The content of a `.convas` file, parsed. Run folders lie beside it in `<name>.runs/`. */
export interface Project {
  readonly format: typeof projectFormat
  readonly version: typeof projectVersion
  readonly name: string
  readonly dataset: DataSource | null
  readonly models: readonly Model[]
  readonly recipe: Recipe
  /** The picture whose maps are shown; kept so that a project reopens where it was left. */
  readonly picture?: { readonly part: 'train' | 'test'; readonly index: number }
}
