import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import type { Point, Rect } from './lanes.ts'
import { overlap } from './lanes.ts'

/** A cubic curve from an output port to an input port, in a lane's coordinates. */
export interface Curve {
  readonly start: Point
  readonly end: Point
  /** How far the handles reach out to the right of the start and to the left of the end. */
  readonly reach: number
}

export const PORT_Y = NODE_HEIGHT / 2

export function outPort(node: Point): Point {
  return { x: node.x + NODE_WIDTH, y: node.y + PORT_Y }
}

export function inPort(node: Point): Point {
  return { x: node.x, y: node.y + PORT_Y }
}

export function curveBetween(start: Point, end: Point): Curve {
  const across = end.x - start.x
  const reach = across >= 0 ? Math.max(24, across / 2) : Math.min(180, 48 - across / 2)
  return { start, end, reach }
}

export function pathOf({ start, end, reach }: Curve): string {
  return `M${start.x} ${start.y}C${start.x + reach} ${start.y} ${end.x - reach} ${end.y} ${end.x} ${end.y}`
}

export function pointOn({ start, end, reach }: Curve, t: number): Point {
  const u = 1 - t
  const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t]
  return {
    x: a * start.x + b * (start.x + reach) + c * (end.x - reach) + d * end.x,
    y: a * start.y + b * start.y + c * end.y + d * end.y,
  }
}

/** The shortest way from a point to the curve, in canvas units. */
export function distanceTo(curve: Curve, point: Point): number {
  const STEPS = 24
  let nearest = Infinity
  let from = curve.start
  for (let step = 1; step <= STEPS; step++) {
    const to = pointOn(curve, step / STEPS)
    nearest = Math.min(nearest, distanceToSegment(from, to, point))
    from = to
  }
  return nearest
}

function distanceToSegment(from: Point, to: Point, point: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length
  const t = Math.max(0, Math.min(1, along))
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy)
}

/** Where a label of this size lies on the curve without covering a node: its centre, or null where there is no room. */
export function placeLabel(
  curve: Curve,
  size: { readonly width: number; readonly height: number },
  nodes: readonly Rect[],
): Point | null {
  const free = (centre: Point) => {
    const box = { x: centre.x - size.width / 2, y: centre.y - size.height / 2, ...size }
    return !nodes.some((node) => overlap(box, node))
  }
  const middle = pointOn(curve, 0.5)
  for (const t of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]) {
    const centre = pointOn(curve, t)
    if (free(centre)) return centre
  }
  const above = Math.min(curve.start.y, curve.end.y) - PORT_Y - size.height / 2 - 4
  const below = Math.max(curve.start.y, curve.end.y) + NODE_HEIGHT - PORT_Y + size.height / 2 + 4
  for (const y of [above, below]) if (free({ x: middle.x, y })) return { x: middle.x, y }
  return null
}
