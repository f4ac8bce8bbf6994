import type { Activation } from '../shared-params.ts'

// Klambauer et al., "Self-Normalizing Neural Networks" (2017).
const seluAlpha = 1.6732632423543772
const seluScale = 1.0507009873554805

/** An activation of one number, as Keras defines it. `scores` are all numbers of the last axis: softmax alone needs them. */
export function activate(name: Activation, x: number, scores: readonly number[] | null = null): number {
  switch (name) {
    case 'linear':
      return x
    case 'relu':
      return Math.max(0, x)
    case 'relu6':
      return Math.min(6, Math.max(0, x))
    case 'elu':
      return x > 0 ? x : Math.expm1(x)
    case 'selu':
      return seluScale * (x > 0 ? x : seluAlpha * Math.expm1(x))
    case 'tanh':
      return Math.tanh(x)
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x))
    case 'hardSigmoid':
      return Math.min(1, Math.max(0, 0.2 * x + 0.5))
    case 'softplus':
      return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))
    case 'softsign':
      return x / (1 + Math.abs(x))
    case 'swish':
      return x / (1 + Math.exp(-x))
    case 'softmax': {
      const all = scores ?? [x]
      const highest = all.reduce((most, score) => Math.max(most, score), -Infinity)
      return Math.exp(x - highest) / all.reduce((sum, score) => sum + Math.exp(score - highest), 0)
    }
  }
}
