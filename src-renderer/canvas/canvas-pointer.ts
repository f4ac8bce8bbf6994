import type { Edge, Model } from '../../src-main/common/graph/graph.ts'
import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import { moveNodes } from '../../src-main/common/graph/operations.ts'
import { definitionOf } from '../../src-main/common/layers/registry.ts'
import type { CanvasActions } from './canvas-actions.ts'
import type { CanvasState } from './canvas-state.svelte.ts'
import { nodeAt } from './drop-target.ts'
import type { Lane, Point } from './lanes.ts'
import { autoPanStep, laneAt, lanesEndPx, overlap, rectBetween, toLane, toScreen } from './lanes.ts'
import { snapDrag } from './snap.ts'

type Gesture =
  | { readonly type: 'pan'; readonly last: Point }
  | { readonly type: 'pinch'; readonly spread: number; readonly zoom: number }
  /** Pressed on a node, not yet moved; `alone` selects it alone on release. */
  | {
      readonly type: 'press'
      readonly model: string
      readonly node: string
      readonly at: Point
      readonly alone: boolean
    }
  | { readonly type: 'drag'; readonly model: string; readonly start: Point }
  /** `start` is fixed to the lanes: the view's own shift is taken off. */
  | { readonly type: 'rubber'; readonly start: Point; readonly kept: ReadonlySet<string>; readonly moved: boolean }
  | { readonly type: 'link'; readonly model: string; readonly moved: boolean; readonly at: Point }

const CLICK_SLOP_PX = 4
const SNAP_PX = 6
const STICK_PX = 28
/** With more nodes than this a drag sticks to the grid alone. */
const MOST_SNAPPED = 400

/** Turns pointers on the canvas into gestures: pan, pinch, select, drag nodes, draw wires. */
export class CanvasPointer {
  readonly #canvas: CanvasState
  readonly #actions: CanvasActions
  #gesture: Gesture | null = null
  #touches = new Map<number, Point>()
  #last: PointerEvent | null = null
  #autoPanFrame = 0
  spaceHeld = false

  constructor(canvas: CanvasState, actions: CanvasActions) {
    this.#canvas = canvas
    this.#actions = actions
  }

  get panning(): boolean {
    return this.#gesture?.type === 'pan'
  }

