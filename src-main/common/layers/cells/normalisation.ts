import type { CellRule, Place, Values } from './cell.ts'
import { formulaOf, groupOf, requiredWeight, throughLastAxis, valueAt } from './cell.ts'

/** γ·(x − mean)/√(variance + ε) + β with the moving statistics of x's channel, as at inference. */
export function batchNormalisationCell(epsilon: number): CellRule {
  return {
    reach: (box) => [box],
    explain: (context) => {
      const input = context.inputs[0] as Values
      const channel = [context.at.at(-1) ?? 0]
      const read = (name: string) => valueAt(requiredWeight(context, name), channel)
      return normalised([context.at], input, context.at, {
        mean: read('movingMean'),
        variance: read('movingVariance'),
        gamma: read('gamma'),
        beta: read('beta'),
        epsilon,
      })
    },
  }
}

/** The same with mean and variance of the values along the last axis. */
export function layerNormalisationCell(epsilon: number): CellRule {
  return {
    reach: (box, [input = []]) => [throughLastAxis(box, input)],
    explain: (context) => {
      const input = context.inputs[0] as Values
      const length = input.shape.at(-1) ?? 1
      const places = Array.from({ length }, (_, index): Place => [...context.at.slice(0, -1), index])
      const values = places.map((place) => valueAt(input, place))
      const mean = values.reduce((sum, value) => sum + value, 0) / length
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length
      const channel = [context.at.at(-1) ?? 0]
      return normalised(places, input, context.at, {
        mean,
        variance,
        gamma: valueAt(requiredWeight(context, 'gamma'), channel),
        beta: valueAt(requiredWeight(context, 'beta'), channel),
        epsilon,
      })
    },
  }
}

function normalised(
  places: readonly Place[],
  input: Values,
  own: Place,
  numbers: NonNullable<ReturnType<CellRule['explain']>['normalisation']>,
): ReturnType<CellRule['explain']> {
  const { mean, variance, gamma, beta, epsilon } = numbers
  const terms = places.map((at) => {
    const value = valueAt(input, at)
    return { input: 0, at, value, weight: null, product: value }
  })
  return formulaOf({
    operation: 'normalisation',
    groups: [groupOf(terms, own.at(-1) ?? null)],
    normalisation: numbers,
    beforeActivation: (gamma * (valueAt(input, own) - mean)) / Math.sqrt(variance + epsilon) + beta,
  })
}
