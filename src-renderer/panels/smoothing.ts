/**
 * Exponential moving average without the pull towards zero at the start (Adam's bias correction).
 * `weight` 0 leaves the values as they are; gaps (not finite) stay gaps and carry nothing on.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values]
  let mean = 0
  let correction = 1
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    mean = mean * weight + value * (1 - weight)
    correction *= weight
    return mean / (1 - correction)
  })
}
