import type { ColumnSummary } from '../../../common/data/columns.ts'
import { distinctLimit } from '../../../common/data/columns.ts'
import { findDatePattern, parseDate } from './dates.ts'
import { isMissing, parseNumber } from './numbers.ts'
import type { TextTable } from './read-table.ts'

const bins = 20
const sampleSize = 500
const wordsTold = 100
/** A column is one of numbers when at least this share of its cells are. */
const shareOfNumbers = 0.9

/** A column's cells with what they mean. */
export interface Column {
  readonly summary: ColumnSummary
  readonly cells: readonly string[]
  /** Numbers, or moments of a column of dates; NaN where the cell holds none. */
  readonly values: Float64Array
}

/** Every column of a table, with its kind and its statistics. */
export function readColumns({ names, rows, format }: TextTable): readonly Column[] {
  return names.map((name, index) =>
    readColumn(
      name,
      rows.map((row) => row[index] as string),
      format.decimal,
    ),
  )
}

function readColumn(name: string, cells: readonly string[], decimal: TextTable['format']['decimal']): Column {
  const step = Math.max(1, Math.floor(cells.length / sampleSize))
  const sample = cells.filter((cell, index) => index % step === 0 && !isMissing(cell))
  const pattern = findDatePattern(sample)
  const values = new Float64Array(cells.length).fill(Number.NaN)
  let present = 0
  let readable = 0
  cells.forEach((cell, index) => {
    if (isMissing(cell)) return
    present++
    const value = pattern === null ? parseNumber(cell, decimal) : parseDate(cell, pattern)
    // Infinity is a number that nothing can be learnt from: it counts as missing.
    if (!Number.isNaN(value)) readable++
    if (Number.isFinite(value)) values[index] = value
  })
  const kind =
    present === 0 ? 'empty' : readable < present * shareOfNumbers ? 'text' : pattern === null ? 'number' : 'date'
  const statistics = kind === 'text' || kind === 'empty' ? noStatistics : describe(values)
  const missing =
    kind === 'text' ? cells.length - present : values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0)
  return {
    summary: { name, kind, count: cells.length, missing, ...statistics, ...countWords(cells, kind) },
    cells,
    values,
  }
}

type Statistics = Pick<ColumnSummary, 'least' | 'greatest' | 'mean' | 'deviation' | 'histogram'>
const noStatistics: Statistics = { least: null, greatest: null, mean: null, deviation: null, histogram: [] }

function describe(values: Float64Array): Statistics {
  let [least, greatest, sum, count] = [Infinity, -Infinity, 0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    if (value < least) least = value
    if (value > greatest) greatest = value
    sum += value
    count++
  }
  if (count === 0) return noStatistics
  const mean = sum / count
  const histogram = new Array<number>(bins).fill(0)
  let squares = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    squares += (value - mean) ** 2
    const bin = greatest > least ? Math.min(bins - 1, Math.floor(((value - least) / (greatest - least)) * bins)) : 0
    histogram[bin] = (histogram[bin] ?? 0) + 1
  }
  return { least, greatest, mean, deviation: Math.sqrt(squares / count), histogram }
}

function countWords(cells: readonly string[], kind: ColumnSummary['kind']): Pick<ColumnSummary, 'distinct' | 'words'> {
  const counts = new Map<string, number>()
  for (const cell of cells) {
    const word = cell.trim()
    if (isMissing(word)) continue
    const before = counts.get(word)
    if (before !== undefined) counts.set(word, before + 1)
    else if (counts.size < distinctLimit) counts.set(word, 1)
  }
  const words =
    kind === 'text'
      ? [...counts]
          .map(([word, count]) => ({ word, count }))
          .sort((one, other) => other.count - one.count)
          .slice(0, wordsTold)
      : []
  return { distinct: counts.size, words }
}
