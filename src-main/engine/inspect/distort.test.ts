import { expect, test } from 'vitest'
import type { Distortion } from '../../common/comparison/distortion.ts'
import { undistorted } from '../../common/comparison/distortion.ts'
import { distortPicture } from './distort.ts'

/** A grey picture of 4×4 whose pixels are 0, 10, 20 … of 255, distorted, as such numbers again. */
function distorted(distortion: Partial<Distortion>, position = 1): number[] {
  const inputs = Uint8Array.from({ length: 32 }, (_, index) => (index % 16) * 10)
  const values = new Float32Array(20)
  distortPicture({
    inputs,
    position,
    shape: [4, 4, 1],
    distortion: { ...undistorted, ...distortion },
    values,
    to: 4,
  })
  expect([...values.subarray(0, 4)]).toEqual([0, 0, 0, 0])
  return Array.from(values.subarray(4), (value) => Math.round(value * 255_000) / 1_000)
}

const row = (...values: number[]) => values

test('what is not distorted stays as it is', () => {
  expect(distorted({})).toEqual(Array.from({ length: 16 }, (_, index) => index * 10))
})

test('a picture slides by whole pixels, to the right and down, and its edge follows', () => {
  expect(distorted({ across: 1 }).slice(0, 4)).toEqual(row(0, 0, 10, 20))
  expect(distorted({ across: -2 }).slice(0, 4)).toEqual(row(20, 30, 30, 30))
  expect(distorted({ down: 1 }).slice(0, 8)).toEqual(row(0, 10, 20, 30, 0, 10, 20, 30))
})

test('a quarter turn is clockwise', () => {
  const turned = distorted({ turn: 90 })
  expect(turned.slice(0, 4)).toEqual(row(120, 80, 40, 0))
  expect(turned.slice(12)).toEqual(row(150, 110, 70, 30))
})

test('a grey square hides the middle', () => {
  const hidden = distorted({ hidden: 0.5 })
  expect(hidden.slice(0, 8)).toEqual(row(0, 10, 20, 30, 40, 127.5, 127.5, 70))
  expect(hidden.filter((value) => value === 127.5)).toHaveLength(4)
})

test('noise is the same for a sample each time, another for another, and pixels stay within their range', () => {
  const [once, again, other] = [distorted({ noise: 0.3 }), distorted({ noise: 0.3 }), distorted({ noise: 0.3 }, 0)]
  expect(again).toEqual(once)
  expect(other).not.toEqual(once)
  expect(Math.min(...once)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...once)).toBeLessThanOrEqual(255)
})
