import { describe, expect, test } from 'vitest'
import { fillGaps } from '../series/series-rows.ts'
import { layOutWindows } from '../../../common/data/window-layout.ts'
import { fitScale } from '../series/windows.ts'
import { findDatePattern, parseDate } from './dates.ts'
import { isMissing, parseNumber } from './numbers.ts'
import { readTable } from './read-table.ts'

describe('numbers', () => {
  test.each([
    ['12', '.', 12],
    [' -1.5e3 ', '.', -1_500],
    ['1,234,567.5', '.', 1_234_567.5],
    ['1.234,5', ',', 1_234.5],
    ['3,25', ',', 3.25],
    ['7 %', '.', 7],
    ['1 234', '.', 1_234],
    ['−4', '.', -4],
    ['-inf', '.', -Infinity],
    ['3,25', '.', NaN],
    ['0x10', '.', NaN],
    ['1-2', '.', NaN],
    ['', '.', NaN],
  ] as const)('%j with a decimal %s is %s', (cell, decimal, value) => {
    expect(parseNumber(cell, decimal)).toBe(value)
  })

  test.each(['', ' ', 'NA', 'n/a', 'NaN', 'null', '-', '?', '결측'])('%j stands for no value', (cell) => {
    expect(isMissing(cell)).toBe(true)
  })
})

describe('dates', () => {
  const noon = (hour: number, minute = 0, second = 0) => Date.UTC(2017, 3, 2, hour, minute, second)
  test.each([
    ['2017-04-02 0:00', noon(0)],
    ['2017-04-02T13:05:09', noon(13, 5, 9)],
    ['2017-04-02T13:05:09.250Z', noon(13, 5, 9)],
    ['2017/4/2', noon(0)],
    ['2017. 4. 2. 오후 1:05', noon(13, 5)],
    ['2017년 4월 2일 오전 12:30', noon(0, 30)],
    ['2.4.2017 18:00', noon(18)],
    ['20170402', noon(0)],
    ['201704021805', noon(18, 5)],
    ['2017-04-02 24:00', Date.UTC(2017, 3, 3)],
  ])('%j', (cell, moment) => {
    const pattern = findDatePattern([cell])
    expect(pattern && parseDate(cell, pattern)).toBe(moment)
  })

  test('day or month first: the whole column decides', () => {
    const american = findDatePattern(['4/2/2017', '4/13/2017'])
    const european = findDatePattern(['4/2/2017', '13/2/2017'])
    expect(american && parseDate('4/2/2017', american)).toBe(Date.UTC(2017, 3, 2))
    expect(european && parseDate('4/2/2017', european)).toBe(Date.UTC(2017, 1, 4))
  })

  test.each(['2017-02-31', '2017-13-01', '12', 'hello', '2017-04-02 25:00'])('%j is no date', (cell) => {
    expect(findDatePattern([cell])).toBeNull()
  })
})

describe('tables', () => {
  const read = (text: string) => {
    const { format, names, rows } = readTable(new TextEncoder().encode(text), {})
    return { ...format, names, rows }
  }

  test('quotes hold delimiters, line ends and quotes', () => {
    expect(read('name,n\n"a, b",1\n"c ""d""\ne",2\n')).toMatchObject({
      header: true,
      rows: [
        ['a, b', '1'],
        ['c "d"\ne', '2'],
      ],
    })
  })

  test('values alone have no header; columns get numbers', () => {
    expect(read('1;2,5\n3;4,5\n')).toMatchObject({
      delimiter: ';',
      decimal: ',',
      header: false,
      names: ['column 1', 'column 2'],
    })
  })

  test('names that occur twice are told apart', () => {
    expect(read('a,a,\n1,2,3\n').names).toEqual(['a', 'a (2)', 'column 3'])
  })

  test('rows of another length are filled up or cut', () => {
    expect(read('a,b\n1,2\n3\n4,5,6\n').rows).toEqual([
      ['1', '2'],
      ['3', ''],
      ['4', '5'],
    ])
  })
})

describe('windows', () => {
  test.each([
    [8_064, 288, 1, 1, 7_775, 6_220],
    [8_064, 144, 1, 1, 7_919, 6_335],
    [100, 10, 5, 1, 85, 68],
    [100, 10, 1, 10, 9, 7],
    [11, 10, 1, 1, 0, 0],
  ])(
    '%i rows, look-back %i, horizon %i, stride %i: %i windows, %i of them to train',
    (rows, lookBack, horizon, stride, count, trainCount) => {
      const layout = layOutWindows(rows, { lookBack, horizon, stride, testShare: 0.2 })
      expect([layout.count, layout.trainCount]).toEqual([count, trainCount])
    },
  )

  test('no training window sees a row beyond those that scales are fitted on', () => {
    const { trainCount, trainRows } = layOutWindows(8_064, { lookBack: 288, horizon: 1, stride: 1, testShare: 0.2 })
    expect(trainRows).toBe(trainCount - 1 + 288 + 1)
  })

  test('scales: from the least to the greatest, or by mean and deviation; a constant keeps its differences', () => {
    expect(fitScale('x', [2, 4, 8], 'minMax')).toEqual({ column: 'x', offset: 2, range: 6 })
    expect(fitScale('x', [2, 4, 6], 'standard')).toEqual({ column: 'x', offset: 4, range: Math.sqrt(8 / 3) })
    expect(fitScale('x', [3, 3], 'minMax')).toEqual({ column: 'x', offset: 3, range: 1 })
    expect(fitScale('x', [3, 9], 'none')).toEqual({ column: 'x', offset: 0, range: 1 })
  })

  test('gaps are filled on the line between their neighbours, or with what was before', () => {
    const gaps = () => Float64Array.of(NaN, 2, NaN, NaN, 8, NaN)
    const [line, before] = [gaps(), gaps()]
    expect([fillGaps(line, 'interpolate'), Array.from(line)]).toEqual([4, [2, 2, 4, 6, 8, 8]])
    expect([fillGaps(before, 'previous'), Array.from(before)]).toEqual([4, [2, 2, 2, 2, 8, 8]])
  })
})
