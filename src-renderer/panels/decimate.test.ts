import { expect, test } from 'vitest'
import { decimate } from './decimate.ts'

test('short curves come back as they are', () => {
  const points = { x: [1, 2, 3], y: [3, 1, 2] }
  expect(decimate(points, 10)).toBe(points)
})

test('spikes, the first and the last point survive', () => {
  const x = Array.from({ length: 10_000 }, (_, index) => index)
  const y = x.map((index) => (index === 4_321 ? 100 : index === 8_765 ? -100 : 0))
  const thin = decimate({ x, y }, 200)
  expect({
    few: thin.x.length <= 200,
    ordered: thin.x.every((value, index) => index === 0 || value > (thin.x[index - 1] ?? 0)),
    ends: [thin.x.at(0), thin.x.at(-1)],
    spikes: [thin.x[thin.y.indexOf(100)], thin.x[thin.y.indexOf(-100)]],
  }).toEqual({ few: true, ordered: true, ends: [0, 9_999], spikes: [4_321, 8_765] })
})
