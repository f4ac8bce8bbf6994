/** What one column of a CSV holds. Numbers are in the unit of the file; null where there are none. */
export interface ColumnSummary {
  readonly name: string
  readonly kind: 'number' | 'date' | 'text' | 'empty'
  readonly count: number
  readonly missing: number
  readonly least: number | null
  readonly greatest: number | null
  readonly mean: number | null
  /** Of the population (divided by the count). */
  readonly deviation: number | null
  /** Counts in bins of equal width from `least` to `greatest`; empty for other kinds. */
  readonly histogram: readonly number[]
  /** Different values, counted up to `distinctLimit`. */
  readonly distinct: number
  /** The most frequent values of a column of words, most frequent first. */
  readonly words: readonly { readonly word: string; readonly count: number }[]
}

export const distinctLimit = 1_000

/** A stretch of a series, thinned out for drawing: each point stands for `rowsPerPoint` rows. */
export interface SeriesPage {
  readonly rows: number
  readonly from: number
  readonly to: number
  readonly rowsPerPoint: number
  /** Milliseconds since 1970 (as if the file's clock were UTC) of the rows from which points begin; null without dates. */
  readonly times: Float64Array | null
  readonly columns: readonly { readonly name: string; readonly least: Float32Array; readonly greatest: Float32Array }[]
  /** The first row that only test windows look at or foretell. */
  readonly testFrom: number
  /** The first of `gapCount` places where more than a step of time lies before a row; `after` is when the row before it was. */
  readonly gaps: readonly { readonly row: number; readonly after: number; readonly seconds: number }[]
  readonly gapCount: number
}
