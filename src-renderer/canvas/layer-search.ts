import { definitionOf, layerTypes } from '../../src-main/common/layers/registry.ts'
import type { LayerType } from '../../src-main/common/layers/registry.ts'

const SPREAD = 4

/**
 * The layers whose label, id or title (in either language) holds the query, best first: the exact label, then those
 * that begin with it, then those that hold it, in the order of the palette; only where there are none, those that hold
 * its letters in order.
 */
export function searchLayers(query: string): readonly LayerType[] {
  const wanted = squeeze(query)
  if (wanted === '') return layerTypes
  const found = layerTypes
    .map((layer, order) => ({ layer, order, rank: rankOf(layer, wanted) }))
    .filter(({ rank }) => rank <= SPREAD)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
  const close = found.filter(({ rank }) => rank < SPREAD)
  return (close.length > 0 ? close : found).map(({ layer }) => layer)
}

function rankOf(layer: LayerType, wanted: string): number {
  const { label, title, prefix } = definitionOf(layer)
  const names = [label, layer, title.en, title.ko].map(squeeze)
  if (names.includes(wanted)) return 0
  if (squeeze(prefix) === wanted) return 1
  if (names.some((name) => name.startsWith(wanted))) return 2
  if (names.some((name) => name.includes(wanted))) return 3
  return names.some((name) => isSpreadOver(name, wanted)) ? SPREAD : Infinity
}

/** True where all letters come in order: "maxpool2d" finds MaxPooling2D. */
function isSpreadOver(name: string, wanted: string): boolean {
  let from = 0
  for (const letter of wanted) {
    const at = name.indexOf(letter, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[\s\-_]/g, '')
}
