import type { TaskContext } from '../../src-main/common/graph/analysis.ts'
import type { Model } from '../../src-main/common/graph/graph.ts'
import type { NotationContext } from '../../src-main/common/notation/parse-notation.ts'

const UNKNOWN_INPUT = [32, 32, 1]

/** What the notation of a model leaves out: the data's shape and classes, or those of the model's own input. */
export function notationContext(model: Pick<Model, 'nodes'> | null, task: TaskContext | null): NotationContext {
  const own = model?.nodes.find((node) => node.layer === 'input')?.params['shape']
  const inputShape = Array.isArray(own) ? (own as readonly number[]) : (task?.inputShape ?? UNKNOWN_INPUT)
  return { inputShape, outputUnits: task?.outputUnits || null, task: task?.task ?? null }
}
