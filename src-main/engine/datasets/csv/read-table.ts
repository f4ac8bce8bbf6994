import Papa from 'papaparse'
import type { SeriesOptions } from '../../../common/data/reading.ts'
import { InvalidData } from '../invalid-data.ts'
import { findDatePattern } from './dates.ts'
import { findDecimal, isMissing, parseNumber } from './numbers.ts'
import { decodeText, findEncoding } from './text-encoding.ts'

export const largestTextBytes = 256_000_000
const mostCells = 20_000_000
const sampleRows = 200

export type TextFormat = Pick<SeriesOptions, 'encoding' | 'delimiter' | 'header' | 'decimal'>

/** A text file of rows, all of the same length, and how it was read. */
export interface TextTable {
  readonly format: TextFormat
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Rows that had fewer or more cells than the others, and were filled up or cut. */
  readonly uneven: number
}

const delimiters: readonly TextFormat['delimiter'][] = ['\t', ';', '|', ',', ' ']

/** A CSV or TSV; what is not given of its format is found out. Throws InvalidData where the bytes are no such table. */
export function readTable(
  bytes: Uint8Array,
  given: { readonly [K in keyof TextFormat]?: TextFormat[K] | undefined },
): TextTable {
  if (bytes.length === 0)
    throw new InvalidData({
      en: 'A table was expected. The file is empty.',
      ko: '표가 있어야 합니다. 파일이 비어 있습니다.',
    })
  const encoding = given.encoding ?? findEncoding(bytes)
  const text = decodeText(bytes, encoding)
  if (text.slice(0, 4_096).includes('\u0000'))
    throw new InvalidData({
      en: 'A text file was expected. This one is binary.',
      ko: '텍스트 파일이어야 합니다. 이 파일은 이진 파일입니다.',
    })
  const delimiter = given.delimiter ?? findDelimiter(text)
  const all = parseRows(text, delimiter)
  const [first] = all
  if (first === undefined)
    throw new InvalidData({
      en: 'A table was expected. The file holds no rows.',
      ko: '표가 있어야 합니다. 파일에 행이 없습니다.',
    })
  if (all.length < 2)
    throw new InvalidData({
      en: 'A table of at least two rows was expected. The file holds one.',
      ko: '표에는 두 행 이상이 있어야 합니다. 파일에 한 행만 있습니다.',
    })
  const decimal = given.decimal ?? findDecimal(sampleCells(all))
  const header = given.header ?? hasHeader(all, decimal)
  const width = first.length
  const names = uniqueNames(header ? first : first.map(() => ''))
  let uneven = 0
  const rows = (header ? all.slice(1) : all).map((row) => {
    if (row.length === width) return row
    uneven++
    return Array.from({ length: width }, (_, index) => row[index] ?? '')
  })
  if (rows.length === 0)
    throw new InvalidData({
      en: 'A table was expected. The file holds a header and no rows.',
      ko: '표가 있어야 합니다. 파일에 열 이름만 있고 행이 없습니다.',
    })
  if (rows.length > 10 && uneven > rows.length / 2)
    throw new InvalidData({
      en: `Rows of ${width} cells were expected, as in the first one. ${uneven} of ${rows.length} have another length.`,
      ko: `첫 행처럼 모든 행에 칸이 ${width}개 있어야 합니다. ${rows.length}행 가운데 ${uneven}행의 칸 수가 다릅니다.`,
    })
  return { format: { encoding, delimiter, header, decimal }, names, rows, uneven }
}

function parseRows(text: string, delimiter: string): string[][] {
  let cells = 0
  const rows: string[][] = []
  let fault: InvalidData | null = null
  Papa.parse<string[]>(text, {
    delimiter,
    skipEmptyLines: 'greedy',
    step: ({ data, errors }, parser) => {
      cells += data.length
      const quote = errors.find(({ code }) => code === 'MissingQuotes')
      if (quote !== undefined)
        fault = new InvalidData({
          en: `A quotation mark that opens in row ${rows.length + 1} is never closed. Close it in the file.`,
          ko: `${rows.length + 1}행에서 시작한 따옴표가 닫히지 않았습니다. 파일에서 따옴표를 닫으세요.`,
        })
      else if (cells > mostCells)
        fault = new InvalidData({
          en: `At most ${mostCells / 1e6} million cells were expected. The file holds more.`,
          ko: `칸은 ${mostCells / 1e6}백만 개까지 읽습니다. 파일에 칸이 더 많습니다.`,
        })
      if (fault !== null) parser.abort()
      else rows.push(delimiter === ' ' ? data.filter((cell) => cell !== '') : data)
    },
  })
  if (fault !== null) throw fault as InvalidData
  return rows
}

/** The one that parts all of the first lines into the same number of cells; commas are often decimals, so others go first. */
function findDelimiter(text: string): TextFormat['delimiter'] {
  const head = text.slice(0, 64 * 1024)
  const lines = (text.length > head.length ? head.slice(0, head.lastIndexOf('\n')) : head)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 30)
  const countOf = (line: string, delimiter: string) => {
    const bare = line.replace(/"(?:[^"]|"")*"/g, '')
    return delimiter === ' ' ? bare.trim().split(/ +/).length - 1 : bare.split(delimiter).length - 1
  }
  const even = delimiters.find((delimiter) => {
    const [count = 0, ...others] = lines.map((line) => countOf(line, delimiter))
    return count > 0 && others.every((other) => other === count)
  })
  if (even !== undefined) return even
  const total = (delimiter: string) => lines.reduce((sum, line) => sum + countOf(line, delimiter), 0)
  const frequent = delimiters
    .filter((delimiter) => delimiter !== ' ')
    .sort((one, other) => total(other) - total(one))[0]
  return frequent !== undefined && total(frequent) > 0 ? frequent : ','
}

function* sampleCells(rows: readonly (readonly string[])[]): Generator<string> {
  for (const row of rows.slice(0, sampleRows)) yield* row
}

/** A first row of words over values: each cell differs in kind from those below, or is found nowhere below. */
function hasHeader(rows: readonly (readonly string[])[], decimal: TextFormat['decimal']): boolean {
  const [first, ...others] = rows.slice(0, sampleRows)
  if (first === undefined || others.length === 0) return false
  const isNumber = (cell: string) => !Number.isNaN(parseNumber(cell, decimal))
  if (first.some((cell) => isNumber(cell) && cell.trim() !== '')) return false
  if (first.every((cell) => isMissing(cell))) return false
  const column = (index: number) => others.map((row) => row[index] ?? '').filter((cell) => !isMissing(cell))
  const telling = first.some((_, index) => {
    const below = column(index)
    return below.length > 0 && below.every(isNumber)
  })
  if (telling) return true
  if (first.some((cell, index) => findDatePattern([cell]) === null && findDatePattern(column(index)) !== null))
    return true
  const isDistinct = new Set(first).size === first.length
  return isDistinct && first.every((cell, index) => !column(index).includes(cell))
}

function uniqueNames(given: readonly string[]): string[] {
  const names: string[] = []
  given.forEach((raw, index) => {
    const name = raw.trim() === '' ? `column ${index + 1}` : raw.trim()
    let free = name
    for (let count = 2; names.includes(free); count++) free = `${name} (${count})`
    names.push(free)
  })
  return names
}
