import { expect, test } from 'vitest'
import { isKept, keptSteps, momentLimit } from './kept-moments.ts'

const kept = (last: number, best: number | null, limit: number) =>
  Array.from({ length: last + 1 }, (_, epoch) => epoch).filter((epoch) => isKept(epoch, { last, best, limit }))

/** The course's LeNet-5: 91,181 weights. */
const lenetBytes = 91_181 * 4

test('all moments of 30 epochs of LeNet-5 are kept, and take less than 15 MB', () => {
  const limit = momentLimit(lenetBytes)
  const steps = keptSteps(161, limit)
  expect(steps).toEqual([1, 2, 4, 8, 16, 32, 64, 128])
  const epochs = kept(30, 17, limit - steps.length)
  expect(epochs).toHaveLength(31)
  expect((steps.length + epochs.length) * lenetBytes).toBeLessThan(15e6)
})

test('a long run keeps the first, the best, the last and a spread between them', () => {
  expect(kept(19, 7, 9)).toEqual([0, 4, 7, 8, 12, 16, 19])
  expect(kept(8, 3, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
})

test('never more than the limit is kept, and what a longer run keeps the shorter one kept', () => {
  for (const limit of [5, 8, 31]) {
    for (let last = 1; last <= 300; last++) {
      const best = Math.floor(last * 0.7)
      expect(kept(last, best, limit).length).toBeLessThanOrEqual(limit)
      const before = new Set([...kept(last - 1, Math.floor((last - 1) * 0.7), limit), last, best])
      expect(kept(last, best, limit).filter((epoch) => !before.has(epoch))).toEqual([])
    }
  }
})

test('a large model keeps fewer steps, spread over the first epoch', () => {
  const limit = momentLimit(100e6)
  expect(limit).toBe(16)
  expect(keptSteps(1_000, limit)).toEqual([1, 4, 16, 64, 256])
  expect(keptSteps(1, limit)).toEqual([])
})
