/**
 * Chances of several tests at once, each 0…1, corrected by Holm's step-down method: among true null hypotheses one is
 * refused by mistake no more often than at one test. As statsmodels' `multipletests(method='holm')` has it.
 */
export function holmCorrected(chances: readonly number[]): readonly number[] {
  const order = chances.map((_, index) => index).sort((one, other) => (chances[one] ?? 0) - (chances[other] ?? 0))
  const corrected = [...chances]
  let least = 0
  order.forEach((place, rank) => {
    least = Math.max(least, Math.min(1, (chances.length - rank) * (chances[place] ?? 1)))
    corrected[place] = least
  })
  return corrected
}
