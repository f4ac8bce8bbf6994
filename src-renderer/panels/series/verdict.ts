import type { Forecast } from '../../../src-main/common/data/forecast.ts'

export interface Verdict {
  readonly isBetter: boolean
  /** The best of the forecasts that need no model. */
  readonly naive: 'last' | 'season'
  /** How far the model's mse is below that one's, or above: |model − naive| / naive. */
  readonly share: number
}

/** A model against the best of what needs none. */
export function verdictOf({ errors, naive }: Pick<Forecast, 'errors' | 'naive'>): Verdict {
  const isSeason = naive.season !== null && naive.season.errors.mse < naive.last.mse
  const best = isSeason ? (naive.season?.errors.mse ?? naive.last.mse) : naive.last.mse
  const share = best > 0 ? Math.abs(errors.mse - best) / best : errors.mse > 0 ? Infinity : 0
  return { isBetter: errors.mse < best, naive: isSeason ? 'season' : 'last', share }
}
