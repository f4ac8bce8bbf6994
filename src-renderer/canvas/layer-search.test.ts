import { expect, test } from 'vitest'
import { layerTypes } from '../../src-main/common/layers/registry.ts'
import { searchLayers } from './layer-search.ts'

test.each([
  ['Conv2D', 'conv2d'],
  ['conv 2d', 'conv2d'],
  ['MaxPool2D', 'maxPooling2d'],
  ['Dense', 'dense'],
  ['BN', 'batchNormalization'],
  ['완전 연결', 'dense'],
])('"%s" finds %s first', (query, layer) => {
  expect(searchLayers(query)[0]).toBe(layer)
})

test('nothing typed shows every layer in the order of the palette, nonsense none', () => {
  expect(searchLayers(' ')).toEqual(layerTypes)
  expect(searchLayers('zzzq')).toEqual([])
})
