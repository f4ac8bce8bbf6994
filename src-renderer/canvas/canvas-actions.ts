import type { Edit } from '../../src-main/common/graph/edit.ts'
import type { Edge, Model, Params } from '../../src-main/common/graph/graph.ts'
import { automaticLayout, NODE_GAP_X, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import { newModelId } from '../../src-main/common/graph/names.ts'
import type { Alignment, Clipping, Placement } from '../../src-main/common/graph/operations.ts'
import {
  addNode,
  alignNodes,
  connectNodes,
  copyNodes,
  duplicateNodes,
  insertOnEdge,
  moveNodes,
  pasteNodes,
  removeNodes,
} from '../../src-main/common/graph/operations.ts'
import type { Fix } from '../../src-main/common/graph/problem.ts'
import { definitionOf } from '../../src-main/common/layers/registry.ts'
import type { LayerType } from '../../src-main/common/layers/registry.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import type { CanvasState } from './canvas-state.svelte.ts'
import { canvasOf } from './canvas-state.svelte.ts'
import { readClipping, writeClipping } from './clipboard.ts'
import type { DropTarget } from './drop-target.ts'
import type { Point } from './lanes.ts'

/** Where a new layer goes: after or before a node, at a place, or into a lane of its own. */
export interface LayerPlace {
  readonly model: string | null
  readonly after?: string | null
  readonly before?: string | null
  readonly at?: Point | null
}

/** What people do on the canvas, by whatever way: every verb is one step of undo and is told to screen readers. */
export class CanvasActions {
  readonly #workspace: Workspace
  readonly #canvas: CanvasState
  #clipping: Clipping | null = null
  #keptInWindow = false

  constructor(canvas: CanvasState) {
    this.#canvas = canvas
    this.#workspace = canvas.workspace
  }

  /** The model that commands act on: that of the selection, else the only or first one. */
  get model(): Model | null {
    const { project, selection } = this.#workspace
    return project.model(selection.model) ?? project.models[0] ?? null
  }

  get hasSelection(): boolean {
    const { selection } = this.#workspace
    return selection.nodes.size > 0 || selection.edge !== null
  }

  get canPaste(): boolean {
    return this.#workspace.project.current !== null
  }

  addLayer(layer: LayerType, place: LayerPlace) {
    const model = this.#workspace.project.model(place.model)
    if (!model) return this.#addInNewModel(layer)
    const params = this.#paramsFor(layer)
    const at = place.at ?? null
    if (place.before) return this.#addBefore(model, layer, place.before, at)
    this.#placed(
      model.id,
      addNode(model, layer, { after: place.after ?? null, params, ...(at ? { at } : {}) }),
      'canvas.said.added',
    )
  }

  /** Adds after the selected node, into the selected wire, else at the end of the selected lane. */
  addAtSelection(layer: LayerType) {
    const { selection } = this.#workspace
    const model = this.model
    if (!model) return this.#addInNewModel(layer)
    if (selection.edge && selection.model === model.id && definitionOf(layer).inputs !== 0) {
      return this.#placed(
        model.id,
        insertOnEdge(model, selection.edge, layer, { params: this.#paramsFor(layer) }),
        'canvas.said.inserted',
      )
    }
    this.addLayer(layer, { model: model.id, after: this.attachPoint(model) })
  }

  /** The node that a layer added by keyboard follows: the last selected one, else the rightmost without a successor. */
  attachPoint(model: Model): string | null {
    const { selection } = this.#workspace
    const chosen = selection.model === model.id ? [...selection.nodes].at(-1) : undefined
    if (chosen !== undefined) return chosen
    const sources = new Set(model.edges.map(([from]) => from))
    const ends = model.nodes.filter((node) => !sources.has(node.id))
    return (
      ends.reduce<(typeof ends)[number] | null>((last, node) => (last && last.x >= node.x ? last : node), null)?.id ??
      null
    )
  }

  dropLayer(layer: LayerType, drop: DropTarget) {
    const { project } = this.#workspace
    if (drop.type === 'new-lane') return this.#addInNewModel(layer)
    const model = project.model(drop.model)
    if (!model) return
    const params = this.#paramsFor(layer)
    if (drop.type === 'wire') {
      this.#placed(model.id, insertOnEdge(model, drop.edge, layer, { params }), 'canvas.said.inserted')
    } else if (drop.type === 'lane') this.addLayer(layer, { model: model.id, at: drop.at })
    else if (drop.side === 'out') this.addLayer(layer, { model: model.id, after: drop.node })
    else this.#addBefore(model, layer, drop.node, null)
  }

  connect(modelId: string, from: string, to: string, taken: Edge | null = null): boolean {
    const model = this.#workspace.project.model(modelId)
    if (!model) return false
    if (taken && taken[0] === from && taken[1] === to) return true
    const removed: Edit[] = taken ? [{ type: 'remove-edge', model: modelId, edge: taken }] : []
    const rest = taken ? { ...model, edges: model.edges.filter((edge) => edge !== taken) } : model
    const result = connectNodes(rest, from, to)
    if (!result.ok) {
      this.#workspace.notices.add('warning', this.#workspace.text(result.text))
      return false
    }
    this.#workspace.project.edit([...removed, ...result.edits])
    this.#workspace.selection.select(modelId, [to])
    const names = { from: this.nameOf(modelId, from), to: this.nameOf(modelId, to) }
    this.#canvas.announce(this.#workspace.t('canvas.said.connected', names))
    return true
  }

  removeEdge(modelId: string, edge: Edge) {
    this.#workspace.project.edit([{ type: 'remove-edge', model: modelId, edge }])
    this.#workspace.selection.clear()
    const names = { from: this.nameOf(modelId, edge[0]), to: this.nameOf(modelId, edge[1]) }
    this.#canvas.announce(this.#workspace.t('canvas.said.disconnected', names))
  }

  /** Deletes the selected nodes, their neighbours joined, or the selected wire. */
  remove() {
    const { project, selection } = this.#workspace
    const model = project.model(selection.model)
    if (!model) return
    if (selection.edge) return this.removeEdge(model.id, selection.edge)
    const ids = [...selection.nodes].filter((id) => model.nodes.some((node) => node.id === id))
    if (ids.length === 0) return
    const before = model.edges.find(([from, to]) => ids.includes(to) && !ids.includes(from))?.[0]
    const after = model.edges.find(([from, to]) => ids.includes(from) && !ids.includes(to))?.[1]
    const name = ids.length === 1 ? this.nameOf(model.id, ids[0] ?? '') : null
    project.edit(removeNodes(model, ids))
    const neighbour = before ?? after
    this.#canvas.keepKeyboard()
    selection.select(model.id, neighbour === undefined ? [] : [neighbour])
    this.#canvas.focus = neighbour === undefined ? null : { model: model.id, node: neighbour }
    this.#canvas.announce(
      name === null
        ? this.#workspace.t('canvas.said.deletedMany', { count: ids.length })
        : this.#workspace.t('canvas.said.deleted', { name }),
    )
  }

  /** The selected layers as text for the clipboard; kept here too, for where the system's is out of reach. */
  copy(): string | null {
    const { project, selection } = this.#workspace
    const model = project.model(selection.model)
    if (!model || selection.nodes.size === 0) return null
    this.#clipping = copyNodes(model, [...selection.nodes])
    this.#keptInWindow = false
    this.#canvas.announce(this.#workspace.t('canvas.said.copied', { count: this.#clipping.nodes.length }))
    return writeClipping(this.#clipping)
  }

  cut(): string | null {
    const text = this.copy()
    if (text !== null) this.remove()
    return text
  }

  /** What was copied did not reach the system's clipboard: whatever that holds is older. */
  keepInWindow() {
    this.#keptInWindow = true
  }

  /** Pastes what the text holds; what was copied in this window where the text is unknown or older than that. */
  paste(text: string | null) {
    const older = text === null || text === '' || this.#keptInWindow
    const clipping = readClipping(text ?? '') ?? (older ? this.#clipping : null)
    const { t } = this.#workspace
    if (!clipping) return this.#canvas.announce(t('canvas.said.nothingToPaste'))
    const model = this.model
    if (model) return this.#placed(model.id, pasteNodes(model, clipping), 'canvas.said.pasted')
    const left = Math.min(...clipping.nodes.map((node) => node.x))
    const top = Math.min(...clipping.nodes.map((node) => node.y))
    const nodes = clipping.nodes.map((node) => ({ ...node, x: node.x - left, y: node.y - top }))
    this.addModel({ nodes, edges: clipping.edges })
  }

  duplicate() {
    const { project, selection } = this.#workspace
    const model = project.model(selection.model)
    if (model && selection.nodes.size > 0) {
      this.#placed(model.id, duplicateNodes(model, [...selection.nodes]), 'canvas.said.pasted')
    }
  }

  selectAll() {
    const model = this.model
    if (model)
      this.#workspace.selection.select(
        model.id,
        model.nodes.map((node) => node.id),
      )
  }

  align(alignment: Alignment) {
    const { project, selection } = this.#workspace
    const model = project.model(selection.model)
    if (model) project.edit(alignNodes(model, [...selection.nodes], alignment))
  }

  nudge(x: number, y: number) {
    const { project, selection } = this.#workspace
    const model = project.model(selection.model)
    if (!model || selection.nodes.size === 0) return
    project.edit(moveNodes(model, [...selection.nodes], { x, y }), { join: 'nudge' })
  }

  /** Lays a model out; answers whether anything moved. */
  tidy(modelId: string | null = this.model?.id ?? null) {
    const model = this.#workspace.project.model(modelId)
    if (!model) return
    this.#workspace.project.edit(automaticLayout(model))
    this.#canvas.announce(this.#workspace.t('canvas.said.tidied', { name: model.name }))
  }

  /** A new lane; without content it starts with an input of the data's shape. */
  addModel(content?: { readonly name?: string } & Pick<Model, 'nodes' | 'edges'>): string {
    const { project, selection, t } = this.#workspace
    const id = newModelId(project.models.map((model) => model.id))
    const model: Model = {
      id,
      name: this.#freeName(content?.name ?? t('canvas.model.newName')),
      nodes: content?.nodes ?? [{ id: 'in', layer: 'input', params: this.#paramsFor('input'), x: 0, y: 0 }],
      edges: content?.edges ?? [],
    }
    project.edit([{ type: 'add-model', model }])
    const last = model.nodes.at(-1)
    selection.select(id, last ? [last.id] : [])
    this.#canvas.focus = last ? { model: id, node: last.id } : null
    this.#canvas.announce(t('canvas.said.modelAdded', { name: model.name }))
    requestAnimationFrame(() => this.#canvas.revealLane(id))
    return id
  }

  duplicateModel(modelId: string) {
    const { project, t } = this.#workspace
    const model = project.model(modelId)
    if (!model) return
    const copy: Model = {
      ...model,
      id: newModelId(project.models.map((other) => other.id)),
      name: this.#freeName(t('canvas.model.copyName', { name: model.name })),
    }
    const at = project.models.findIndex((other) => other.id === modelId) + 1
    project.edit([{ type: 'add-model', model: copy, at }])
    this.#workspace.selection.focusModel(copy.id)
    this.#canvas.announce(t('canvas.said.modelAdded', { name: copy.name }))
    requestAnimationFrame(() => this.#canvas.revealLane(copy.id))
  }

  removeModel(modelId: string) {
    const { project, selection, t } = this.#workspace
    const model = project.model(modelId)
    if (!model) return
    project.edit([{ type: 'remove-model', model: modelId }])
    this.#canvas.focus = null
    selection.focusModel(project.models[0]?.id ?? null)
    this.#canvas.announce(t('canvas.said.modelDeleted', { name: model.name }))
  }

  renameModel(modelId: string, name: string) {
    const model = this.#workspace.project.model(modelId)
    if (model && name !== '' && name !== model.name) {
      this.#workspace.project.edit([{ type: 'rename-model', model: modelId, name }])
    }
  }

  applyFix(fix: Fix) {
    this.#workspace.project.edit(fix.edits)
    this.#canvas.announce(this.#workspace.t('canvas.said.mended', { title: this.#workspace.text(fix.title) }))
  }

  nameOf(modelId: string, node: string): string {
    return this.#workspace.project.analyses.get(modelId)?.nodes.get(node)?.name ?? node
  }

  /** A lane of its own for a dropped layer: on an input where the layer needs one. */
  #addInNewModel(layer: LayerType) {
    if (layer === 'input') return void this.addModel()
    const node = { id: 'in', layer: 'input' as const, params: this.#paramsFor('input'), x: 0, y: 0 }
    const { project, t } = this.#workspace
    const empty: Model = {
      id: newModelId(project.models.map((model) => model.id)),
      name: this.#freeName(t('canvas.model.newName')),
      nodes: [node],
      edges: [],
    }
    const placement = addNode(empty, layer, { after: 'in', params: this.#paramsFor(layer) })
    const added = [{ type: 'add-model', model: empty } as const, ...placement.edits]
    this.#placed(empty.id, { edits: added, nodes: placement.nodes }, 'canvas.said.added')
  }

  #addBefore(model: Model, layer: LayerType, before: string, at: Point | null) {
    const target = model.nodes.find((node) => node.id === before)
    if (!target) return
    const place = at ?? { x: target.x - NODE_WIDTH - NODE_GAP_X, y: target.y }
    const placement = addNode(model, layer, { params: this.#paramsFor(layer), at: place })
    const id = placement.nodes[0]
    const wires: Edit[] = []
    if (id !== undefined) {
      const present = definitionOf(target.layer).inputs === 1 ? model.edges.filter((edge) => edge[1] === before) : []
      for (const edge of present) wires.push({ type: 'remove-edge', model: model.id, edge })
      wires.push({ type: 'add-edge', model: model.id, edge: [id, before] })
    }
    this.#placed(model.id, { edits: [...placement.edits, ...wires], nodes: placement.nodes }, 'canvas.said.added')
  }

  #placed(
    model: string,
    { edits, nodes }: Placement,
    key: 'canvas.said.added' | 'canvas.said.inserted' | 'canvas.said.pasted',
  ) {
    const { project, selection, t } = this.#workspace
    project.edit(edits)
    selection.select(model, nodes)
    const first = nodes[0]
    if (first === undefined) return
    this.#canvas.focus = { model, node: first }
    this.#canvas.keepKeyboard()
    this.#canvas.announce(t(key, { name: this.nameOf(model, first), count: nodes.length }))
    requestAnimationFrame(() => this.#canvas.reveal({ model, node: first }))
  }

  #paramsFor(layer: LayerType): Params {
    const task = this.#workspace.dataset.task
    return layer === 'input' && task ? { shape: [...task.inputShape] } : {}
  }

  #freeName(wanted: string): string {
    const names = new Set(this.#workspace.project.models.map((model) => model.name))
    let name = wanted
    for (let number = 2; names.has(name); number++) name = `${wanted} ${number}`
    return name
  }
}

const actions = new WeakMap<Workspace, CanvasActions>()

/** The verbs of the workspace's one canvas. */
export function actionsOf(workspace: Workspace): CanvasActions {
  const known = actions.get(workspace)
  if (known) return known
  const made = new CanvasActions(canvasOf(workspace))
  actions.set(workspace, made)
  return made
}
