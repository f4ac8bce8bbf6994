import type { LayerDefinition } from './define.ts'
import { dense } from './dense.ts'
import { input } from './input.ts'

/** Every layer type there is, in the order of the palette. */
export const registry = {
  input,
  dense,
} as const satisfies Record<string, LayerDefinition>

export type LayerType = keyof typeof registry
export const layerTypes = Object.keys(registry) as readonly LayerType[]

export function definitionOf(layer: LayerType): LayerDefinition {
  return registry[layer]
}

export function isLayerType(name: string): name is LayerType {
  return Object.hasOwn(registry, name)
}
