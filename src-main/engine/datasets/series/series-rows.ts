import type { SeriesOptions } from '../../../common/data/reading.ts'
import type { SeriesRows } from '../cache/writer.ts'
import { columnOf } from '../csv/open-table.ts'
import type { Column } from '../csv/columns.ts'
import { InvalidData } from '../invalid-data.ts'

export interface OrderedRows {
  readonly rows: SeriesRows
  /** Values that were missing and filled in, in the columns that windows hold or foretell. */
  readonly filled: number
  /** Rows without a date, which are left out. */
  readonly undated: number
  readonly wasSorted: boolean
}

/** The columns of numbers in the order of time, without gaps. Throws InvalidData where a column holds none. */
export function orderRows(
  columns: readonly Column[],
  { time, missing, columns: wanted, target }: Pick<SeriesOptions, 'time' | 'missing' | 'columns' | 'target'>,
): OrderedRows {
  const numbers = columns.filter(({ summary }) => summary.kind === 'number')
  for (const name of [...wanted, target]) {
    const { summary } = columnOf(columns, name)
    if (summary.kind !== 'number')
      throw new InvalidData({
        en: `A column of numbers was expected. "${name}" holds ${summary.kind === 'text' ? 'words' : summary.kind === 'empty' ? 'nothing' : 'dates'}.`,
        ko: `숫자 열이어야 합니다. "${name}" 열에 있는 것: ${summary.kind === 'text' ? '글' : summary.kind === 'empty' ? '없음' : '날짜'}.`,
      })
  }
  const count = columns[0]?.cells.length ?? 0
  const moments = time === null ? null : dates(columnOf(columns, time))
  const order = Array.from({ length: count }, (_, row) => row).filter(
    (row) => moments === null || !Number.isNaN(moments[row]),
  )
  if (order.length === 0)
    throw new InvalidData({
      en: `Dates were expected in the column "${time}". None can be read.`,
      ko: `"${time}" 열에 날짜가 있어야 하지만 읽을 수 있는 날짜가 하나도 없습니다.`,
    })
  const momentOf = (row: number) => moments?.[row] ?? row
  const wasSorted = order.every((row, place) => place === 0 || momentOf(row) >= momentOf(order[place - 1] as number))
  if (!wasSorted) order.sort((one, other) => momentOf(one) - momentOf(other) || one - other)
  const width = numbers.length
  const values = new Float64Array(order.length * width)
  let filled = 0
  const used = new Set([...wanted, target])
  for (const [index, { summary, values: cells }] of numbers.entries()) {
    const series = Float64Array.from(order, (row) => cells[row] as number)
    const gaps = fillGaps(series, missing)
    if (used.has(summary.name)) filled += gaps
    for (const [row, value] of series.entries()) values[row * width + index] = value
  }
  return {
    rows: {
      names: numbers.map(({ summary }) => summary.name),
      values,
      times: moments === null ? null : Float64Array.from(order, (row) => moments[row] as number),
    },
    filled,
    undated: count - order.length,
    wasSorted,
  }
}

function dates({ summary, values }: Column): Float64Array {
  if (summary.kind !== 'date')
    throw new InvalidData({
      en: `A column of dates was expected. "${summary.name}" holds ${summary.kind === 'number' ? 'numbers' : 'words'}.`,
      ko: `날짜 열이어야 합니다. "${summary.name}" 열에 있는 것: ${summary.kind === 'number' ? '숫자' : '글'}.`,
    })
  return values
}

/** Fills what is NaN: on the line between its neighbours, or with the one before; what has one neighbour only gets that. */
export function fillGaps(series: Float64Array, way: SeriesOptions['missing']): number {
  let filled = 0
  let last = -1
  for (let row = 0; row <= series.length; row++) {
    if (row < series.length && Number.isNaN(series[row])) continue
    const next = row < series.length ? (series[row] as number) : null
    const before = last >= 0 ? (series[last] as number) : null
    for (let gap = last + 1; gap < row; gap++) {
      filled++
      const share = (gap - last) / (row - last)
      if (before === null) series[gap] = next ?? 0
      else if (next === null || way === 'previous') series[gap] = before
      else series[gap] = before + (next - before) * share
    }
    last = row
  }
  return filled
}
