/** Mean and sample standard deviation (n − 1); a single value deviates by nothing. */
export interface Spread {
  readonly mean: number
  readonly deviation: number
  readonly count: number
}

/** Null of no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length
  if (count === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, count }
}

/** At each place that at least two curves reach: their mean and deviation. Curves hold one value an epoch; null is a gap. */
export function bandOf(curves: readonly (readonly (number | null)[])[]): readonly (Spread | null)[] {
  const length = Math.max(0, ...curves.map((curve) => curve.length))
  return Array.from({ length }, (_, place) => {
    const values = curves.flatMap((curve) => curve[place] ?? [])
    return values.length >= Math.min(2, curves.length) ? spreadOf(values) : null
  })
}
