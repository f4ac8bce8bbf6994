import { analyzeModel } from '../graph/analyze.ts'
import type { TaskContext } from '../graph/analysis.ts'
import type { Shape } from '../graph/graph.ts'
import type { Text } from '../layers/text.ts'
import type { Project } from '../project/project.ts'

/** What `convas summary --json` prints. Shapes are without the batch axis; multiply-adds are for one sample. */
export interface ProjectSummary {
  readonly models: readonly ModelSummary[]
}

export interface ModelSummary {
  readonly id: string
  readonly name: string
  readonly notation: string | null
  readonly parameters: number
  readonly trainable: number
  readonly multiplyAdds: number
  readonly layers: readonly LayerSummary[]
  readonly problems: readonly ProblemSummary[]
}

export interface LayerSummary {
  readonly id: string
  /** The name on the canvas, such as "C1". */
  readonly name: string
  readonly layer: string
  /** Null at the positions whose shape a problem hides. */
  readonly inputShapes: readonly (Shape | null)[]
  readonly outputShape: Shape | null
  readonly parameters: number
  readonly trainable: number
  readonly multiplyAdds: number
}

export interface ProblemSummary {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly node: string | null
  readonly edge: readonly [from: string, to: string] | null
  readonly message: string
  readonly fixes: readonly { readonly title: string }[]
}

/** The layers, counts and problems of every model, in the order of the data's flow. */
export function summarizeProject(
  project: Project,
  options: { readonly task?: TaskContext | null; readonly language?: keyof Text } = {},
): ProjectSummary {
  const { task = null, language = 'en' } = options
  return {
    models: project.models.map((model) => {
      const analysis = analyzeModel(model, task)
      const byId = new Map(model.nodes.map((node) => [node.id, node]))
      return {
        id: model.id,
        name: model.name,
        notation: analysis.notation,
        parameters: analysis.parameters,
        trainable: analysis.trainable,
        multiplyAdds: analysis.multiplyAdds,
        layers: analysis.order.flatMap((id) => {
          const node = byId.get(id)
          const found = analysis.nodes.get(id)
          // Each layer tells its input's shape, so the input itself needs no line, as in the courses' tables.
          if (!node || !found || node.layer === 'input') return []
          const { name, inputShapes, outputShape, parameters, trainable, multiplyAdds } = found
          return [{ id, name, layer: node.layer, inputShapes, outputShape, parameters, trainable, multiplyAdds }]
        }),
        problems: analysis.problems.map(({ code, severity, node, edge, text, fixes }) => ({
          code,
          severity,
          node,
          edge,
          message: text[language],
          fixes: fixes.map((fix) => ({ title: fix.title[language] })),
        })),
      }
    }),
  }
}
