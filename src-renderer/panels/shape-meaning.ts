import type { Shape } from '../../src-main/common/graph/graph.ts'
import type { MessageKey } from '../messages/messages.ts'

/** What the axes of a shape (without batch) stand for, as a message: "H × W × C", "steps × channels", "units". */
export function meaningOf(shape: Shape): MessageKey | null {
  if (shape.length === 3) return 'shape.picture'
  if (shape.length === 2) return 'shape.series'
  if (shape.length === 1) return 'shape.units'
  return null
}

/** "28 × 28 × 6" */
export function spacedShape(shape: Shape): string {
  return shape.join(' × ')
}

/** Whole numbers written in any usual way: "28, 28, 1", "28×28×1", "[28 28 1]". Null where something else is in it. */
export function readShape(text: string): number[] | null {
  const parts = text
    .replace(/[[\]()]/g, ' ')
    .split(/[\s,;×x*·]+/i)
    .filter((part) => part !== '')
  if (parts.length === 0 || !parts.every((part) => /^\d+$/.test(part))) return null
  return parts.map(Number)
}
