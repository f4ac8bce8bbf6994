/** Mixes any parts into one 32-bit seed: every random choice is derived from (run seed, purpose, …), never drawn in order. */
export function deriveSeed(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    const text = `${part}\u0000`
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    }
  }
  return mix(hash)
}

function mix(value: number): number {
  let mixed = value >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

export interface RandomSource {
  /** From 0 up to but not including 1, with 32 bits. */
  readonly uniform: () => number
  readonly between: (low: number, high: number) => number
  /** Standard normal (Box–Muller). */
  readonly normal: () => number
  /** A whole number from 0 up to but not including `count`. */
  readonly below: (count: number) => number
}

/** A small fast generator (a Weyl sequence through a mixing function), the same on every machine. */
export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0
  let spare: number | null = null
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0
    return mix(state) / 4_294_967_296
  }
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => {
      if (spare !== null) {
        const value = spare
        spare = null
        return value
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
    below: (count) => Math.floor(uniform() * count),
  }
}

/** 0 … count − 1 in a random order (Fisher–Yates). */
export function shuffledIndices(count: number, seed: number): Int32Array {
  const random = randomSource(seed)
  const order = Int32Array.from({ length: count }, (_, index) => index)
  for (let index = count - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const held = order[index] as number
    order[index] = order[other] as number
    order[other] = held
  }
  return order
}
