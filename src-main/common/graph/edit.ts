import type { DataSource } from '../data/dataset.ts'
import type { Project } from '../project/project.ts'
import type { Recipe } from '../training/recipe.ts'
import type { Edge, LayerNode, Model, ParamValue } from './graph.ts'

/** The smallest changes of a project. Each has an inverse; `at` is a position in its list, the end where absent. */
export type Edit =
  | { readonly type: 'add-node'; readonly model: string; readonly node: LayerNode; readonly at?: number }
  /** Its wires go with it. */
  | { readonly type: 'remove-node'; readonly model: string; readonly node: string }
  | {
      readonly type: 'move-node'
      readonly model: string
      readonly node: string
      readonly x: number
      readonly y: number
    }
  | { readonly type: 'rename-node'; readonly model: string; readonly node: string; readonly name: string | null }
  /** `value` undefined puts the default back. */
  | {
      readonly type: 'set-param'
      readonly model: string
      readonly node: string
      readonly param: string
      readonly value: ParamValue | undefined
    }
  | { readonly type: 'add-edge'; readonly model: string; readonly edge: Edge; readonly at?: number }
  /** Of equal wires the one at `at`, else the last. */
  | { readonly type: 'remove-edge'; readonly model: string; readonly edge: Edge; readonly at?: number }
  | { readonly type: 'add-model'; readonly model: Model; readonly at?: number }
  | { readonly type: 'remove-model'; readonly model: string }
  | { readonly type: 'rename-model'; readonly model: string; readonly name: string }
  | { readonly type: 'rename-project'; readonly name: string }
  | { readonly type: 'set-dataset'; readonly dataset: DataSource | null }
  | { readonly type: 'set-recipe'; readonly recipe: Recipe }
  /** All of it, as it was changed elsewhere. */
  | { readonly type: 'set-project'; readonly project: Project }
