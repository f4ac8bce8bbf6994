import type { SeriesOptions } from './reading.ts'

/** How many windows there are and which rows the training part sees. */
export interface WindowLayout {
  readonly count: number
  readonly trainCount: number
  /** One past the last row that a training window looks at or foretells. */
  readonly trainRows: number
}

/**
 * Windows begin at 0, stride, … below rows − lookBack − horizon, as the courses' loop has it
 * (`range(len − look_back − 1)`): 8,064 rows and a look-back of 288 give 7,775. The first share of them trains.
 */
export function layOutWindows(
  rows: number,
  { lookBack, horizon, stride, testShare }: Pick<SeriesOptions, 'lookBack' | 'horizon' | 'stride' | 'testShare'>,
): WindowLayout {
  const count = Math.max(0, Math.ceil((rows - lookBack - horizon) / stride))
  const trainCount = Math.floor(count * (1 - testShare) + 1e-9)
  return { count, trainCount, trainRows: trainCount === 0 ? 0 : (trainCount - 1) * stride + lookBack + horizon }
}
