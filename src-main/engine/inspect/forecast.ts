import type { SeriesFacts, ValueScale } from '../../common/data/dataset.ts'
import type { Forecast, ForecastErrors } from '../../common/data/forecast.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { SeriesRows } from '../datasets/cache/writer.ts'
import type { Dataset } from '../datasets/reader.ts'

const batch = 256
const daySeconds = 86_400

export interface ForecastOptions {
  readonly dataset: Dataset
  readonly rows: SeriesRows
  /** The model's answers for windows [count, lookBack, columns], as scaled values. */
  readonly predict: (windows: Float32Array, count: number) => Float32Array
  readonly points: number
  readonly ahead: number
}

/** Said where a forecast is asked of data without time. */
export const needsSeries: Text = {
  en: 'A forecast needs data that are a series in time.',
  ko: '예측에는 시계열 데이터가 필요합니다.',
}

/** A model against a series' test part, against forecasts that need none, and beyond the series' end. */
export async function forecastSeries(options: ForecastOptions): Promise<Result<Omit<Forecast, 'model' | 'epoch'>>> {
  const { dataset, rows, predict, points, ahead } = options
  const { series, values, shape, counts } = dataset.descriptor
  const scale = values?.target ?? null
  if (series === null || values === null || scale === null) return failureIn('unsupported', needsSeries)
  const { inputs, targets } = dataset.parts.test
  const count = counts.test
  if (count === 0)
    return failureIn('invalid-dataset', {
      en: 'The series has no test part to compare with.',
      ko: '시계열에 비교할 테스트 구간이 없습니다.',
    })
  const size = shape.reduce((product, length) => product * length, 1)
  const predicted = new Float32Array(count)
  for (let start = 0; start < count; start += batch) {
    await new Promise((resolve) => setImmediate(resolve))
    const length = Math.min(batch, count - start)
    predicted.set(predict((inputs as Float32Array).subarray(start * size, (start + length) * size), length), start)
  }
  const targetRows = Int32Array.from(
    { length: count },
    (_, index) => (counts.train + index) * series.stride + series.lookBack + series.horizon - 1,
  )
  const width = rows.names.length
  const column = rows.names.indexOf(scale.column)
  const seen = (row: number) => ((rows.values[row * width + column] as number) - scale.offset) / scale.range
  const errorsOf = (foretell: (index: number) => number) => measure(targets, foretell, scale.range)
  const season = seasonOf(series)
  const hasSeason = season !== null && (targetRows[0] as number) >= season
  const toUnit = (value: number) => value * scale.range + scale.offset
  const from = Math.max(0, count - points)
  return success({
    target: scale.column,
    samples: count,
    errors: errorsOf((index) => predicted[index] as number),
    naive: {
      last: errorsOf((index) => seen((targetRows[index] as number) - series.horizon)),
      season: hasSeason
        ? { rows: season, errors: errorsOf((index) => seen((targetRows[index] as number) - season)) }
        : null,
    },
    rows: targetRows.subarray(from),
    times: rows.times === null ? null : Float64Array.from(targetRows.subarray(from), (row) => rows.times?.[row] ?? NaN),
    // As the file has them: scaled and back they would differ in the seventh figure.
    actual: Float32Array.from(targetRows.subarray(from), (row) => rows.values[row * width + column] as number),
    predicted: predicted.subarray(from).map(toUnit),
    ahead: goBeyond({ rows, series, inputs: values.inputs, target: scale, season, predict, steps: ahead }),
  })
}

/** Rows in a day, in as many days as the horizon needs; null where the time between rows is unknown or does not divide a day. */
function seasonOf({ stepSeconds, horizon }: SeriesFacts): number | null {
  if (stepSeconds === null || stepSeconds <= 0 || daySeconds % stepSeconds !== 0) return null
  const day = daySeconds / stepSeconds
  return day < 2 ? null : day * Math.ceil(horizon / day)
}

function measure(targets: Float32Array, foretell: (index: number) => number, range: number): ForecastErrors {
  let squares = 0
  let absolutes = 0
  targets.forEach((target, index) => {
    const error = foretell(index) - target
    squares += error * error
    absolutes += Math.abs(error)
  })
  const mse = squares / targets.length
  const mae = absolutes / targets.length
  return { mse, mae, mseInUnit: mse * range * range, maeInUnit: mae * Math.abs(range) }
}

/**
 * One step after the other: what is foretold becomes part of the next windows. Columns that the model does not foretell are
 * taken to be what they were a season ago, or last.
 */
function goBeyond(options: {
  readonly rows: SeriesRows
  readonly series: SeriesFacts
  readonly inputs: readonly ValueScale[]
  readonly target: ValueScale
  readonly season: number | null
  readonly predict: ForecastOptions['predict']
  readonly steps: number
}): Forecast['ahead'] {
  const { rows, series, inputs, target, season, predict, steps } = options
  const width = rows.names.length
  const length = rows.values.length / width
  const { lookBack, horizon, stepSeconds } = series
  const back = season !== null && season <= length ? season : 1
  const values = new Float64Array((length + steps) * width)
  values.set(rows.values)
  const targetColumn = rows.names.indexOf(target.column)
  const columns = inputs.map(({ column }) => rows.names.indexOf(column))
  const predicted = new Float32Array(steps)
  const window = new Float32Array(lookBack * columns.length)
  for (let step = 0; step < steps; step++) {
    const row = length + step
    const first = row - horizon - lookBack + 1
    for (let place = 0; place < lookBack; place++) {
      for (const [index, column] of columns.entries()) {
        const { offset, range } = inputs[index] as ValueScale
        window[place * columns.length + index] = ((values[(first + place) * width + column] as number) - offset) / range
      }
    }
    const value = (predict(window, 1)[0] as number) * target.range + target.offset
    for (let column = 0; column < width; column++)
      values[row * width + column] = values[(row - back) * width + column] as number
    values[row * width + targetColumn] = value
    predicted[step] = value
  }
  const last = rows.times?.[length - 1]
  const times =
    last === undefined || stepSeconds === null
      ? null
      : Float64Array.from({ length: steps }, (_, step) => last + (step + 1) * stepSeconds * 1000)
  return { times, predicted }
}
