import { NODE_GAP_X, NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import type { Point } from './lanes.ts'

export const GRID = 4

/** A line that dragged nodes stick to: at `at` across the other axis, from `from` to `to` along it. */
export interface Guide {
  readonly axis: 'x' | 'y'
  readonly at: number
  readonly from: number
  readonly to: number
}

export interface Snapped {
  readonly dx: number
  readonly dy: number
  readonly guides: readonly Guide[]
}

/**
 * A drag by (dx, dy) made to stick: to the edges of the nodes that stay, to the usual gap beside them, else to the grid.
 * All nodes have one size, so that left edges stand for centres and right edges too.
 */
export function snapDrag(moving: readonly Point[], staying: readonly Point[], by: Point, threshold: number): Snapped {
  const first = moving[0]
  if (!first) return { dx: by.x, dy: by.y, guides: [] }
  const step = NODE_WIDTH + NODE_GAP_X
  const x = nearest(moving, staying, by.x, threshold, (node) => node.x, [0, step, -step])
  const y = nearest(moving, staying, by.y, threshold, (node) => node.y, [0])
  const dx = x?.shift ?? onGrid(first.x + by.x) - first.x
  const dy = y?.shift ?? onGrid(first.y + by.y) - first.y
  const guides: Guide[] = []
  if (x && x.offset === 0) {
    const ends = [x.mover.y + dy, x.stayer.y]
    guides.push({ axis: 'x', at: x.stayer.x, from: Math.min(...ends), to: Math.max(...ends) + NODE_HEIGHT })
  }
  if (y) {
    const ends = [y.mover.x + dx, y.stayer.x]
    guides.push({ axis: 'y', at: y.stayer.y, from: Math.min(...ends), to: Math.max(...ends) + NODE_WIDTH })
  }
  return { dx, dy, guides }
}

export function onGrid(value: number): number {
  return Math.round(value / GRID) * GRID
}

interface Match {
  readonly shift: number
  readonly offset: number
  readonly mover: Point
  readonly stayer: Point
}

function nearest(
  moving: readonly Point[],
  staying: readonly Point[],
  by: number,
  threshold: number,
  edge: (node: Point) => number,
  offsets: readonly number[],
): Match | null {
  let best: Match | null = null
  let bestDistance = threshold
  for (const mover of moving) {
    for (const stayer of staying) {
      for (const offset of offsets) {
        const shift = edge(stayer) + offset - edge(mover)
        const distance = Math.abs(shift - by)
        if (distance < bestDistance || (distance === bestDistance && best === null)) {
          bestDistance = distance
          best = { shift, offset, mover, stayer }
        }
      }
    }
  }
  return best
}
