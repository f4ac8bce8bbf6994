/** Points from (0, 0) to (1, 1); a sample counts as positive from the threshold on. The first threshold is infinite. */
export interface RocCurve {
  readonly falsePositiveRates: readonly number[]
  readonly truePositiveRates: readonly number[]
  readonly thresholds: readonly number[]
}

/**
 * The curve over all thresholds, without points on the line between their neighbours; equal scores make one point.
 * As scikit-learn's `roc_curve`. Null where one side is empty or a score is no number.
 */
export function rocCurve(scores: ArrayLike<number>, isPositive: (sample: number) => boolean): RocCurve | null {
  const order = Array.from(scores, (_, sample) => sample).sort(
    (one, other) => (scores[other] as number) - (scores[one] as number),
  )
  const points = [{ threshold: Infinity, wrong: 0, right: 0 }]
  let [wrong, right] = [0, 0]
  for (const [place, sample] of order.entries()) {
    const threshold = scores[sample] as number
    if (Number.isNaN(threshold)) return null
    if (isPositive(sample)) right++
    else wrong++
    const next = order[place + 1]
    if (next === undefined || scores[next] !== threshold) points.push({ threshold, wrong, right })
  }
  if (wrong === 0 || right === 0) return null
  const kept = points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]]
    // The first sample's point stays, as there.
    if (index < 2 || before === undefined || after === undefined) return true
    return (
      point.wrong - before.wrong !== after.wrong - point.wrong ||
      point.right - before.right !== after.right - point.right
    )
  })
  return {
    falsePositiveRates: kept.map((point) => point.wrong / wrong),
    truePositiveRates: kept.map((point) => point.right / right),
    thresholds: kept.map((point) => point.threshold),
  }
}
