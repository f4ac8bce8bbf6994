import type { SeriesPage } from '../../../common/data/columns.ts'
import type { SeriesRows } from '../cache/writer.ts'
import { InvalidData } from '../invalid-data.ts'
import { stepSecondsOf } from './windows.ts'

const gapsTold = 100

interface PageOptions {
  readonly columns: readonly string[]
  readonly from: number
  readonly to: number
  readonly points: number
  readonly testFrom: number
}

/** Rows `from` to `to` (excluded) in at most `points` points: least and greatest value of the rows of each. */
export function pageOf(rows: SeriesRows, { columns, from, to, points, testFrom }: PageOptions): SeriesPage {
  const width = rows.names.length
  const length = rows.values.length / width
  const last = Math.min(to, length)
  const first = Math.min(from, last)
  const rowsPerPoint = Math.max(1, Math.ceil((last - first) / points))
  const count = Math.ceil((last - first) / rowsPerPoint)
  const { times } = rows
  return {
    rows: length,
    from: first,
    to: last,
    rowsPerPoint,
    times:
      times === null
        ? null
        : Float64Array.from({ length: count }, (_, point) => times[first + point * rowsPerPoint] ?? NaN),
    columns: columns.map((name) => {
      const column = rows.names.indexOf(name)
      if (column === -1)
        throw new InvalidData(
          {
            en: `A column of ${rows.names.join(', ')} was expected. Received: ${name}`,
            ko: `${rows.names.join(', ')} 가운데 한 열이어야 합니다. 받은 값: ${name}`,
          },
          'not-found',
        )
      const least = new Float32Array(count).fill(Infinity)
      const greatest = new Float32Array(count).fill(-Infinity)
      for (let row = first; row < last; row++) {
        const point = Math.floor((row - first) / rowsPerPoint)
        const value = rows.values[row * width + column] as number
        if (value < (least[point] as number)) least[point] = value
        if (value > (greatest[point] as number)) greatest[point] = value
      }
      return { name, least, greatest }
    }),
    testFrom,
    ...findGaps(times, first, last),
  }
}

/** Where more than one and a half of the usual steps lie between a row and the one before it. */
export function findGaps(times: Float64Array | null, from: number, to: number): Pick<SeriesPage, 'gaps' | 'gapCount'> {
  const step = stepSecondsOf(times)
  const gaps: SeriesPage['gaps'][number][] = []
  let gapCount = 0
  if (times === null || step === null) return { gaps, gapCount }
  for (let row = Math.max(1, from); row < to; row++) {
    const after = times[row - 1] as number
    const seconds = ((times[row] as number) - after) / 1000
    if (seconds <= step * 1.5) continue
    gapCount++
    if (gaps.length < gapsTold) gaps.push({ row, after, seconds })
  }
  return { gaps, gapCount }
}
