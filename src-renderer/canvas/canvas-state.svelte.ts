import type { Edge } from '../../src-main/common/graph/graph.ts'
import type { LayerType } from '../../src-main/common/layers/registry.ts'
import type { Problem } from '../../src-main/common/graph/problem.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import type { DropTarget } from './drop-target.ts'
import { dropTargetAt } from './drop-target.ts'
import type { Lane, Point, Rect, View } from './lanes.ts'
import { fitView, HEADER_PX, headerTopPx, lanesEndPx, layOutLanes, revealRect, zoomAbout } from './lanes.ts'
import type { Guide } from './snap.ts'
import type { NodeRef } from './walk.ts'
import { firstNode } from './walk.ts'
import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'

/** Nodes under way: they are drawn away from their places, the project changes on the drop. */
export interface NodeDrag {
  readonly model: string
  readonly nodes: ReadonlySet<string>
  readonly dx: number
  readonly dy: number
  readonly guides: readonly Guide[]
}

/** A wire under way: its `loose` end follows the pointer or sticks to a node; `taken` is the wire that it replaces. */
export interface LinkDrag {
  readonly model: string
  readonly from: string | null
  readonly to: string | null
  readonly loose: 'from' | 'to'
  readonly at: Point
  readonly taken: Edge | null
}

/** A layer on its way from the palette, at a point of the page. */
export interface PaletteDrag {
  readonly layer: LayerType
  readonly x: number
  readonly y: number
}

/** What the layer search adds to: a place in a lane, after a node, into a node, or a lane of its own. */
export interface LayerSearchRequest {
  readonly model: string | null
  readonly after: string | null
  readonly before: string | null
  readonly at: Point | null
  /** Of the window's canvas, in pixels. */
  readonly screen: Point
}

export interface MenuRequest {
  readonly screen: Point
  readonly target:
    | { readonly type: 'node' | 'lane' | 'canvas' | 'templates'; readonly model: string | null }
    | {
        readonly type: 'wire'
        readonly model: string
        readonly edge: Edge
      }
}

export interface ProblemRequest {
  readonly screen: Point
  readonly model: string
  readonly node: string | null
  readonly edge: Edge | null
}

/** The elements of a lane that follow the view: its place, its coloured band, its zoomed body, its fixed header. */
interface LaneElements {
  readonly section: HTMLElement
  readonly band: HTMLElement
  readonly body: HTMLElement
  readonly header: HTMLElement
}

export type Detail = 'full' | 'simple' | 'tiny'

/** The keyboard's way to draw a wire: from a node to the one that the arrow keys chose. */
export interface Connecting {
  readonly model: string
  readonly from: string
  readonly target: string | null
}

const SETTLE_MS = 140
const SIMPLE_BELOW = 0.45
const TINY_BELOW = 0.22
const SMALLEST_FIRST_ZOOM = 0.75
/** Up to so many nodes all stay in the document; beyond, those far outside the window are left out. */
const ALWAYS_RENDERED = 120
/** How much of the window's size is rendered beyond each of its edges, so that a pan finds nodes there already. */
const RENDERED_BEYOND = 0.4

/** Where the canvas looks, and everything that is under way on it. Nothing of it is undone or saved in the project. */
export class CanvasState {
  readonly workspace: Workspace
  #view: View = { x: 16, y: 8, zoom: 1 }
  #shown = $state.raw<View>({ x: 16, y: 8, zoom: 1 })
  #size = $state.raw({ width: 0, height: 0 })
  #views = new Map<string, View>()
  #path = ''
  #frame = 0
  #settleTimer: ReturnType<typeof setTimeout> | null = null
  #moving = false
  #world: HTMLElement | null = null
  #laneElements = new Map<string, LaneElements>()

  focus = $state.raw<NodeRef | null>(null)
  drag = $state.raw<NodeDrag | null>(null)
  rubber = $state.raw<Rect | null>(null)
  link = $state.raw<LinkDrag | null>(null)
  palette = $state.raw<PaletteDrag | null>(null)
  drop = $state.raw<DropTarget | null>(null)
  search = $state.raw<LayerSearchRequest | null>(null)
  menu = $state.raw<MenuRequest | null>(null)
  problems = $state.raw<ProblemRequest | null>(null)
  connecting = $state.raw<Connecting | null>(null)
  hovered = $state.raw<{ readonly model: string; readonly edge: Edge } | null>(null)
  showsMinimap = $state(true)
  /** What a screen reader is told next. */
  announcement = $state('')
  /** Puts the keyboard on the node that `focus` names; set by the canvas while it is shown. */
  moveKeyboard: () => void = () => undefined
  /** The canvas's own element; null while another room is shown. */
  element: HTMLElement | null = null

  readonly lanes: readonly Lane[]
  /** How much nodes show: all; their name and colour; their colour alone. */
  readonly detail: Detail
  /** The one node that the Tab key reaches: the focused one, else the first. */
  readonly tabStop: NodeRef | null
  readonly #rendersAll: boolean

