import { expect, test } from 'vitest'
import type { Model } from '../../src-main/common/graph/graph.ts'
import { NODE_GAP_X, NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import type { LayerType } from '../../src-main/common/layers/registry.ts'
import type { DropTarget } from './drop-target.ts'
import { dropTargetAt, nodeAt } from './drop-target.ts'
import { layOutLanes, lanesEndPx, toScreen } from './lanes.ts'
import { PORT_Y } from './wires.ts'

const step = NODE_WIDTH + NODE_GAP_X
const model: Model = {
  id: 'm',
  name: 'm',
  nodes: [
    { id: 'in', layer: 'input', params: {}, x: 0, y: 0 },
    { id: 'f', layer: 'flatten', params: {}, x: step, y: 0 },
    { id: 'fc', layer: 'dense', params: {}, x: 0, y: 400 },
  ],
  edges: [['in', 'f']],
}
const lanes = layOutLanes([model])
const view = { x: 40, y: 20, zoom: 0.8 }

test.each<readonly [string, LayerType, number, number, DropTarget]>([
  ['on a wire', 'conv2d', NODE_WIDTH + NODE_GAP_X / 2, PORT_Y + 12, { type: 'wire', model: 'm', edge: ['in', 'f'] }],
  [
    'beside a free output',
    'dense',
    step + NODE_WIDTH + 60,
    PORT_Y,
    { type: 'port', model: 'm', node: 'f', side: 'out' },
  ],
  ['beside a free input', 'flatten', -60, 400 + PORT_Y, { type: 'port', model: 'm', node: 'fc', side: 'in' }],
  [
    'where nothing is, centred and on the grid',
    'dense',
    602,
    300,
    { type: 'lane', model: 'm', at: { x: 520, y: 300 - NODE_HEIGHT / 2 + 2 } },
  ],
])('a layer goes %s', (_, layer, x, y, expected) => {
  const lane = lanes[0]
  if (!lane) throw new Error('one lane was laid out')
  expect(dropTargetAt([model], lanes, view, toScreen(lane, view, { x, y }), layer)).toEqual(expected)
})

test('an input is never put into a wire', () => {
  const lane = lanes[0]
  if (!lane) throw new Error('one lane was laid out')
  const at = toScreen(lane, view, { x: NODE_WIDTH + NODE_GAP_X / 2, y: PORT_Y })
  expect(dropTargetAt([model], lanes, view, at, 'input').type).toBe('lane')
})

test('below the last lane, and on an empty canvas, a new lane begins', () => {
  expect(dropTargetAt([model], lanes, view, { x: 100, y: lanesEndPx(lanes, view) + 5 }, 'dense')).toEqual({
    type: 'new-lane',
  })
  expect(dropTargetAt([], [], view, { x: 100, y: 100 }, 'dense')).toEqual({ type: 'new-lane' })
})

test('a node is found inside its box and a margin beside it', () => {
  expect(nodeAt(model, { x: 10, y: 10 })?.id).toBe('in')
  expect(nodeAt(model, { x: -10, y: 10 })).toBeNull()
  expect(nodeAt(model, { x: -10, y: 10 }, 20)?.id).toBe('in')
})
