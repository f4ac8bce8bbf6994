import { heldOfClass } from '../../common/data/split.ts'
import { shuffledIndices } from '../random.ts'

export interface HeldBack {
  /** Positions, ascending. */
  readonly kept: Int32Array
  readonly held: Int32Array
}

/**
 * Holds a share of samples back at random, the same share of every class (rounded; a class of one stays whole).
 * The same labels, share and seed give the same samples.
 */
export function holdBack(labels: ArrayLike<number>, share: number, seed: number): HeldBack {
  const quota = new Map<number, number>()
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] as number
    quota.set(label, (quota.get(label) ?? 0) + 1)
  }
  for (const [label, count] of quota) quota.set(label, heldOfClass(count, share))
  const held: number[] = []
  const kept: number[] = []
  for (const position of shuffledIndices(labels.length, seed)) {
    const left = quota.get(labels[position] as number) ?? 0
    if (left > 0) {
      quota.set(labels[position] as number, left - 1)
      held.push(position)
    } else kept.push(position)
  }
  return { kept: Int32Array.from(kept).sort(), held: Int32Array.from(held).sort() }
}
