import type { Problem } from './problem.ts'
import type { LossType } from '../training/recipe.ts'
import type { Shape } from './graph.ts'

/** What follows from a model's layers and wires, node by node. Shapes are without the batch axis. */
export interface NodeAnalysis {
  /** Null at the positions whose shape a problem hides. */
  readonly inputShapes: readonly (Shape | null)[]
  readonly outputShape: Shape | null
  readonly parameters: number
  readonly trainable: number
  readonly multiplyAdds: number
  /** The weight count with its numbers, such as "6·(5·5·1+1)"; null where there are no weights. */
  readonly formula: string | null
  /** The automatic or given name, such as "C1". */
  readonly name: string
}

export interface ModelAnalysis {
  /** Node ids from inputs to outputs; nodes of a cycle last. */
  readonly order: readonly string[]
  readonly nodes: ReadonlyMap<string, NodeAnalysis>
  readonly problems: readonly Problem[]
  readonly parameters: number
  readonly trainable: number
  readonly multiplyAdds: number
  /** Null where the graph is no plain chain, or holds what the notation cannot say. */
  readonly notation: string | null
}

/** What the data ask of a model; null where no data set is known yet. */
export interface TaskContext {
  readonly inputShape: Shape
  /** Units that the last layer must have: 1 for two classes or regression, else the classes; 0 where the data have no labels. */
  readonly outputUnits: number
  readonly task: 'classification' | 'regression'
  /** The loss that the models are trained with, where it is known. */
  readonly loss?: LossType
}
