import { deriveSeed, randomSource } from '../../random.ts'
import { readColumns } from '../csv/columns.ts'
import { readTable } from '../csv/read-table.ts'
import type { CatalogueReader } from '../reader.ts'
import { writeWindows } from '../series/windows.ts'

const rowsPerDay = 288
const rowCount = 28 * rowsPerDay
const lookBack = 288

const titles = { en: 'Traffic sample', ko: '교통 표본' }
const madeHow = {
  en: 'Four weeks of a road detector in 5-minute steps, made by a program: daily and weekly cycle, rush hours, incidents, noise.',
  ko: '프로그램이 만든 도로 검지기 4주치 5분 자료입니다. 하루와 한 주의 주기, 출퇴근 정체, 사고, 잡음이 들어 있습니다.',
}
const about = {
  en: `${madeHow.en} A day of speed (288 steps, scaled to 0…1) foretells the next step.`,
  ko: `${madeHow.ko} 하루치 속도(288개, 0…1로 조정)로 다음 값을 예측합니다.`,
}
const aboutWindows = (steps: number) => ({
  en: `${madeHow.en} ${steps} steps of speed foretell a later one.`,
  ko: `${madeHow.ko} 속도 ${steps}개로 뒤의 값을 예측합니다.`,
})

/** One 5-minute row with the columns of a vehicle detection system; counts of vehicles, km/h, per cent. */
export interface TrafficRow {
  /** Such as "2017-04-02 0:05". */
  readonly date: string
  readonly total: number
  readonly small: number
  readonly medium: number
  readonly large: number
  readonly speed: number
  readonly occupancy: number
}

/** The 8,064 rows, always the same. */
export function trafficRows(): readonly TrafficRow[] {
  const random = randomSource(deriveSeed('traffic', 1))
  const incidents = Array.from({ length: 14 }, () => ({
    start: random.below(rowCount),
    length: 6 + random.below(18),
    loss: random.between(0.25, 0.6),
  }))
  const start = Date.UTC(2017, 3, 2)
  let drift = 0
  return Array.from({ length: rowCount }, (_, index) => {
    const moment = new Date(start + index * 5 * 60_000)
    const hour = moment.getUTCHours() + moment.getUTCMinutes() / 60
    const weekday = moment.getUTCDay()
    const isWeekend = weekday === 0 || weekday === 6
    const day = Math.floor(index / rowsPerDay)
    const bump = (centre: number, width: number) => Math.exp(-(((hour - centre) / width) ** 2))
    // Each day's rush is a little earlier, later, weaker or stronger than the last one's.
    const mood = randomSource(deriveSeed('traffic day', day))
    const shift = mood.normal() * 0.2
    const strength = 1 + mood.normal() * 0.12
    const demand = isWeekend
      ? 0.12 + 0.5 * bump(15 + shift, 4.5) * strength
      : 0.1 + (0.72 * bump(8.1 + shift, 1.3) + 0.35 * bump(13, 3.2) + 0.8 * bump(18.3 + shift, 1.7)) * strength
    drift = drift * 0.9 + random.normal() * 0.015
    const load = Math.min(1.15, Math.max(0.03, demand + drift))
    const blocked = incidents.reduce((share, incident) => {
      const position = (index - incident.start) / incident.length
      return position >= 0 && position < 1 ? Math.max(share, incident.loss * Math.sin(Math.PI * position)) : share
    }, 0)
    const congestion = 1 / (1 + Math.exp(-(load - 0.72) * 11))
    const speed = Math.max(6, (97 - 9 * load - 52 * congestion) * (1 - blocked) + random.normal() * 2.1)
    const total = Math.max(
      0,
      Math.round(175 * load * (1 - 0.35 * congestion) * (1 - blocked * 0.7) + random.normal() * 5),
    )
    const large = Math.round(total * Math.min(0.3, Math.max(0.02, (isWeekend ? 0.05 : 0.11) + random.normal() * 0.02)))
    const medium = Math.round(total * Math.min(0.3, Math.max(0.02, 0.14 + random.normal() * 0.02)))
    const minutes = String(moment.getUTCMinutes()).padStart(2, '0')
    return {
      date: `${moment.toISOString().slice(0, 10)} ${moment.getUTCHours()}:${minutes}`,
      total,
      small: Math.max(0, total - medium - large),
      medium,
      large,
      speed: Math.round(speed * 10) / 10,
      occupancy: Math.round(Math.min(95, (total / Math.max(8, speed)) * 6.5) * 10) / 10,
    }
  })
}

/** The columns of the file, and how the courses read it: the speed, MinMax, a day before each value. */
const columnNames = ['ToVol', 'SmVol', 'MeVol', 'LaVol', 'Speed', 'Occ.Rate']
const windowOptions = {
  columns: ['Speed'],
  target: 'Speed',
  lookBack,
  horizon: 1,
  stride: 1,
  scaling: 'minMax',
  testShare: 0.2,
} as const

/** The sample as a CSV with the columns of the courses' file. */
export function trafficCsv(): string {
  const lines = trafficRows().map((row) => [row.date, ...numbersOf(row)].join(','))
  return `${['Date', ...columnNames].join(',')}\n${lines.join('\n')}\n`
}

function numbersOf({ total, small, medium, large, speed, occupancy }: TrafficRow): readonly number[] {
  return [total, small, medium, large, speed, occupancy]
}

/** A series of a road's speed; labelled as generated. */
export const traffic: CatalogueReader = {
  catalogue: { id: 'traffic-sample', title: titles, about, origin: 'generated', shape: [lookBack, 1] },
  version: '2',
  hasWindows: true,
  write: async (writer, task, windows) => {
    const options = { ...windowOptions, ...windows }
    const rows = trafficRows()
    const start = Date.UTC(2017, 3, 2)
    const series = {
      names: columnNames,
      values: Float64Array.from(rows.flatMap(numbersOf)),
      times: Float64Array.from(rows, (_, index) => start + index * 5 * 60_000),
    }
    const { values, facts, targets } = await writeWindows(series, options, writer)
    const count = targets.train.length + targets.test.length
    task.progress({
      title: { en: 'Making the traffic series', ko: '교통 시계열을 만드는 중' },
      done: count,
      total: count,
      unit: { en: 'samples', ko: '샘플' },
    })
    const table = readTable(new TextEncoder().encode(trafficCsv()), {})
    return {
      about: {
        title: titles.en,
        titles,
        shape: [options.lookBack, 1],
        task: 'regression',
        classes: [],
        origin: 'generated',
        about: Object.keys(windows).length === 0 ? about : aboutWindows(options.lookBack),
        heldOut: 0,
        kind: 'series',
        values,
        series: facts,
      },
      type: 'float32',
      targets,
      names: null,
      skipped: [],
      decoders: { tensorflow: 0, sharp: 0, convas: 0 },
      columns: readColumns(table).map(({ summary }) => summary),
      series,
    }
  },
}
