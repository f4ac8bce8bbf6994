export type Decimal = '.' | ','

const missingWords = new Set(['', '-', '--', '?', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '결측', '없음'])

/** Whether a cell stands for "no value". */
export function isMissing(cell: string): boolean {
  return missingWords.has(cell.trim().toLowerCase())
}

const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const grouped = { '.': /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/, ',': /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/ } as const
const infinite = /^[+-]?(inf|infinity|∞)$/i

/** The number in a cell, with or without thousands marked off; NaN where there is none, ±Infinity where it says so. */
export function parseNumber(cell: string, decimal: Decimal): number {
  let text = cell.replace(/[\s\u00a0\u202f]/g, '').replace('−', '-')
  if (text.endsWith('%')) text = text.slice(0, -1)
  if (infinite.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (grouped[decimal].test(text)) text = text.replace(decimal === '.' ? /,/g : /\./g, '')
  if (decimal === ',') text = text.replace(',', '.')
  return plain.test(text) ? Number(text) : Number.NaN
}

/** A comma where more cells can only be read with it than with a point. */
export function findDecimal(cells: Iterable<string>): Decimal {
  let commas = 0
  let points = 0
  for (const cell of cells) {
    const text = cell.trim()
    if (/^[+-]?\d*,\d+$/.test(text) && !/^[+-]?\d{1,3},\d{3}$/.test(text)) commas++
    else if (/^[+-]?\d*\.\d+$/.test(text)) points++
  }
  return commas > points ? ',' : '.'
}
