/**
 * The exact area under the ROC curve: the share of pairs in which the sample of the class scores higher, ties counted half
 * (Mann–Whitney's U, as scikit-learn's roc_auc_score). Null where there are no pairs or a score is no number.
 */
export function areaUnderCurve(inside: Float64Array, outside: Float64Array): number | null {
  if (inside.length === 0 || outside.length === 0) return null
  inside.sort()
  outside.sort()
  // Sorting puts what is no number last.
  if (Number.isNaN(inside[inside.length - 1]) || Number.isNaN(outside[outside.length - 1])) return null
  let below = 0
  let notAbove = 0
  let pairs = 0
  for (const score of inside) {
    while (below < outside.length && (outside[below] as number) < score) below++
    while (notAbove < outside.length && (outside[notAbove] as number) <= score) notAbove++
    pairs += (below + notAbove) / 2
  }
  return pairs / (inside.length * outside.length)
}
