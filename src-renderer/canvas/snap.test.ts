import { expect, test } from 'vitest'
import { NODE_GAP_X, NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import { snapDrag } from './snap.ts'

const step = NODE_WIDTH + NODE_GAP_X

test('a drag far from all others keeps to the grid of four', () => {
  const snapped = snapDrag([{ x: 10, y: 10 }], [{ x: 1_000, y: 1_000 }], { x: 51, y: 30 }, 6)
  expect(snapped).toEqual({ dx: 50, dy: 30, guides: [] })
})

test('a drag sticks to the row of a node that stays, with a guide through both', () => {
  const snapped = snapDrag([{ x: 0, y: 300 }], [{ x: 500, y: 100 }], { x: 2, y: -197 }, 6)
  expect(snapped).toEqual({
    dx: 4,
    dy: -200,
    guides: [{ axis: 'y', at: 100, from: 4, to: 500 + NODE_WIDTH }],
  })
})

test('a drag sticks to the column of a node, and the guide spans both heights', () => {
  const snapped = snapDrag([{ x: 0, y: 0 }], [{ x: 200, y: 400 }], { x: 203, y: 0 }, 6)
  expect(snapped).toEqual({ dx: 200, dy: 0, guides: [{ axis: 'x', at: 200, from: 0, to: 400 + NODE_HEIGHT }] })
})

test('a drag sticks to the usual gap beside a node', () => {
  const snapped = snapDrag([{ x: 0, y: 0 }], [{ x: 0, y: 500 }], { x: step + 5, y: 40 }, 6)
  expect(snapped).toEqual({ dx: step, dy: 40, guides: [] })
})

test('of several dragged nodes any may stick, and all move alike', () => {
  const moving = [
    { x: 0, y: 0 },
    { x: 37, y: 300 },
  ]
  expect(snapDrag(moving, [{ x: 437, y: 900 }], { x: 402, y: 40 }, 6)).toEqual({
    dx: 400,
    dy: 40,
    guides: [{ axis: 'x', at: 437, from: 340, to: 900 + NODE_HEIGHT }],
  })
})
