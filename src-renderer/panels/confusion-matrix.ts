/** A confusion matrix as rows of true classes, with what is read off it. */
export interface ConfusionMatrix {
  readonly rows: readonly (readonly number[])[]
  readonly rowTotals: readonly number[]
  readonly total: number
  /** Fraction on the diagonal; null where nothing was counted. */
  readonly accuracy: number | null
}

/** `counts` is row-major, `classes` by `classes`, rows true and columns predicted. */
export function confusionMatrix(classes: number, counts: readonly number[]): ConfusionMatrix {
  const rows = Array.from({ length: classes }, (_, row) =>
    Array.from({ length: classes }, (_, column) => counts[row * classes + column] ?? 0),
  )
  const rowTotals = rows.map((row) => row.reduce((sum, count) => sum + count, 0))
  const total = rowTotals.reduce((sum, count) => sum + count, 0)
  const right = rows.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  return { rows, rowTotals, total, accuracy: total > 0 ? right / total : null }
}

/** The share of a cell in its row, 0 for an empty row. */
export function rowShare(matrix: ConfusionMatrix, row: number, column: number): number {
  const total = matrix.rowTotals[row] ?? 0
  return total > 0 ? (matrix.rows[row]?.[column] ?? 0) / total : 0
}
