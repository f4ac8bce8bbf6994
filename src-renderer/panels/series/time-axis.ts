/** Rows of a series and the moments at which they were taken: milliseconds as if the file's clock were UTC; null without dates. */
export interface Clock {
  /** Ascending. */
  readonly rows: ArrayLike<number>
  readonly times: ArrayLike<number> | null
}

export interface Tick {
  readonly row: number
  readonly label: string
}

/** Of the usual distance between two marks. */
const LEAST_SHARE = 0.6

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * day),
]

/** When a row was taken, on the line between the rows that are known; null without dates. */
export function timeOfRow({ rows, times }: Clock, row: number): number | null {
  return times === null || rows.length === 0 ? null : between(rows, times, row)
}

/** The row of a moment, not rounded. Within a gap in time it lies between the two rows around it. */
export function rowOfTime({ rows, times }: Clock, time: number): number | null {
  return times === null || rows.length === 0 ? null : between(times, rows, time)
}

/** Linear between the neighbours of `at` among ascending keys, and on with the last slope outside of them. */
function between(keys: ArrayLike<number>, values: ArrayLike<number>, at: number): number {
  let [low, high] = [0, keys.length - 1]
  if (high === 0) return values[0] as number
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((keys[middle] as number) <= at) low = middle
    else high = middle
  }
  const [left, right] = [keys[low] as number, keys[high] as number]
  const [from, to] = [values[low] as number, values[high] as number]
  return right === left ? from : from + ((at - left) / (right - left)) * (to - from)
}

/** Marks at round moments, or at round rows where there are no dates; at most `most` of them between two rows. */
export function ticksOf(clock: Clock, from: number, to: number, most: number, language: string): readonly Tick[] {
  const [first, end] = [timeOfRow(clock, from), timeOfRow(clock, to)]
  if (first === null || end === null || !(end > first)) return roundRows(from, to, most)
  const wanted = (end - first) / Math.max(1, most)
  const step = steps.find((one) => one >= wanted) ?? Math.ceil(wanted / (364 * day)) * 364 * day
  const dayFormat = new Intl.DateTimeFormat(language, {
    timeZone: 'UTC',
    month: 'short',
    day: 'numeric',
    ...(end - first > 300 * day && { year: '2-digit' }),
  })
  const ticks: Tick[] = []
  for (let time = Math.ceil(first / step) * step; time <= end; time += step) {
    const row = rowOfTime(clock, time)
    // Around a gap moments that are far apart stand side by side.
    const last = ticks.at(-1)
    if (row === null || row < from || row > to || (last && row - last.row < ((to - from) / most) * LEAST_SHARE))
      continue
    const label = time % day === 0 ? dayFormat.format(time) : new Date(time).toISOString().slice(11, 16)
    ticks.push({ row, label })
  }
  return ticks
}

function roundRows(from: number, to: number, most: number): readonly Tick[] {
  return roundTicks(from, to, most, 1)
}

/** Marks at multiples of 1, 2 or 5 times a power of ten, `least` apart or more. */
export function roundTicks(from: number, to: number, most: number, least = 0): readonly Tick[] {
  const wanted = Math.max(least, (to - from) / Math.max(1, most))
  if (!(wanted > 0)) return []
  const size = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 5, 10].map((times) => times * size).find((one) => one >= wanted * (1 - 1e-9)) ?? 10 * size
  const ticks: Tick[] = []
  for (let count = Math.ceil(from / step - 1e-9); count * step <= to + step * 1e-9; count++)
    ticks.push({ row: count * step, label: String(Number((count * step).toPrecision(6))) })
  return ticks
}

/** "2 Apr 2017, 00:05" in the file's own clock. */
export function momentText(time: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'short' }).format(time)
}
