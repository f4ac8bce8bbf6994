/**
 * McNemar's exact test: how likely so large a difference is between two models that are equally good, 0…1, from the samples
 * that only the one or only the other got right. Two-sided binomial, as SciPy's `binomtest(onlyFirst, both, 0.5)`.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const fewer = Math.min(onlyFirst, onlySecond)
  const all = onlyFirst + onlySecond
  if (onlyFirst === onlySecond) return 1
  // The chance of the outermost count itself, C(all, fewer) / 2^all, halved as it grows so that nothing overflows.
  let chance = 1
  let halvings = 0
  for (let count = 1; count <= fewer; count++) {
    chance *= (all - fewer + count) / count
    while (chance > 1 && halvings < all) {
      chance /= 2
      halvings++
    }
  }
  // The rest of the tail as multiples of it.
  let tail = 1
  let term = 1
  for (let count = fewer; count > 0; count--) {
    term *= count / (all - count + 1)
    tail += term
  }
  return Math.min(1, 2 * chance * tail * 2 ** (halvings - all))
}
