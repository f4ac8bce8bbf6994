import type { Forecast } from '../../../src-main/common/data/forecast.ts'

/** A forecast as a CSV: what is known has both values, what lies beyond the end the foretold one alone. Rows count from 1. */
export function forecastCsv({ rows, times, actual, predicted, ahead, target }: Forecast, seriesRows: number): string {
  const name = `"${target.replaceAll('"', '""')}"`
  const lines = [['row', ...(times === null ? [] : ['time']), name, 'predicted'].join(',')]
  const add = (row: number, time: number | undefined, value: string, foretold: number) => {
    const moment = time === undefined ? '' : new Date(time).toISOString().slice(0, 19).replace('T', ' ')
    lines.push([row + 1, ...(times === null ? [] : [moment]), value, shortest(foretold)].join(','))
  }
  predicted.forEach((value, place) =>
    add(rows[place] as number, times?.[place], shortest(actual[place] as number), value),
  )
  ahead.predicted.forEach((value, place) => add(seriesRows + place, ahead.times?.[place], '', value))
  return `${lines.join('\n')}\n`
}

/** As few figures as bring a float32 back. */
function shortest(value: number): string {
  for (let figures = 6; figures < 9; figures++) {
    const text = String(Number(value.toPrecision(figures)))
    if (Math.fround(Number(text)) === value) return text
  }
  return String(Number(value.toPrecision(9)))
}
