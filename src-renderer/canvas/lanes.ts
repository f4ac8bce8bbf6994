import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import type { Model } from '../../src-main/common/graph/graph.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Rect extends Point {
  readonly width: number
  readonly height: number
}

/** Where the window looks: `x`, `y` in pixels of the screen, `zoom` in pixels a canvas unit. */
export interface View extends Point {
  readonly zoom: number
}

/**
 * One model's place. Headers keep their size on the screen while bodies are zoomed, so a lane's place is a sum:
 * `top` canvas units that are zoomed, and `fixedPx` pixels that are not. `originX`, `originY` is the body's place of (0, 0).
 */
export interface Lane {
  readonly model: string
  readonly top: number
  readonly fixedPx: number
  readonly width: number
  readonly height: number
  readonly originX: number
  readonly originY: number
}

export const HEADER_PX = 44
export const LANE_GAP_PX = 12
export const LANE_PADDING = 32
/** Kept free at the right of a fitted view: where the next layer is dropped. */
export const TAIL_PX = 128
export const MIN_ZOOM = 0.1
export const MAX_ZOOM = 2

/** Lanes one under the other, each as high as its nodes; nodes left of or above (0, 0) move the origin. */
export function layOutLanes(models: readonly Model[]): readonly Lane[] {
  const lanes: Lane[] = []
  let top = 0
  for (const [index, model] of models.entries()) {
    const { x, y, width, height } = boundsOf(model.nodes)
    const lane: Lane = {
      model: model.id,
      top,
      fixedPx: index * (HEADER_PX + LANE_GAP_PX) + HEADER_PX,
      originX: LANE_PADDING - Math.min(0, x),
      originY: LANE_PADDING - Math.min(0, y),
      width: Math.max(x + width, width) + 2 * LANE_PADDING,
      height: Math.max(y + height, height) + 2 * LANE_PADDING,
    }
    lanes.push(lane)
    top += lane.height
  }
  return lanes
}

/** The box around nodes; that of one node at (0, 0) where there are none. */
export function boundsOf(nodes: readonly Point[]): Rect {
  if (nodes.length === 0) return { x: 0, y: 0, width: NODE_WIDTH, height: NODE_HEIGHT }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of nodes) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + NODE_WIDTH)
    bottom = Math.max(bottom, y + NODE_HEIGHT)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** A lane's own point (node coordinates) on the screen. */
export function toScreen(lane: Lane, view: View, point: Point): Point {
  return {
    x: view.x + view.zoom * (lane.originX + point.x),
    y: view.y + lane.fixedPx + view.zoom * (lane.top + lane.originY + point.y),
  }
}

/** A point of the screen in a lane's node coordinates. */
export function toLane(lane: Lane, view: View, point: Point): Point {
  return {
    x: (point.x - view.x) / view.zoom - lane.originX,
    y: (point.y - view.y - lane.fixedPx) / view.zoom - lane.top - lane.originY,
  }
}

/** The screen's y of a lane's header. */
export function headerTopPx(lane: Lane, view: View): number {
  return view.y + lane.fixedPx - HEADER_PX + view.zoom * lane.top
}

/** The lane under a y of the screen, header and the gap below included; null above all and below all. */
export function laneAt(lanes: readonly Lane[], view: View, y: number): Lane | null {
  for (const lane of lanes) {
    const top = headerTopPx(lane, view)
    if (y >= top && y < top + HEADER_PX + lane.height * view.zoom + LANE_GAP_PX) return lane
  }
  return null
}

/** Below the last lane on the screen: where "Add a model" is. */
export function lanesEndPx(lanes: readonly Lane[], view: View): number {
  const last = lanes.at(-1)
  return last ? headerTopPx(last, view) + HEADER_PX + last.height * view.zoom + LANE_GAP_PX : view.y
}

export function clampZoom(zoom: number): number {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom))
}

/** Zooms so that what is under `at` stays there. */
export function zoomAbout(view: View, lanes: readonly Lane[], at: Point, wanted: number): View {
  const zoom = clampZoom(wanted)
  const lane = laneAt(lanes, view, at.y) ?? (at.y < view.y ? lanes[0] : lanes.at(-1))
  const fixedPx = lane?.fixedPx ?? 0
  const factor = zoom / view.zoom
  return {
    x: at.x - (at.x - view.x) * factor,
    y: at.y - fixedPx - (at.y - view.y - fixedPx) * factor,
    zoom,
  }
}

/** The view that shows all lanes (or `only` one), between `smallest` and 1; left and top aligned where they do not fit. */
export function fitView(
  lanes: readonly Lane[],
  size: { readonly width: number; readonly height: number },
  options: { readonly smallest?: number; readonly footPx?: number } = {},
): View {
  const last = lanes.at(-1)
  const footPx = options.footPx ?? 56
  if (!last || size.width <= 0) return { x: 16, y: 12, zoom: 1 }
  const width = Math.max(...lanes.map((lane) => lane.width))
  const height = last.top + last.height
  const fixedPx = last.fixedPx + LANE_GAP_PX
  const zoom = clampZoom(
    Math.max(
      options.smallest ?? MIN_ZOOM,
      Math.min(1, (size.width - TAIL_PX) / width, (size.height - fixedPx - footPx) / height),
    ),
  )
  return { x: Math.max(0, Math.round((size.width - TAIL_PX - width * zoom) / 2)), y: 8, zoom }
}

/** Moves a view as little as needed so that a box of a lane is inside the window with a margin. */
export function revealRect(
  view: View,
  lane: Lane,
  rect: Rect,
  size: { readonly width: number; readonly height: number },
  marginPx = 24,
): View {
  const corner = toScreen(lane, view, rect)
  const right = corner.x + rect.width * view.zoom
  const bottom = corner.y + rect.height * view.zoom
  const shift = (from: number, to: number, length: number, before: number) =>
    from < before ? before - from : to > length - marginPx ? Math.max(length - marginPx - to, before - from) : 0
  return {
    x: view.x + shift(corner.x, right, size.width, marginPx),
    y: view.y + shift(corner.y, bottom, size.height, marginPx + HEADER_PX),
    zoom: view.zoom,
  }
}

/** How far the view moves a frame while something is dragged near the window's edge, in pixels. */
export function autoPanStep(at: Point, size: { readonly width: number; readonly height: number }): Point {
  const EDGE_PX = 36
  const FASTEST_PX = 18
  const step = (value: number, length: number) => {
    const into = value < EDGE_PX ? EDGE_PX - value : value > length - EDGE_PX ? length - EDGE_PX - value : 0
    return Math.max(-1, Math.min(1, into / EDGE_PX)) * FASTEST_PX
  }
  return { x: step(at.x, size.width), y: step(at.y, size.height) }
}

export function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/** The box between two corners, whichever way it was drawn. */
export function rectBetween(a: Point, b: Point): Rect {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) }
}
