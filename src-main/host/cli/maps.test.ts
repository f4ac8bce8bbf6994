import { expect, test } from 'vitest'
import { countMaps } from './maps.ts'

test('the maps of a layer are told in one line, whatever the folder is called', () => {
  const files = ['cnn-c1-map-000', 'cnn-c1-map-001', 'cnn-fc1-map-000', 'mlp-fc1-map-000']
  expect(countMaps(files.map((name) => `/a-map-1/${name}.png`))).toEqual([
    '/a-map-1/cnn-c1-map-*.png  2 maps',
    '/a-map-1/cnn-fc1-map-*.png  1 map',
    '/a-map-1/mlp-fc1-map-*.png  1 map',
  ])
})
