import { describe, expect, test } from 'vitest'
import { resizePicture } from './resize.ts'

const grey = (width: number, rows: readonly (readonly number[])[]) => ({
  width,
  height: rows.length,
  channels: 1,
  values: Float32Array.from(rows.flat()),
})

describe('resizing', () => {
  // Expected values: Pillow's Image.resize(…, BILINEAR) in mode "F".
  test.each([
    [[[0, 100, 200, 40]], 2, 1, [71.428574, 117.14286]],
    [
      [
        [10, 20],
        [30, 40],
      ],
      1,
      1,
      [25],
    ],
    [[[0, 100]], 4, 1, [0, 25, 75, 100]],
    [
      [
        [0, 100, 200, 40, 7],
        [9, 8, 7, 60, 5],
        [250, 3, 2, 1, 90],
      ],
      2,
      2,
      [59.034088, 53.403412, 54.715908, 29.056818],
    ],
  ])('%o to %i × %i is as Pillow has it', (rows, width, height, expected) => {
    const resized = resizePicture(grey(rows[0]?.length ?? 0, rows), width, height)
    expect([resized.width, resized.height]).toEqual([width, height])
    expect(Array.from(resized.values, (value) => Math.round(value * 100) / 100)).toEqual(
      expected.map((value) => Math.round(value * 100) / 100),
    )
  })
})
