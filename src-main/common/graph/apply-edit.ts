import type { Project } from '../project/project.ts'
import type { Edit } from './edit.ts'
import type { Edge, LayerNode, Model, Params } from './graph.ts'

/** An edited project, and the edits that lead back, in the order in which they are to be applied. */
export interface Applied {
  readonly project: Project
  readonly inverse: readonly Edit[]
}

/**
 * One edit applied. Removing a node removes its wires too, so an inverse may be several edits. An edit of something
 * that does not exist is a bug of the caller and throws.
 */
export function applyEdit(project: Project, edit: Edit): Applied {
  switch (edit.type) {
    case 'add-model': {
      if (project.models.some((model) => model.id === edit.model.id))
        throw new Error(`a model "${edit.model.id}" exists already`)
      return {
        project: { ...project, models: inserted(project.models, edit.model, edit.at) },
        inverse: [{ type: 'remove-model', model: edit.model.id }],
      }
    }
    case 'remove-model': {
      const at = modelIndex(project, edit.model)
      const model = project.models[at]!
      return {
        project: { ...project, models: without(project.models, at) },
        inverse: [{ type: 'add-model', model, at }],
      }
    }
    case 'rename-project':
      return {
        project: { ...project, name: edit.name },
        inverse: [{ type: 'rename-project', name: project.name }],
      }
    case 'set-dataset':
      return {
        project: { ...project, dataset: edit.dataset },
        inverse: [{ type: 'set-dataset', dataset: project.dataset }],
      }
    case 'set-recipe':
      return {
        project: { ...project, recipe: edit.recipe },
        inverse: [{ type: 'set-recipe', recipe: project.recipe }],
      }
    case 'set-project':
      return { project: edit.project, inverse: [{ type: 'set-project', project }] }
    default: {
      const at = modelIndex(project, edit.model)
      const { model, inverse } = applyModelEdit(project.models[at]!, edit)
      return { project: { ...project, models: replaced(project.models, at, model) }, inverse }
    }
  }
}

/** Several edits applied in order; the inverse undoes them all, last first. */
export function applyEdits(project: Project, edits: readonly Edit[]): Applied {
  let current = project
  const inverses: (readonly Edit[])[] = []
  for (const edit of edits) {
    const applied = applyEdit(current, edit)
    current = applied.project
    inverses.push(applied.inverse)
  }
  return { project: current, inverse: inverses.reverse().flat() }
}

/** The edits that change the inside of one model. */
export type ModelEdit = Exclude<
  Edit,
  { type: 'add-model' | 'remove-model' | 'rename-project' | 'set-dataset' | 'set-recipe' | 'set-project' }
>

/** One edit applied to the model it names; the id is not checked. */
export function applyModelEdit(
  model: Model,
  edit: ModelEdit,
): { readonly model: Model; readonly inverse: readonly Edit[] } {
  const named = { model: model.id }
  switch (edit.type) {
    case 'rename-model':
      return {
        model: { ...model, name: edit.name },
        inverse: [{ type: 'rename-model', ...named, name: model.name }],
      }
    case 'add-node': {
      if (model.nodes.some((node) => node.id === edit.node.id))
        throw new Error(`model "${model.id}" has a node "${edit.node.id}" already`)
      return {
        model: { ...model, nodes: inserted(model.nodes, edit.node, edit.at) },
        inverse: [{ type: 'remove-node', ...named, node: edit.node.id }],
      }
    }
    case 'remove-node': {
      const at = nodeIndex(model, edit.node)
      const node = model.nodes[at]!
      const removed = model.edges.flatMap((edge, position) =>
        edge.includes(edit.node) ? [{ type: 'add-edge', ...named, edge, at: position } as const] : [],
      )
      return {
        model: {
          ...model,
          nodes: without(model.nodes, at),
          edges: removed.length === 0 ? model.edges : model.edges.filter((edge) => !edge.includes(edit.node)),
        },
        inverse: [{ type: 'add-node', ...named, node, at }, ...removed],
      }
    }
    case 'move-node':
      return changeNode(model, edit.node, (node) => ({
        node: { ...node, x: edit.x, y: edit.y },
        inverse: { type: 'move-node', ...named, node: node.id, x: node.x, y: node.y },
      }))
    case 'rename-node':
      return changeNode(model, edit.node, (node) => ({
        node: renamed(node, edit.name),
        inverse: { type: 'rename-node', ...named, node: node.id, name: node.name ?? null },
      }))
    case 'set-param':
      return changeNode(model, edit.node, (node) => ({
        node: { ...node, params: withParam(node.params, edit.param, edit.value) },
        inverse: {
          type: 'set-param',
          ...named,
          node: node.id,
          param: edit.param,
          value: Object.hasOwn(node.params, edit.param) ? node.params[edit.param] : undefined,
        },
      }))
    case 'add-edge':
      return {
        model: { ...model, edges: inserted(model.edges, edit.edge, edit.at) },
        inverse: [{ type: 'remove-edge', ...named, edge: edit.edge, ...position(edit.at, model.edges.length) }],
      }
    case 'remove-edge': {
      const at = edgeIndex(model, edit.edge, edit.at)
      const edge = model.edges[at]
      if (!edge) throw new Error(`model "${model.id}" has no wire from "${edit.edge[0]}" to "${edit.edge[1]}"`)
      return {
        model: { ...model, edges: without(model.edges, at) },
        inverse: [{ type: 'add-edge', ...named, edge, at }],
      }
    }
  }
}

function changeNode(
  model: Model,
  id: string,
  change: (node: LayerNode) => { readonly node: LayerNode; readonly inverse: Edit },
): { readonly model: Model; readonly inverse: readonly Edit[] } {
  const at = nodeIndex(model, id)
  const { node, inverse } = change(model.nodes[at]!)
  return { model: { ...model, nodes: replaced(model.nodes, at, node) }, inverse: [inverse] }
}

function renamed(node: LayerNode, name: string | null): LayerNode {
  const { id, layer, params, x, y } = node
  return name === null ? { id, layer, params, x, y } : { ...node, name }
}

function withParam(params: Params, param: string, value: Params[string] | undefined): Params {
  if (value !== undefined) return { ...params, [param]: value }
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== param))
}

function modelIndex(project: Project, id: string): number {
  const at = project.models.findIndex((model) => model.id === id)
  if (at < 0) throw new Error(`the project has no model "${id}"`)
  return at
}

function nodeIndex(model: Model, id: string): number {
  const at = model.nodes.findIndex((node) => node.id === id)
  if (at < 0) throw new Error(`model "${model.id}" has no node "${id}"`)
  return at
}

/** The wire at `at` where it is that one, else the last such wire. */
function edgeIndex(model: Model, edge: Edge, at: number | undefined): number {
  const is = (other: Edge | undefined) => other !== undefined && other[0] === edge[0] && other[1] === edge[1]
  if (at !== undefined && is(model.edges[at])) return at
  for (let index = model.edges.length - 1; index >= 0; index--) if (is(model.edges[index])) return index
  return -1
}

function position(at: number | undefined, length: number): { readonly at: number } {
  return { at: at === undefined ? length : Math.min(at, length) }
}

function inserted<T>(list: readonly T[], item: T, at: number | undefined): readonly T[] {
  return at === undefined ? [...list, item] : [...list.slice(0, at), item, ...list.slice(at)]
}

function without<T>(list: readonly T[], at: number): readonly T[] {
  return [...list.slice(0, at), ...list.slice(at + 1)]
}

function replaced<T>(list: readonly T[], at: number, item: T): readonly T[] {
  return list.map((old, index) => (index === at ? item : old))
}
