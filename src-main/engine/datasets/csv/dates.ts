interface DatePattern {
  readonly match: RegExp
  /** Which group holds the year, the month and the day. */
  readonly order: readonly [year: number, month: number, day: number]
}

const time = String.raw`(?:[T\s]+(?:(오전|오후|AM|PM)\s*)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(AM|PM)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?`
const pattern = (date: string, order: DatePattern['order']): DatePattern => ({
  match: new RegExp(`^${date}${time}$`, 'i'),
  order,
})

/** Most telling first. The two with the year at the end differ in what stands first: a column decides for one of them. */
export const datePatterns: readonly DatePattern[] = [
  pattern(String.raw`(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?`, [1, 2, 3]),
  pattern(String.raw`(\d{4})\.\s(\d{1,2})\.\s(\d{1,2})\.?`, [1, 2, 3]),
  pattern(String.raw`(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일`, [1, 2, 3]),
  pattern(String.raw`(\d{1,2})[/](\d{1,2})[/](\d{4})`, [3, 1, 2]),
  pattern(String.raw`(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})`, [3, 2, 1]),
  {
    match:
      /^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])()(?:[\sT]?([01]\d|2[0-4]):?([0-5]\d)(?::?([0-5]\d))?)?()$/,
    order: [1, 2, 3],
  },
]

/** Milliseconds since 1970 as if the clock were UTC's; NaN where the cell is no date of this pattern. */
export function parseDate(cell: string, { match, order }: DatePattern): number {
  const found = match.exec(cell.trim())
  if (found === null) return Number.NaN
  const [year, month, day] = order.map((group) => Number(found[group])) as [number, number, number]
  const half = (found[4] ?? found[8] ?? '').toUpperCase()
  let hour = Number(found[5] ?? 0)
  if (half === '오후' || half === 'PM') hour = (hour % 12) + 12
  else if (half === '오전' || half === 'AM') hour %= 12
  const minute = Number(found[6] ?? 0)
  const second = Number(found[7] ?? 0)
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 59) return Number.NaN
  const moment = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // 31 February would roll over into March.
  return hour < 24 && moment.getUTCDate() !== day ? Number.NaN : moment.getTime()
}

/** The pattern that nearly all of the cells have; null where none does. */
export function findDatePattern(cells: readonly string[]): DatePattern | null {
  const wanted = cells.filter((cell) => cell.trim() !== '')
  if (wanted.length === 0) return null
  return (
    datePatterns.find((candidate) => {
      const fitting = wanted.filter((cell) => !Number.isNaN(parseDate(cell, candidate))).length
      return fitting >= wanted.length * 0.95
    }) ?? null
  )
}
