import { placeNodes } from '../graph/layout.ts'
import { newNodeId } from '../graph/names.ts'
import type { Edge, LayerNode, Model, Params } from '../graph/graph.ts'
import type { LayerType } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import { projectFormat, projectVersion } from '../project/project.ts'
import type { Project } from '../project/project.ts'

/** A ready project to start from. */
export interface Template {
  readonly id: string
  readonly title: Text
  /** One sentence: what it shows. */
  readonly about: Text
  readonly project: Project
}

export type LayerStep = readonly [layer: LayerType, params?: Params]

/** A model whose layers follow one another, with ids such as c1, p1, c2 and laid out from left to right. */
export function chainModel(id: string, name: string, steps: readonly LayerStep[]): Model {
  const nodes: LayerNode[] = []
  for (const [layer, params = {}] of steps)
    nodes.push({ id: newNodeId({ nodes, edges: [] }, layer), layer, params, x: 0, y: 0 })
  const edges = nodes.slice(1).map((node, index): Edge => [nodes[index]!.id, node.id])
  const places = placeNodes({ nodes, edges })
  return { id, name, nodes: nodes.map((node) => ({ ...node, ...places.get(node.id) })), edges }
}

export function templateProject(content: Omit<Project, 'format' | 'version'>): Project {
  return { format: projectFormat, version: projectVersion, ...content }
}
