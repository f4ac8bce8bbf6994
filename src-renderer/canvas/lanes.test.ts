import { describe, expect, test } from 'vitest'
import type { Model } from '../../src-main/common/graph/graph.ts'
import { NODE_HEIGHT, NODE_WIDTH } from '../../src-main/common/graph/layout.ts'
import {
  autoPanStep,
  fitView,
  HEADER_PX,
  LANE_GAP_PX,
  LANE_PADDING,
  laneAt,
  layOutLanes,
  rectBetween,
  revealRect,
  toLane,
  toScreen,
  zoomAbout,
} from './lanes.ts'

function model(id: string, ...places: readonly (readonly [number, number])[]): Model {
  const nodes = places.map(([x, y], index) => ({ id: `n${index}`, layer: 'flatten' as const, params: {}, x, y }))
  return { id, name: id, nodes, edges: [] }
}
const lanes = layOutLanes([model('a', [0, 0], [300, 40]), model('b', [-100, -60])])

describe('lanes', () => {
  test('are as large as their nodes and stand one under the other', () => {
    expect(lanes).toEqual([
      {
        model: 'a',
        top: 0,
        fixedPx: HEADER_PX,
        originX: LANE_PADDING,
        originY: LANE_PADDING,
        width: 300 + NODE_WIDTH + 2 * LANE_PADDING,
        height: 40 + NODE_HEIGHT + 2 * LANE_PADDING,
      },
      {
        model: 'b',
        top: 40 + NODE_HEIGHT + 2 * LANE_PADDING,
        fixedPx: 2 * HEADER_PX + LANE_GAP_PX,
        originX: LANE_PADDING + 100,
        originY: LANE_PADDING + 60,
        width: NODE_WIDTH + 2 * LANE_PADDING,
        height: NODE_HEIGHT + 2 * LANE_PADDING,
      },
    ])
  })

  test('lead from their own points to the screen and back at any zoom', () => {
    for (const lane of lanes) {
      for (const zoom of [0.1, 0.66, 1, 2]) {
        const view = { x: 37, y: -12, zoom }
        const back = toLane(lane, view, toScreen(lane, view, { x: 123, y: -45 }))
        expect([back.x, back.y].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([123, -45])
      }
    }
  })

  test('are found by what is under the pointer, header included', () => {
    const view = { x: 0, y: 10, zoom: 0.5 }
    const second = 10 + HEADER_PX + LANE_GAP_PX + (40 + NODE_HEIGHT + 2 * LANE_PADDING) * 0.5
    const cases = [5, 12, second - 1, second + 1, 2_000].map((y) => laneAt(lanes, view, y)?.model ?? null)
    expect(cases).toEqual([null, 'a', 'a', 'b', null])
  })
})

describe('the view', () => {
  test('zooms about the pointer: what is under it stays, in the second lane too', () => {
    const second = lanes[1]
    if (!second) throw new Error('two lanes were laid out')
    const view = { x: 20, y: 30, zoom: 1 }
    const point = { x: 40, y: 50 }
    const at = toScreen(second, view, point)
    const zoomed = zoomAbout(view, lanes, at, 0.5)
    expect(zoomed.zoom).toBe(0.5)
    expect(toScreen(second, zoomed, point)).toEqual(at)
  })

  test('never zooms further than its bounds', () => {
    const view = { x: 0, y: 0, zoom: 1 }
    expect([9, 0.001].map((zoom) => zoomAbout(view, lanes, { x: 0, y: 0 }, zoom).zoom)).toEqual([2, 0.1])
  })

  test('fits all lanes into the window and never enlarges them', () => {
    const small = fitView(lanes, { width: 500, height: 300 })
    const last = lanes[1]
    if (!last) throw new Error('two lanes were laid out')
    expect(toScreen(last, small, { x: 0, y: NODE_HEIGHT }).y).toBeLessThanOrEqual(300)
    expect(fitView(lanes, { width: 5_000, height: 5_000 }).zoom).toBe(1)
    expect(fitView(lanes, { width: 300, height: 200 }, { smallest: 0.7 }).zoom).toBe(0.7)
  })

  test('moves no further than needed to show a box', () => {
    const lane = lanes[0]
    if (!lane) throw new Error('two lanes were laid out')
    const size = { width: 800, height: 600 }
    const view = { x: 0, y: 0, zoom: 1 }
    const inside = { x: 60, y: 60, width: 100, height: 100 }
    const right = { x: 900, y: 60, width: 100, height: 100 }
    expect(revealRect(view, lane, inside, size)).toEqual(view)
    expect(revealRect(view, lane, right, size)).toEqual({ x: 800 - 24 - (1_000 + LANE_PADDING), y: 0, zoom: 1 })
  })

  test('moves on by itself at the edges only, faster the nearer', () => {
    const size = { width: 400, height: 300 }
    expect(autoPanStep({ x: 200, y: 150 }, size)).toEqual({ x: 0, y: 0 })
    expect(autoPanStep({ x: 0, y: 282 }, size)).toEqual({ x: 18, y: -9 })
  })
})

test('a rubber band is the same box whichever way it is drawn', () => {
  const box = { x: 10, y: 20, width: 30, height: 40 }
  expect(rectBetween({ x: 10, y: 20 }, { x: 40, y: 60 })).toEqual(box)
  expect(rectBetween({ x: 40, y: 60 }, { x: 10, y: 20 })).toEqual(box)
})