  down(event: PointerEvent) {
    const target = event.target
    if (!(target instanceof Element)) return
    const canvas = this.#canvas
    const at = canvas.local(event.clientX, event.clientY)
    if (event.pointerType === 'touch') {
      this.#touches.set(event.pointerId, at)
      if (this.#touches.size === 2) return this.#startPinch()
    }
    const { selection } = canvas.workspace
    if (event.button === 1 || (event.button === 0 && this.spaceHeld)) {
      event.preventDefault()
      return this.#start(event, { type: 'pan', last: at })
    }
    if (event.button !== 0 || target.closest('[data-overlay]')) return
    canvas.closePopups()
    canvas.connecting = null
    const node = target.closest<HTMLElement>('[data-node]')
    const model = node?.dataset['model']
    const id = node?.dataset['node']
    const port = target.closest<HTMLElement>('[data-port]')
    if (port && model !== undefined && id !== undefined) return this.#startLink(event, model, id, port, at)
    if (target.closest('button, input, a')) return
    if (model !== undefined && id !== undefined) {
      const adds = event.shiftKey || event.ctrlKey || event.metaKey
      const selected = selection.model === model && selection.nodes.has(id)
      if (adds) selection.toggle(model, id)
      else if (!selected) selection.select(model, [id])
      canvas.focus = { model, node: id }
      node?.focus({ preventScroll: true })
      return this.#start(event, { type: 'press', model, node: id, at, alone: !adds && selected })
    }
    const wire = target.closest<HTMLElement>('[data-edge]')
    const lane = wire?.dataset['model']
    const edge = wire ? this.#edgeOf(lane, wire.dataset['edge']) : null
    if (lane !== undefined && edge) {
      selection.selectEdge(lane, edge)
      canvas.element?.focus({ preventScroll: true })
      return
    }
    if (event.pointerType === 'touch') return this.#start(event, { type: 'pan', last: at })
    const kept = event.shiftKey ? selection.nodes : new Set<string>()
    const { view } = canvas
    canvas.element?.focus({ preventScroll: true })
    this.#start(event, { type: 'rubber', start: { x: at.x - view.x, y: at.y - view.y }, kept, moved: false })
  }

  move(event: PointerEvent) {
    if (event.pointerType === 'touch' && this.#touches.has(event.pointerId)) {
      this.#touches.set(event.pointerId, this.#canvas.local(event.clientX, event.clientY))
      if (this.#gesture?.type === 'pinch') return this.#pinch(this.#gesture)
    }
    if (!this.#gesture) return
    this.#last = event
    this.#follow(event)
    this.#autoPan()
  }

  up(event: PointerEvent) {
    this.#touches.delete(event.pointerId)
    const gesture = this.#gesture
    this.#end()
    if (!gesture) return
    const { selection, project } = this.#canvas.workspace
    if (gesture.type === 'press' && gesture.alone) selection.select(gesture.model, [gesture.node])
    if (gesture.type === 'drag') {
      const { drag } = this.#canvas
      const model = project.model(gesture.model)
      this.#canvas.drag = null
      if (drag && model) project.edit(moveNodes(model, [...drag.nodes], { x: drag.dx, y: drag.dy }))
    }
    if (gesture.type === 'rubber') {
      this.#canvas.rubber = null
      if (!gesture.moved && gesture.kept.size === 0) this.#clickEmpty(event)
    }
    if (gesture.type === 'link') this.#dropLink(gesture, event)
  }

  /** Takes back what is under way; answers whether there was something. */
  cancel(): boolean {
    const { drag, link, rubber } = this.#canvas
    this.#end()
    this.#touches.clear()
    this.#canvas.drag = null
    this.#canvas.link = null
    this.#canvas.rubber = null
    return drag !== null || link !== null || rubber !== null
  }

  #start(event: PointerEvent, gesture: Gesture) {
    this.#gesture = gesture
    this.#last = event
    this.#canvas.element?.setPointerCapture(event.pointerId)
  }

  #end() {
    this.#gesture = null
    this.#last = null
    if (this.#autoPanFrame !== 0) cancelAnimationFrame(this.#autoPanFrame)
    this.#autoPanFrame = 0
  }

  #follow(event: PointerEvent) {
    const canvas = this.#canvas
    const gesture = this.#gesture
    if (!gesture) return
    const at = canvas.local(event.clientX, event.clientY)
    switch (gesture.type) {
      case 'pan':
        canvas.panBy(at.x - gesture.last.x, at.y - gesture.last.y)
        this.#gesture = { type: 'pan', last: at }
        break
      case 'press': {
        if (Math.hypot(at.x - gesture.at.x, at.y - gesture.at.y) < CLICK_SLOP_PX) break
        const lane = canvas.lane(gesture.model)
        if (!lane) break
        const { selection } = canvas.workspace
        if (!selection.nodes.has(gesture.node)) selection.select(gesture.model, [gesture.node])
        this.#gesture = { type: 'drag', model: gesture.model, start: toLane(lane, canvas.view, gesture.at) }
        this.#dragNodes(gesture.model, toLane(lane, canvas.view, gesture.at), at, event.altKey)
        break
      }
      case 'drag':
        this.#dragNodes(gesture.model, gesture.start, at, event.altKey)
        break
      case 'rubber':
        this.#stretch(gesture, at)
        break
      case 'link':
        this.#pullLink(gesture, at)
        break
      case 'pinch':
        break
    }
  }

  #dragNodes(modelId: string, start: Point, at: Point, free: boolean) {
    const canvas = this.#canvas
    const lane = canvas.lane(modelId)
    const model = canvas.workspace.project.model(modelId)
    if (!lane || !model) return
    const nodes = canvas.workspace.selection.nodes
    const point = toLane(lane, canvas.view, at)
    const moving = model.nodes.filter((node) => nodes.has(node.id))
    const staying = free || model.nodes.length > MOST_SNAPPED ? [] : model.nodes.filter((node) => !nodes.has(node.id))
    const by = { x: point.x - start.x, y: point.y - start.y }
    const snapped = snapDrag(moving, staying, by, SNAP_PX / canvas.view.zoom)
    canvas.drag = { model: modelId, nodes, ...snapped }
  }

