/** A line of a plot: one value a place on the x axis, null where there is none. */
export interface PlotLine {
  /** A colour variable of the theme, such as "--series-1". */
  readonly colour: string
  readonly values: ArrayLike<number | null> & Iterable<number | null>
  /** Where each place stands for several rows: their least values, while `values` has the greatest. */
  readonly lowest?: ArrayLike<number | null> & Iterable<number | null>
  readonly look?: 'line' | 'dashed' | 'points'
  /** Of the area down to `lowest`, 0…1; all of the colour where it is left out. */
  readonly strength?: number
  /** Named beside its last value. */
  readonly label?: string
  /** Drawn on across places without a value. */
  readonly connected?: boolean
  /** In the legend of a saved picture, and over its numbers. */
  readonly name?: string
  /** A value without a neighbour, which makes no line, is a dot. */
  readonly loneDots?: boolean
}

/** Places whose value has none beside it. */
export function loneValues(values: ArrayLike<number | null | undefined>): number[] {
  return Array.from({ length: values.length }, (_, place) => place).filter(
    (place) => values[place] != null && values[place - 1] == null && values[place + 1] == null,
  )
}

/** A stretch of rows behind the lines, named above them; one without a name is framed instead. */
export interface PlotSpan {
  readonly from: number
  readonly to: number
  readonly colour: string
  readonly label: string | null
  /** Opacity, 0…1. */
  readonly strength: number
}

/** A dot at a value, or a dashed line across where the value is null. */
export interface PlotMark {
  readonly row: number
  readonly value: number | null
  readonly colour: string
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** What is in view after a zoom around a place; null is everything. Never fewer than `least` rows, never beyond the whole. */
export function zoomedBy(range: Range, whole: Range, centre: number, times: number, least: number): Range | null {
  const length = Math.max(least, (range.to - range.from) * times)
  if (length >= whole.to - whole.from) return null
  const share = (centre - range.from) / Math.max(1e-9, range.to - range.from)
  const from = Math.max(whole.from, Math.min(whole.to - length, centre - share * length))
  return { from: Math.round(from), to: Math.round(from + length) }
}

/** A value in the unit of a file: six figures at most. */
export function formatValue(value: number): string {
  return String(Number(value.toPrecision(6)))
}
