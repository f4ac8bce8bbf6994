import type { LayerType } from '../layers/registry.ts'

/** Sizes without the batch axis; pictures are [height, width, channels], series [steps, channels]. */
export type Shape = readonly number[]

/** What a layer's parameter may hold in a project file. */
export type ParamValue = string | number | boolean | null | readonly number[]
export type Params = Readonly<Record<string, ParamValue>>

/** One layer on the canvas. `x` and `y` are its top left corner in canvas units (pixels at zoom 1). */
export interface LayerNode {
  readonly id: string
  readonly layer: LayerType
  readonly name?: string
  readonly params: Params
  readonly x: number
  readonly y: number
}

/** From one node's output to another's input. The order of a model's edges is the order of a merge layer's inputs. */
export type Edge = readonly [from: string, to: string]

/** A directed acyclic graph of layers: one lane on the canvas. Node ids are unique within their model. */
export interface Graph {
  readonly nodes: readonly LayerNode[]
  readonly edges: readonly Edge[]
}

export interface Model extends Graph {
  readonly id: string
  readonly name: string
}