  constructor(workspace: Workspace) {
    this.workspace = workspace
    this.lanes = $derived(layOutLanes(workspace.project.models))
    this.tabStop = $derived.by(() => {
      const { models } = workspace.project
      const focus = this.focus
      const model = models.find((candidate) => candidate.id === focus?.model)
      return focus && model?.nodes.some((node) => node.id === focus.node) ? focus : firstNode(models)
    })
    this.detail = $derived(this.#shown.zoom < TINY_BELOW ? 'tiny' : this.#shown.zoom < SIMPLE_BELOW ? 'simple' : 'full')
    this.#rendersAll = $derived(
      workspace.project.models.reduce((sum, model) => sum + model.nodes.length, 0) <= ALWAYS_RENDERED,
    )
  }

  /** The view now; not reactive, for pointers and geometry. */
  get view() {
    return this.#view
  }
  /** The view a moment ago, for what may lag behind: figures, the minimap, what is rendered. */
  get shown() {
    return this.#shown
  }
  get size() {
    return this.#size
  }

  lane(model: string | null): Lane | null {
    return this.lanes.find((lane) => lane.model === model) ?? null
  }

  /** The part of a lane that is rendered, in its node coordinates; null where all of it is. */
  renderedPart(lane: Lane): Rect | null {
    if (this.#rendersAll) return null
    const { x, y, zoom } = this.#shown
    const { width, height } = this.#size
    const [across, along] = [width * RENDERED_BEYOND, height * RENDERED_BEYOND]
    return {
      x: (-across - x) / zoom - lane.originX,
      y: (-along - y - lane.fixedPx) / zoom - lane.top - lane.originY,
      width: (width + 2 * across) / zoom,
      height: (height + 2 * along) / zoom,
    }
  }

  /** Takes the element that shows the canvas, and the one in it that is moved up and down. */
  attach(element: HTMLElement, world: HTMLElement) {
    this.element = element
    this.#world = world
    return () => {
      this.#remember()
      this.element = null
      this.#world = null
      this.#size = { width: 0, height: 0 }
    }
  }

  attachLane(model: string, elements: LaneElements) {
    this.#laneElements.set(model, elements)
    return () => {
      if (this.#laneElements.get(model) === elements) this.#laneElements.delete(model)
    }
  }

  /**
   * Moves the screen to the view: all lanes are one layer of the compositor, their headers, which keep their size and
   * stay at the left, one each. The scale must be on the moved element itself: below it, every frame would be painted.
   */
  paint() {
    const { x, y, zoom } = this.#view
    const world = this.#world
    if (!world || !this.element) return
    const hint = this.#moving ? 'transform' : ''
    world.style.willChange = hint
    world.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`
    const width = this.#size.width
    const bandWidth = Math.max(0, ...this.lanes.map((lane) => lane.width)) + (2 * width) / zoom
    const fixed = `translate(${-x / zoom}px, 0px) scale(${1 / zoom})`
    for (const lane of this.lanes) {
      const elements = this.#laneElements.get(lane.model)
      if (!elements) continue
      const { section, band, body, header } = elements
      section.style.top = `${lane.top + (lane.fixedPx - HEADER_PX) / zoom}px`
      band.style.left = `${-width / zoom}px`
      band.style.width = `${bandWidth}px`
      band.style.height = `${HEADER_PX / zoom + lane.height}px`
      body.style.top = `${HEADER_PX / zoom}px`
      header.style.width = `${width}px`
      header.style.willChange = hint
      header.style.transform = fixed
    }
    const end = world.querySelector<HTMLElement>(':scope > [data-lanes-end]')
    if (end) {
      end.style.willChange = hint
      end.style.top = `${(lanesEndPx(this.lanes, this.#view) - y) / zoom}px`
      end.style.transform = fixed
    }
  }

  resize(width: number, height: number) {
    const first = this.#size.width === 0
    this.#size = { width, height }
    if (first) this.#recall()
    this.look(this.#view)
  }

  /** Another project is shown: back to where it was left, or to a view that fits. */
  showProject(path: string) {
    if (path === this.#path) return
    if (this.#path) this.#remember()
    this.#path = path
    this.focus = null
    this.#recall()
  }

  /** Changes the view; the screen follows with the next frame. */
  look(view: View) {
    this.#view = this.#kept(view)
    this.#moving = true
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0
        this.paint()
        this.#follow()
      })
    }
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer)
    this.#settleTimer = setTimeout(() => this.#settle(), SETTLE_MS)
  }

  panBy(dx: number, dy: number) {
    this.look({ ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy })
  }

  zoomTo(zoom: number, about?: Point) {
    const at = about ?? { x: this.#size.width / 2, y: this.#size.height / 2 }
    this.look(zoomAbout(this.#view, this.lanes, at, zoom))
  }

  fit() {
    this.look(fitView(this.lanes, this.#size))
  }

  /** Brings a node into the window. */
  reveal({ model, node }: NodeRef) {
    const lane = this.lane(model)
    const found = this.workspace.project.model(model)?.nodes.find((candidate) => candidate.id === node)
    if (!lane || !found || this.#size.width === 0) return
    const view = revealRect(
      this.#view,
      lane,
      { x: found.x, y: found.y, width: NODE_WIDTH, height: NODE_HEIGHT },
      this.#size,
    )
    if (view.x !== this.#view.x || view.y !== this.#view.y) this.look(view)
  }

  /** Brings a lane's header and as much as fits of its body into the window. */
  revealLane(model: string) {
    const lane = this.lane(model)
    if (!lane) return
    const top = headerTopPx(lane, this.#view)
    const bottom = top + HEADER_PX + lane.height * this.#view.zoom
    if (top >= 0 && bottom <= this.#size.height) return
    const dy = top < 0 ? 8 - top : Math.max(this.#size.height - 12 - bottom, 8 - top)
    this.panBy(0, dy)
  }

  /** From a point of the page to one of the canvas. */
  local(clientX: number, clientY: number): Point {
    const box = this.element?.getBoundingClientRect()
    return { x: clientX - (box?.left ?? 0), y: clientY - (box?.top ?? 0) }
  }

  /** The layer on its way from the palette has moved; null where it is not over the canvas. */
  dragFromPalette(palette: PaletteDrag | null) {
    this.palette = palette
    if (!palette) {
      this.drop = null
      return
    }
    const under = document.elementFromPoint(palette.x, palette.y)
    const over = this.element !== null && under !== null && this.element.contains(under)
    this.drop = over
      ? dropTargetAt(
          this.workspace.project.models,
          this.lanes,
          this.#view,
          this.local(palette.x, palette.y),
          palette.layer,
        )
      : null
  }

  /** After an edit the keyboard follows to the new node, unless it is at work elsewhere, in the palette or a form. */
  keepKeyboard() {
    const active = document.activeElement
    if (active === null || active === document.body || this.element?.contains(active)) this.moveKeyboard()
  }

  announce(sentence: string) {
    this.announcement = this.announcement === sentence ? `${sentence}\u00a0` : sentence
  }

  /** The problems of a node or a wire, those of the model as a whole where both are null. */
  problemsOf(request: ProblemRequest): readonly Problem[] {
    const all = this.workspace.project.analyses.get(request.model)?.problems ?? []
    return all.filter((problem) =>
      request.edge
        ? problem.edge?.[0] === request.edge[0] && problem.edge[1] === request.edge[1]
        : problem.edge === null && problem.node === request.node,
    )
  }

  closePopups() {
    this.search = null
    this.menu = null
    this.problems = null
  }

  /** Never so far that nothing of the lanes is left in the window. */
  #kept(view: View): View {
    const { width, height } = this.#size
    const last = this.lanes.at(-1)
    if (!last || width === 0) return view
    const right = Math.max(...this.lanes.map((lane) => lane.width)) * view.zoom
    const bottom = last.fixedPx + (last.top + last.height) * view.zoom
    const KEPT_PX = 80
    return {
      zoom: view.zoom,
      x: Math.min(width - KEPT_PX, Math.max(KEPT_PX - right, view.x)),
      y: Math.min(height - KEPT_PX, Math.max(KEPT_PX - bottom, view.y)),
    }
  }

  /** While the view moves, what is rendered follows in strides: not with every frame. */
  #follow() {
    const { x, y, zoom } = this.#view
    const { width, height } = this.#size
    const stride = RENDERED_BEYOND * 0.6
    const far = Math.abs(x - this.#shown.x) > width * stride || Math.abs(y - this.#shown.y) > height * stride
    if (zoom !== this.#shown.zoom || (far && !this.#rendersAll)) this.#shown = this.#view
  }

  #settle() {
    this.#settleTimer = null
    this.#moving = false
    this.#shown = this.#view
    this.paint()
    this.#remember()
  }

  #remember() {
    if (!this.#path || this.#size.width === 0) return
    this.#views.set(this.#path, this.#view)
    try {
      localStorage.setItem(`convas.view.${this.#path}`, JSON.stringify(this.#view))
    } catch {
      // A window without storage looks at the whole next time.
    }
  }

  #recall() {
    if (this.#size.width === 0) return
    const view = this.#views.get(this.#path) ?? storedView(this.#path)
    this.look(view ?? fitView(this.lanes, this.#size, { smallest: SMALLEST_FIRST_ZOOM }))
  }
}

function storedView(path: string): View | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`convas.view.${path}`) ?? 'null')
    if (typeof value !== 'object' || value === null) return null
    const { x, y, zoom } = value as Record<string, unknown>
    if (![x, y, zoom].every((part) => typeof part === 'number' && Number.isFinite(part))) return null
    return value as View
  } catch {
    return null
  }
}

const states = new WeakMap<Workspace, CanvasState>()

/** The one canvas of a workspace: palette, outline and canvas share it, and it outlives a change of rooms. */
export function canvasOf(workspace: Workspace): CanvasState {
  const known = states.get(workspace)
  if (known) return known
  // In a root of its own: what is derived in a component stands still once that component is gone.
  $effect.root(() => {
    states.set(workspace, new CanvasState(workspace))
  })
  return canvasOf(workspace)
}
