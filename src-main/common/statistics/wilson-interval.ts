/** The bounds of a share, 0…1. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The 0.975 quantile of the standard normal distribution. */
const z = 1.959963984540054

/**
 * The 95 % interval of a share of which `right` of `samples` were counted; null where there are no samples.
 * Wilson (1927), without correction for continuity, as SciPy's `binomtest(…).proportion_ci(method='wilson')`.
 */
export function wilsonInterval(right: number, samples: number): Interval | null {
  if (samples === 0) return null
  const share = right / samples
  const middle = share + (z * z) / (2 * samples)
  const half = z * Math.sqrt((share * (1 - share)) / samples + (z * z) / (4 * samples * samples))
  const whole = 1 + (z * z) / samples
  return {
    low: right === 0 ? 0 : (middle - half) / whole,
    high: right === samples ? 1 : (middle + half) / whole,
  }
}
