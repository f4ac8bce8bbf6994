import { z } from 'zod'
import type { Clipping } from '../../src-main/common/graph/operations.ts'
import { nodeSchema } from '../../src-main/common/project/schema.ts'

const format = 'convas-layers'
const clippingSchema = z.object({
  format: z.literal(format),
  nodes: z.array(nodeSchema).min(1).max(10_000),
  edges: z.array(z.tuple([z.string(), z.string()])).max(50_000),
})

/** Layers as text for the system's clipboard, so that they travel between windows. */
export function writeClipping(clipping: Clipping): string {
  return JSON.stringify({ format, ...clipping })
}

/** The layers that a text holds; null for any other text. Wires that lead out of the clipping are left behind. */
export function readClipping(text: string): Clipping | null {
  if (!text.includes(format)) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = clippingSchema.safeParse(value)
  if (!parsed.success) return null
  const { nodes, edges } = parsed.data
  const ids = new Set(nodes.map((node) => node.id))
  return { nodes, edges: edges.filter(([from, to]) => ids.has(from) && ids.has(to)) }
}