  #stretch(gesture: Extract<Gesture, { type: 'rubber' }>, at: Point) {
    const canvas = this.#canvas
    const { view } = canvas
    const start = { x: gesture.start.x + view.x, y: gesture.start.y + view.y }
    const box = rectBetween(start, at)
    if (!gesture.moved && Math.hypot(box.width, box.height) < CLICK_SLOP_PX) return
    this.#gesture = { ...gesture, moved: true }
    canvas.rubber = box
    const { project, selection } = canvas.workspace
    let most: { readonly model: string; readonly nodes: readonly string[] } | null = null
    for (const lane of canvas.lanes) {
      const model = project.model(lane.model)
      const nodes = model ? this.#nodesIn(model, lane, box) : []
      if (nodes.length > (most?.nodes.length ?? 0)) most = { model: lane.model, nodes }
    }
    const model = most?.model ?? selection.model
    const kept = model === selection.model ? [...gesture.kept] : []
    if (model !== null) selection.select(model, [...kept, ...(most?.nodes ?? [])])
  }

  #nodesIn(model: Model, lane: Lane, box: { x: number; y: number; width: number; height: number }): string[] {
    const { view } = this.#canvas
    const corner = toLane(lane, view, box)
    const part = { ...corner, width: box.width / view.zoom, height: box.height / view.zoom }
    return model.nodes
      .filter((node) => overlap(part, { x: node.x, y: node.y, width: NODE_WIDTH, height: NODE_HEIGHT }))
      .map((node) => node.id)
  }

  #clickEmpty(event: PointerEvent) {
    const { selection } = this.#canvas.workspace
    const at = this.#canvas.local(event.clientX, event.clientY)
    const lane = laneAt(this.#canvas.lanes, this.#canvas.view, at.y)
    selection.clear()
    if (lane) selection.focusModel(lane.model)
  }

  #startLink(event: PointerEvent, model: string, node: string, port: HTMLElement, at: Point) {
    const canvas = this.#canvas
    const lane = canvas.lane(model)
    const graph = canvas.workspace.project.model(model)
    if (!lane || !graph) return
    const point = toLane(lane, canvas.view, at)
    const target = graph.nodes.find((candidate) => candidate.id === node)
    const single = target !== undefined && definitionOf(target.layer).inputs === 1
    const taken =
      port.dataset['port'] === 'in' && single ? (graph.edges.find((edge) => edge[1] === node) ?? null) : null
    canvas.link =
      port.dataset['port'] === 'out'
        ? { model, from: node, to: null, loose: 'to', at: point, taken: null }
        : taken
          ? { model, from: taken[0], to: null, loose: 'to', at: point, taken }
          : { model, from: null, to: node, loose: 'from', at: point, taken: null }
    this.#start(event, { type: 'link', model, moved: false, at })
  }

  #pullLink(gesture: Extract<Gesture, { type: 'link' }>, at: Point) {
    const canvas = this.#canvas
    const { link } = canvas
    const lane = canvas.lane(gesture.model)
    const model = canvas.workspace.project.model(gesture.model)
    if (!link || !lane || !model) return
    const moved = gesture.moved || Math.hypot(at.x - gesture.at.x, at.y - gesture.at.y) >= CLICK_SLOP_PX
    this.#gesture = { ...gesture, moved }
    const point = toLane(lane, canvas.view, at)
    const near = nodeAt(model, point, STICK_PX / canvas.view.zoom)
    const backward = link.loose === 'from'
    const fixed = backward ? link.to : link.from
    const fits = near !== null && near.id !== fixed && (backward || definitionOf(near.layer).inputs !== 0)
    canvas.link = backward
      ? { ...link, at: point, from: fits ? near.id : null }
      : { ...link, at: point, to: fits ? near.id : null }
  }

  #dropLink(gesture: Extract<Gesture, { type: 'link' }>, event: PointerEvent) {
    const canvas = this.#canvas
    const { link } = canvas
    canvas.link = null
    if (!link || !gesture.moved) return
    if (link.from !== null && link.to !== null) {
      this.#actions.connect(link.model, link.from, link.to, link.taken)
    } else if (link.taken) this.#actions.removeEdge(link.model, link.taken)
    else {
      const place = { x: link.at.x - (link.from === null ? NODE_WIDTH : 0), y: link.at.y - NODE_HEIGHT / 2 }
      canvas.search = {
        model: link.model,
        after: link.from,
        before: link.to,
        at: { x: Math.round(place.x), y: Math.round(place.y) },
        screen: canvas.local(event.clientX, event.clientY),
      }
    }
  }

  #edgeOf(model: string | undefined, key: string | undefined): Edge | null {
    const edges = this.#canvas.workspace.project.model(model ?? null)?.edges ?? []
    return edges.find(([from, to]) => `${from}>${to}` === key) ?? null
  }

  #startPinch() {
    this.cancelSilently()
    this.#gesture = { type: 'pinch', spread: this.#spread(), zoom: this.#canvas.view.zoom }
  }

  cancelSilently() {
    this.#canvas.drag = null
    this.#canvas.link = null
    this.#canvas.rubber = null
    this.#end()
  }

  #pinch(gesture: Extract<Gesture, { type: 'pinch' }>) {
    const [a, b] = [...this.#touches.values()]
    if (!a || !b || gesture.spread === 0) return
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    this.#canvas.zoomTo((gesture.zoom * this.#spread()) / gesture.spread, middle)
  }

  #spread(): number {
    const [a, b] = [...this.#touches.values()]
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }

  /** While something is held near the edge, the view moves on by itself. */
  #autoPan() {
    if (this.#autoPanFrame !== 0) return
    const type = this.#gesture?.type
    if (type !== 'drag' && type !== 'link' && type !== 'rubber') return
    const event = this.#last
    if (!event) return
    const step = autoPanStep(this.#canvas.local(event.clientX, event.clientY), this.#canvas.size)
    if (step.x === 0 && step.y === 0) return
    this.#autoPanFrame = requestAnimationFrame(() => {
      this.#autoPanFrame = 0
      this.#canvas.panBy(step.x, step.y)
      this.#follow(event)
      this.#autoPan()
    })
  }
}

/** The lane's place for a layer that is added at a point of the canvas; null where a new lane begins. */
export function placeAt(canvas: CanvasState, at: Point): { readonly model: string; readonly at: Point } | null {
  if (canvas.lanes.length === 0 || at.y >= lanesEndPx(canvas.lanes, canvas.view)) return null
  const lane = laneAt(canvas.lanes, canvas.view, at.y) ?? canvas.lanes[0]
  if (!lane) return null
  const point = toLane(lane, canvas.view, at)
  return {
    model: lane.model,
    at: { x: Math.round(point.x - NODE_WIDTH / 2), y: Math.round(point.y - NODE_HEIGHT / 2) },
  }
}

/** The middle of a node on the canvas's screen. */
export function nodeScreenCentre(canvas: CanvasState, model: string, node: string): Point {
  const lane = canvas.lane(model)
  const found = canvas.workspace.project.model(model)?.nodes.find((candidate) => candidate.id === node)
  if (!lane || !found) return { x: canvas.size.width / 2, y: canvas.size.height / 3 }
  return toScreen(lane, canvas.view, { x: found.x + NODE_WIDTH / 2, y: found.y + NODE_HEIGHT / 2 })
}
