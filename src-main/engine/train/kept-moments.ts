/** The weights of one model that a run keeps take so much, or so many moments where a model is large. */
const budgetBytes = 15_000_000
const fewestMoments = 16
/** What is at most kept of the first epoch's steps. */
const shareOfSteps = 1 / 3

/** How many moments of a model are kept whose weights take so many bytes. */
export function momentLimit(snapshotBytes: number): number {
  return Math.max(fewestMoments, Math.floor(budgetBytes / snapshotBytes))
}

/**
 * The steps of the first epoch that are kept: 1, 2, 4, 8 and so on, before its end. Where a third of the limit does not
 * hold them, every second, third … of the powers.
 */
export function keptSteps(stepsPerEpoch: number, limit: number): readonly number[] {
  const powers: number[] = []
  for (let step = 1; step < stepsPerEpoch; step *= 2) powers.push(step)
  const stride = Math.max(1, Math.ceil(powers.length / Math.floor(limit * shareOfSteps)))
  return powers.filter((_, index) => index % stride === 0)
}

interface KeptEpochs {
  /** The last epoch so far. */
  readonly last: number
  readonly best: number | null
  /** How many may be kept. */
  readonly limit: number
}

/**
 * Which epochs up to the last are kept: it, the best, and all whose number is a multiple of a power of two that grows
 * with the run, 0 among them. What is kept of a longer run was kept of every shorter one, so that a run that goes on from
 * an earlier state ends with the same moments as one that was never interrupted.
 */
export function isKept(epoch: number, { last, best, limit }: KeptEpochs): boolean {
  if (epoch === last || epoch === best) return true
  let stride = 1
  let kept = last + 1
  while (kept > limit && stride <= last) {
    stride *= 2
    // The last and the best come on top.
    kept = Math.floor(last / stride) + 3
  }
  return epoch % stride === 0
}
