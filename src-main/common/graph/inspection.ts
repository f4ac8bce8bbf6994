import type { Text } from '../layers/text.ts'
import type { NodeAnalysis, TaskContext } from './analysis.ts'
import type { Edge, LayerNode, Model } from './graph.ts'
import type { Fix, Problem } from './problem.ts'

/** What the passes of an analysis share while they go over one model. */
export interface Inspection {
  readonly model: Model
  readonly task: TaskContext | null
  readonly byId: ReadonlyMap<string, LayerNode>
  readonly names: ReadonlyMap<string, string>
  /** Wires between existing nodes, by the node they lead into and in the order of its inputs; likewise by the node they leave. */
  readonly into: ReadonlyMap<string, readonly Edge[]>
  readonly outOf: ReadonlyMap<string, readonly Edge[]>
  /** Existing nodes that nothing follows. */
  readonly open: readonly LayerNode[]
  readonly nodes: Map<string, NodeAnalysis>
  readonly problems: Problem[]
}

/** A problem of severity error, on a node, a wire or both. */
export function problem(
  code: string,
  place: { readonly node?: string | null; readonly edge?: Edge | null },
  text: Text,
  fixes: readonly Fix[] = [],
): Problem {
  return { code, severity: 'error', node: place.node ?? null, edge: place.edge ?? null, param: null, text, fixes }
}
