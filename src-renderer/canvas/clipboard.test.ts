import { expect, test } from 'vitest'
import { readClipping, writeClipping } from './clipboard.ts'

const node = { id: 'c1', layer: 'conv2d' as const, params: { filters: 6, kernelSize: [5, 5] }, x: 4, y: 8 }

test('layers come back from the clipboard as they went', () => {
  const clipping = { nodes: [node, { ...node, id: 'c2' }], edges: [['c1', 'c2'] as const] }
  expect(readClipping(writeClipping(clipping))).toEqual(clipping)
})

test('a wire out of the clipping is left behind', () => {
  expect(readClipping(writeClipping({ nodes: [node], edges: [['c1', 'gone']] }))).toEqual({ nodes: [node], edges: [] })
})

test.each(['', 'hello', '{"format":"convas-layers"', '{"format":"convas-layers","nodes":[{"id":"a"}],"edges":[]}'])(
  'a text that holds no layers is none: %s',
  (text) => {
    expect(readClipping(text)).toBeNull()
  },
)
