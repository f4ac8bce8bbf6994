import type { LayerDefinition } from './define.ts'
import { activation } from './activation.ts'
import { add } from './add.ts'
import { average } from './average.ts'
import { averagePooling1d } from './average-pooling1d.ts'
import { averagePooling2d } from './average-pooling2d.ts'
import { batchNormalization } from './batch-normalization.ts'
import { concatenate } from './concatenate.ts'
import { conv1d } from './conv1d.ts'
import { conv2d } from './conv2d.ts'
import { conv2dTranspose } from './conv2d-transpose.ts'
import { dense } from './dense.ts'
import { depthwiseConv2d } from './depthwise-conv2d.ts'
import { dropout } from './dropout.ts'
import { flatten } from './flatten.ts'
import { gaussianNoise } from './gaussian-noise.ts'
import { globalAveragePooling1d } from './global-average-pooling1d.ts'
import { globalAveragePooling2d } from './global-average-pooling2d.ts'
import { globalMaxPooling1d } from './global-max-pooling1d.ts'
import { globalMaxPooling2d } from './global-max-pooling2d.ts'
import { input } from './input.ts'
import { layerNormalization } from './layer-normalization.ts'
import { maxPooling1d } from './max-pooling1d.ts'
import { maxPooling2d } from './max-pooling2d.ts'
import { maximum } from './maximum.ts'
import { multiply } from './multiply.ts'
import { reshape } from './reshape.ts'
import { separableConv2d } from './separable-conv2d.ts'
import { upSampling2d } from './up-sampling2d.ts'
import { zeroPadding2d } from './zero-padding2d.ts'

/** Every layer type there is, in the order of the palette. */
export const registry = {
  input,
  conv2d,
  separableConv2d,
  depthwiseConv2d,
  conv2dTranspose,
  conv1d,
  maxPooling2d,
  averagePooling2d,
  maxPooling1d,
  averagePooling1d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  globalAveragePooling1d,
  globalMaxPooling1d,
  flatten,
  reshape,
  zeroPadding2d,
  upSampling2d,
  dense,
  activation,
  dropout,
  batchNormalization,
  layerNormalization,
  gaussianNoise,
  add,
  multiply,
  average,
  maximum,
  concatenate,
} as const satisfies Record<string, LayerDefinition>

export type LayerType = keyof typeof registry
export const layerTypes = Object.keys(registry) as readonly LayerType[]

export function definitionOf(layer: LayerType): LayerDefinition {
  return registry[layer]
}

export function isLayerType(name: string): name is LayerType {
  return Object.hasOwn(registry, name)
}
