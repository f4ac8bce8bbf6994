import { expect, test } from 'vitest'
import type { Edge, Model } from '../../src-main/common/graph/graph.ts'
import type { Direction } from './walk.ts'
import { firstNode, walk } from './walk.ts'

function model(id: string, places: Readonly<Record<string, readonly [number, number]>>, edges: readonly Edge[]): Model {
  const nodes = Object.entries(places).map(([node, [x, y]]) => ({
    id: node,
    layer: 'flatten' as const,
    params: {},
    x,
    y,
  }))
  return { id, name: id, nodes, edges }
}
// a branches to b (same row) and c (below); d is loose, far right. The second lane has one node under b.
const models = [
  model('one', { a: [0, 0], b: [240, 0], c: [240, 180], d: [900, 0] }, [
    ['a', 'b'],
    ['a', 'c'],
  ]),
  model('two', { e: [200, 0] }, []),
]

test.each<readonly [string, string, Direction, string | null]>([
  ['right follows the wire that goes straight on', 'one/a', 'right', 'one/b'],
  ['left follows the wire back', 'one/c', 'left', 'one/a'],
  ['down goes to the sibling', 'one/b', 'down', 'one/c'],
  ['up goes back to it', 'one/c', 'up', 'one/b'],
  ['right without a wire goes to the nearest node that way', 'one/b', 'right', 'one/d'],
  ['down from the lowest goes into the next lane', 'one/c', 'down', 'two/e'],
  ['up from a lane goes into the one above', 'two/e', 'up', 'one/b'],
  ['left of the first there is nothing', 'one/a', 'left', null],
])('%s', (_, from, direction, expected) => {
  const [lane = '', node = ''] = from.split('/')
  const next = walk(models, { model: lane, node }, direction)
  expect(next && `${next.model}/${next.node}`).toBe(expected)
})

test('a node that is gone leads to the first there is', () => {
  expect(walk(models, { model: 'one', node: 'gone' }, 'right')).toEqual({ model: 'one', node: 'a' })
  expect(firstNode([model('none', {}, [])])).toBeNull()
})
