import { expect, test } from 'vitest'
import type { ModelHistory } from '../../state/training-state.svelte.ts'
import { placeOnAxis } from './duel-curves.ts'

const epochs = [2, 4].map((seconds, index) => ({ epoch: index + 1, seconds })) as unknown as ModelHistory['epochs']
const costs = { multiplyAdds: 2_000_000, samples: 500 }

test('seconds follow each epoch’s own length, and beyond the last its mean', () => {
  const place = placeOnAxis('seconds', epochs, costs)
  expect([0, 0.5, 1, 1.5, 2, 2.5].map(place)).toEqual([0, 1, 2, 4, 6, 7.5])
})

test('before the first epoch has ended no time has been measured', () => {
  expect([0, 0.5].map(placeOnAxis('seconds', [], costs))).toEqual([0, 0])
})

test('multiply-adds are those of the samples gone through, in thousand millions', () => {
  expect([0, 1, 2.5].map(placeOnAxis('operations', epochs, costs))).toEqual([0, 1, 2.5])
  expect(placeOnAxis('epoch', epochs, costs)(1.25)).toBe(1.25)
})
