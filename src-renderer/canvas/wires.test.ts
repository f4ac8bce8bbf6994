import { describe, expect, test } from 'vitest'
import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import { curveBetween, distanceTo, inPort, outPort, placeLabel, pointOn, PORT_Y } from './wires.ts'

const left = { x: 0, y: 0 }
const right = { x: NODE_WIDTH + 72, y: 0 }
const boxes = [left, right].map((node) => ({ ...node, width: NODE_WIDTH, height: NODE_HEIGHT }))
const straight = curveBetween(outPort(left), inPort(right))

describe('a wire', () => {
  test('leads from port to port', () => {
    expect([pointOn(straight, 0), pointOn(straight, 0.5), pointOn(straight, 1)]).toEqual([
      { x: NODE_WIDTH, y: PORT_Y },
      { x: NODE_WIDTH + 36, y: PORT_Y },
      { x: NODE_WIDTH + 72, y: PORT_Y },
    ])
  })

  test('is as far from a point as its nearest part', () => {
    const middle = pointOn(straight, 0.5)
    expect(distanceTo(straight, { x: middle.x, y: middle.y + 10 })).toBeCloseTo(10, 6)
    expect(distanceTo(straight, { x: NODE_WIDTH + 102, y: PORT_Y })).toBeCloseTo(30, 6)
  })
})

describe('the label of a wire', () => {
  test.each([
    ['lies in the middle where it fits', 60, { x: NODE_WIDTH + 36, y: PORT_Y }],
    ['goes above the nodes where the gap is too narrow', 90, { x: NODE_WIDTH + 36, y: -13 }],
  ])('%s', (_, width, expected) => {
    expect(placeLabel(straight, { width, height: 18 }, boxes)).toEqual(expected)
  })

  test('is left out where a node lies everywhere', () => {
    const wall = { x: -1_000, y: -1_000, width: 3_000, height: 3_000 }
    expect(placeLabel(straight, { width: 40, height: 18 }, [wall])).toBeNull()
  })
})
