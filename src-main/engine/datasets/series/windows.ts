import type { SeriesFacts, ValueScale, ValueScales } from '../../../common/data/dataset.ts'
import type { Scaling, SeriesOptions } from '../../../common/data/reading.ts'
import { layOutWindows } from '../../../common/data/window-layout.ts'
import type { CacheWriter, SeriesRows } from '../cache/writer.ts'
import { InvalidData } from '../invalid-data.ts'

export interface WindowOptions extends Pick<
  SeriesOptions,
  'target' | 'lookBack' | 'horizon' | 'stride' | 'scaling' | 'testShare'
> {
  readonly columns: readonly string[]
}

/** Of all windows of a series. */
export const largestBytes = 4e9

/** What the windows of a series take, decoded. */
export function windowBytes({ lookBack, columns }: Pick<WindowOptions, 'lookBack' | 'columns'>, count: number): number {
  return count * lookBack * columns.length * 4
}

/** Fitted on the values given; a constant column keeps its differences (range 1). */
export function fitScale(column: string, values: Iterable<number>, scaling: Scaling): ValueScale {
  if (scaling === 'none') return { column, offset: 0, range: 1 }
  let [least, greatest, sum, squares, count] = [Infinity, -Infinity, 0, 0, 0]
  const all = [...values].filter((value) => !Number.isNaN(value))
  for (const value of all) {
    least = Math.min(least, value)
    greatest = Math.max(greatest, value)
    sum += value
    count++
  }
  if (count === 0) return { column, offset: 0, range: 1 }
  if (scaling === 'minMax') return { column, offset: least, range: greatest > least ? greatest - least : 1 }
  const mean = sum / count
  for (const value of all) squares += (value - mean) ** 2
  const deviation = Math.sqrt(squares / count)
  return { column, offset: mean, range: deviation > 0 ? deviation : 1 }
}

export interface WrittenWindows {
  readonly values: ValueScales
  readonly facts: SeriesFacts
  readonly targets: { readonly train: Float32Array; readonly test: Float32Array }
}

/** Scales a series without gaps and appends its windows [lookBack, columns] to both parts, in the order of time. */
export async function writeWindows(
  rows: SeriesRows,
  options: WindowOptions,
  writer: Pick<CacheWriter, 'append'>,
): Promise<WrittenWindows> {
  const { columns, target, lookBack, horizon, stride, scaling } = options
  const width = rows.names.length
  const length = rows.values.length / width
  const layout = layOutWindows(length, options)
  const { count, trainCount, trainRows } = layout
  if (trainCount < 1 || count < 2)
    throw new InvalidData({
      en: `A look-back of ${lookBack} rows and a horizon of ${horizon} need more than ${lookBack + horizon + 1} rows. Received: ${length}. Choose a shorter look-back.`,
      ko: `과거 구간 ${lookBack}행과 예측 시점 ${horizon}행에는 ${lookBack + horizon + 1}행보다 많은 데이터가 필요합니다. 받은 데이터: ${length}행. 과거 구간을 줄이세요.`,
    })
  const bytes = windowBytes(options, count)
  if (bytes > largestBytes)
    throw new InvalidData({
      en: `The windows would take ${Math.round(bytes / 1e9)} GB; at most ${largestBytes / 1e9} were expected. Choose a longer stride, a shorter look-back or fewer columns.`,
      ko: `창이 모두 ${Math.round(bytes / 1e9)} GB가 되지만 ${largestBytes / 1e9} GB까지만 쓸 수 있습니다. 간격을 늘리거나, 과거 구간이나 열의 수를 줄이세요.`,
    })
  const place = (name: string) => {
    const found = rows.names.indexOf(name)
    if (found === -1)
      throw new InvalidData({
        en: `A column of ${rows.names.join(', ')} was expected. Received: ${name}`,
        ko: `${rows.names.join(', ')} 가운데 한 열이어야 합니다. 받은 값: ${name}`,
      })
    return found
  }
  const valueAt = (row: number, column: number) => rows.values[row * width + column] as number
  const scaleOf = (name: string) => {
    const column = place(name)
    return fitScale(
      name,
      Array.from({ length: trainRows }, (_, row) => valueAt(row, column)),
      scaling,
    )
  }
  const inputs = columns.map(scaleOf)
  const targetScale = scaleOf(target)
  const places = columns.map(place)
  const scaled = new Float32Array(length * columns.length)
  for (let row = 0; row < length; row++)
    for (const [index, column] of places.entries()) {
      const { offset, range } = inputs[index] as ValueScale
      scaled[row * columns.length + index] = (valueAt(row, column) - offset) / range
    }
  const targetColumn = place(target)
  const targets = { train: new Float32Array(trainCount), test: new Float32Array(count - trainCount) }
  for (let window = 0; window < count; window++) {
    const start = window * stride
    const isTrain = window < trainCount
    await writer.append(
      isTrain ? 'train' : 'test',
      scaled.subarray(start * columns.length, (start + lookBack) * columns.length),
    )
    const value = (valueAt(start + lookBack + horizon - 1, targetColumn) - targetScale.offset) / targetScale.range
    if (isTrain) targets.train[window] = value
    else targets.test[window - trainCount] = value
  }
  return {
    values: { scaling, inputs, target: targetScale },
    facts: { rows: length, lookBack, horizon, stride, stepSeconds: stepSecondsOf(rows.times) },
    targets,
  }
}

/** The most frequent time between two rows; null without dates. */
export function stepSecondsOf(times: Float64Array | null): number | null {
  if (times === null || times.length < 2) return null
  const counts = new Map<number, number>()
  for (let row = 1; row < times.length; row++) {
    const step = ((times[row] as number) - (times[row - 1] as number)) / 1000
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  const [best] = [...counts].filter(([step]) => step > 0).sort(([, one], [, other]) => other - one)
  return best?.[0] ?? null
}
