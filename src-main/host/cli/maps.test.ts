import { expect, test } from 'vitest'
import { countMaps, faultOf } from './maps.ts'

test('the maps of a layer are told in one line, whatever the folder is called', () => {
  const files = ['cnn-c1-map-000', 'cnn-c1-map-001', 'cnn-fc1-map-000', 'mlp-fc1-map-000']
  expect(countMaps(files.map((name) => `/a-map-1/${name}.png`))).toEqual([
    '/a-map-1/cnn-c1-map-*.png  2 maps',
    '/a-map-1/cnn-fc1-map-*.png  1 map',
    '/a-map-1/mlp-fc1-map-*.png  1 map',
  ])
})

test.each([
  [{ image: ['a.png'] }, 'neither'],
  [{ image: ['a.png', 'b.png'], out: 'maps' }, 'One picture was expected'],
  [{ image: ['a', 'b', 'c', 'd', 'e'], figure: 'f.svg' }, 'At most four'],
  [{ image: ['a.png'], figure: 'f.png' }, '.svg'],
])('%j is refused with a sentence', (options, words) => {
  expect(faultOf(options)).toContain(words)
})

test('a figure of four pictures, or maps and a figure of one, are what can be asked for', () => {
  expect(faultOf({ image: ['a', 'b', 'c', 'd'], figure: 'f.svg' })).toBeNull()
  expect(faultOf({ image: ['a.png'], out: 'maps', figure: 'f.SVG' })).toBeNull()
})
