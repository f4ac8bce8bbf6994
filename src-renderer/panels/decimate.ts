/** Points of one curve, in the order of x. */
export interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * At most about `limit` points that draw the same line: from each of limit / 2 stretches of equal count the lowest and
 * the highest, in their order. First and last points stay.
 */
export function decimate(points: Points, limit: number): Points {
  const { x, y } = points
  if (x.length <= limit) return points
  const stretches = Math.max(1, Math.floor(limit / 2) - 1)
  const kept = new Set<number>([0, x.length - 1])
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * x.length) / stretches)
    const to = Math.floor(((stretch + 1) * x.length) / stretches)
    let lowest = from
    let highest = from
    for (let index = from + 1; index < to; index++) {
      if ((y[index] ?? 0) < (y[lowest] ?? 0)) lowest = index
      if ((y[index] ?? 0) > (y[highest] ?? 0)) highest = index
    }
    kept.add(lowest).add(highest)
  }
  const indices = [...kept].sort((a, b) => a - b)
  return { x: indices.map((index) => x[index] ?? 0), y: indices.map((index) => y[index] ?? 0) }
}
