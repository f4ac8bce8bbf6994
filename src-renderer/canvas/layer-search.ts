import { definitionOf, layerTypes } from '../../src-main/common/layers/registry.ts'
import type { LayerType } from '../../src-main/common/layers/registry.ts'

/**
 * The layers whose label, id or title (in either language) holds the query, best first: the exact label, then those
 * that begin with it, then the rest in the order of the palette.
 */
export function searchLayers(query: string): readonly LayerType[] {
  const wanted = squeeze(query)
  if (wanted === '') return layerTypes
  return layerTypes
    .map((layer, order) => ({ layer, order, rank: rankOf(layer, wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.order - b.order)
    .map(({ layer }) => layer)
}

function rankOf(layer: LayerType, wanted: string): number | null {
  const { label, title, prefix } = definitionOf(layer)
  const names = [label, layer, title.en, title.ko].map(squeeze)
  if (names.includes(wanted)) return 0
  if (squeeze(prefix) === wanted) return 1
  if (names.some((name) => name.startsWith(wanted))) return 2
  return names.some((name) => name.includes(wanted)) ? 3 : null
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[\s\-_]/g, '')
}
