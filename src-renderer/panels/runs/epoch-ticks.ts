import type { Tick } from '../series/time-axis.ts'

/** Whole epochs, evenly spaced, at most so many. */
export function epochTicks(from: number, to: number, most: number): readonly Tick[] {
  const length = Math.max(1, to - from)
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000].find((one) => length / one <= most) ?? 20_000
  const first = Math.ceil(from / step) * step
  const places = Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step)
  return places.map((row) => ({ row, label: String(row) }))
}
