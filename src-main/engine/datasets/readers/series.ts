import type { RecognisedSeries } from '../../../common/data/inspection.ts'
import type { ReadingChoices, SeriesOptions } from '../../../common/data/reading.ts'
import { layOutWindows } from '../../../common/data/window-layout.ts'
import type { Text } from '../../../common/layers/text.ts'
import { formatCount } from '../../../common/thousands.ts'
import { columnOf, firstMissing, firstRows, openTable } from '../csv/open-table.ts'
import type { OpenedTable } from '../csv/open-table.ts'
import { InvalidData } from '../invalid-data.ts'
import type { FormatReader } from '../reader.ts'
import { findGaps, pageOf } from '../series/page-of.ts'
import { orderRows } from '../series/series-rows.ts'
import type { OrderedRows } from '../series/series-rows.ts'
import { largestBytes, stepSecondsOf, windowBytes, writeWindows } from '../series/windows.ts'

const previewed = 12
const overviewPoints = 600
const fewestRows = 8
const likelyTarget = /^(speed|속도|value|close|price|target|y|count|volume|교통량|temperature|기온|온도)\b/i

/** A CSV as a series in time: windows of rows and the value that follows. */
export const series: FormatReader<'series'> = {
  format: 'series',
  recognise: async ({ files }, choices, wanted) => {
    const opened = await openTable(files, choices ?? {})
    if (opened === null) {
      if (choices === null) return null
      throw new InvalidData({
        en: `A CSV was expected in "${files.name}". There is none.`,
        ko: `"${files.name}"에 CSV가 있어야 합니다. CSV가 없습니다.`,
      })
    }
    const options = chooseOptions(opened, choices)
    if (options === null) {
      if (choices === null) return null
      throw new InvalidData({
        en: 'A column of numbers and at least 8 rows were expected. Every column holds words, dates or nothing.',
        ko: '숫자 열 하나와 8행 이상의 데이터가 있어야 합니다. 모든 열이 글이나 날짜이거나 비어 있습니다.',
      })
    }
    const ordered = orderRows(opened.columns, options)
    const { rows } = ordered
    const length = rows.values.length / rows.names.length
    const layout = layOutWindows(length, options)
    const { count, trainCount } = layout
    if (trainCount < 1 && choices === null) return null
    return {
      format: 'series',
      title: { en: 'Series in time', ko: '시계열' },
      options,
      shape: [options.lookBack, options.columns.length],
      task: 'regression',
      classes: [],
      counts: { train: trainCount, test: count - trainCount },
      heldOut: 0,
      classCounts: { train: [], test: [] },
      warnings: warningsOf(opened, ordered),
      ...faultsOf(options, length, layout.count),
      skipped: files.skipped.slice(0, 100),
      skippedCount: files.skipped.length,
      bytes: count * (options.lookBack * options.columns.length + 1) * 4,
      rows: opened.table.rows.length,
      columns: opened.columns.map(({ summary }) => summary),
      firstRows: firstRows(opened.table),
      firstMissing: firstMissing(opened),
      times: timesOf(rows.times),
      overview: pageOf(rows, {
        columns: [options.target],
        from: 0,
        to: length,
        points: overviewPoints,
        testFrom: layout.trainRows,
      }),
      preview:
        wanted.preview && trainCount > 0 && count > 1 && windowBytes(options, count) <= largestBytes
          ? await preview(ordered, options)
          : null,
    }
  },
  write: async ({ files, task }, options, writer) => {
    const opened = await openTable(files, options)
    if (opened === null)
      throw new InvalidData({
        en: `A CSV was expected in "${files.name}". There is none any more.`,
        ko: `"${files.name}"에 CSV가 있어야 합니다. 이제는 CSV가 없습니다.`,
      })
    const { rows } = orderRows(opened.columns, options)
    const { values, facts, targets } = await writeWindows(rows, options, writer)
    const count = targets.train.length + targets.test.length
    task.progress({
      title: { en: 'Cutting windows', ko: '창을 자르는 중' },
      done: count,
      total: count,
      unit: { en: 'windows', ko: '개' },
    })
    if (task.isCancelled())
      throw new InvalidData({ en: 'Importing was cancelled.', ko: '가져오기가 취소되었습니다.' }, 'cancelled')
    const names = options.columns.join(', ')
    return {
      about: {
        title: files.name,
        titles: { en: files.name, ko: files.name },
        shape: [options.lookBack, options.columns.length],
        task: 'regression',
        classes: [],
        origin: 'real',
        about: {
          en: `${formatCount(facts.rows)} rows of your own: ${options.lookBack} values of ${names} foretell ${options.target}, ${options.horizon} ahead.`,
          ko: `직접 가져온 ${formatCount(facts.rows)}행입니다. ${names}의 값 ${options.lookBack}개로 ${options.horizon}시점 뒤의 ${options.target}을(를) 예측합니다.`,
        },
        heldOut: 0,
        kind: 'series',
        values,
        series: facts,
      },
      type: 'float32',
      targets,
      names: null,
      skipped: files.skipped,
      decoders: { tensorflow: 0, sharp: 0, convas: 0 },
      columns: opened.columns.map(({ summary }) => summary),
      series: rows,
    }
  },
}

/** Null where nothing can be foretold. */
function chooseOptions(
  { table, columns }: OpenedTable,
  choices: Extract<ReadingChoices, { format: 'series' }> | null,
): SeriesOptions | null {
  const numbers = columns.filter(({ summary }) => summary.kind === 'number' && summary.count > summary.missing)
  const [firstNumber] = numbers
  if (firstNumber === undefined || table.rows.length < fewestRows) return null
  const date = columns.find(({ summary }) => summary.kind === 'date')
  const likely = numbers.find(({ summary }) => likelyTarget.test(summary.name)) ?? firstNumber
  const time = choices?.time === undefined ? (date?.summary.name ?? null) : choices.time
  const target = choices?.target ?? choices?.columns?.[0] ?? likely.summary.name
  const stepSeconds = time === null ? null : stepSecondsOf(columnOf(columns, time).values)
  return {
    format: 'series',
    ...table.format,
    time,
    columns: choices?.columns ?? [target],
    target,
    lookBack: choices?.lookBack ?? usualLookBack(table.rows.length, stepSeconds),
    horizon: choices?.horizon ?? 1,
    stride: choices?.stride ?? 1,
    scaling: choices?.scaling ?? 'minMax',
    missing: choices?.missing ?? 'interpolate',
    testShare: choices?.testShare ?? 0.2,
  }
}

/** A day where the time between rows tells how many that is, else two dozen; never more than a quarter of the rows. */
function usualLookBack(rows: number, stepSeconds: number | null): number {
  const day = stepSeconds === null ? 24 : Math.round(86_400 / stepSeconds)
  return Math.max(1, Math.min(day >= 4 && day <= 1_440 ? day : 24, Math.floor(rows / 4)))
}

function timesOf(times: Float64Array | null): RecognisedSeries['times'] {
  const stepSeconds = stepSecondsOf(times)
  if (times === null || stepSeconds === null) return null
  const { gapCount } = findGaps(times, 0, times.length)
  return { first: times[0] as number, last: times.at(-1) as number, stepSeconds, gaps: gapCount }
}

/** Windows that do not fit the series, or the disk. */
function faultsOf(options: SeriesOptions, rows: number, count: number): Pick<RecognisedSeries, 'faults'> {
  const { lookBack, horizon } = options
  if (count < 2)
    return {
      faults: {
        [horizon > lookBack ? 'horizon' : 'lookBack']: {
          en: `A look-back of ${lookBack} and a horizon of ${horizon} need more than ${lookBack + horizon + 1} rows; the series has ${rows}. Choose a shorter one.`,
          ko: `과거 구간 ${lookBack}행과 예측 시점 ${horizon}행에는 ${lookBack + horizon + 1}행보다 긴 시계열이 필요합니다. 지금은 ${rows}행이니 더 짧게 고르세요.`,
        },
      },
    }
  const bytes = windowBytes(options, count)
  if (bytes <= largestBytes) return {}
  return {
    faults: {
      stride: {
        en: `The windows would take ${Math.round(bytes / 1e9)} GB, at most ${largestBytes / 1e9} are possible. Choose a longer stride, a shorter look-back or fewer columns.`,
        ko: `창이 ${Math.round(bytes / 1e9)}GB를 차지합니다. ${largestBytes / 1e9}GB까지 가능하니 간격을 늘리거나 과거 구간이나 열을 줄이세요.`,
      },
    },
  }
}

function warningsOf({ table, others }: OpenedTable, ordered: OrderedRows): readonly Text[] {
  const warnings: Text[] = []
  const say = (isSo: boolean, en: string, ko: string) => {
    if (isSo) warnings.push({ en, ko })
  }
  const gaps = timesOf(ordered.rows.times)?.gaps ?? 0
  say(ordered.filled > 0, `${ordered.filled} missing values are filled in.`, `빠진 값 ${ordered.filled}개를 채웁니다.`)
  say(
    ordered.undated > 0,
    `${ordered.undated} rows have no date and are left out.`,
    `날짜가 없는 ${ordered.undated}행은 제외합니다.`,
  )
  say(!ordered.wasSorted, 'The rows are put into the order of time.', '행을 시간 순서로 정렬합니다.')
  say(
    gaps > 0,
    `There are ${gaps} gaps in time; the rows around them are taken as neighbours.`,
    `시간이 ${gaps}곳에서 비어 있습니다. 앞뒤 행을 이웃으로 봅니다.`,
  )
  say(
    table.uneven > 0,
    `${table.uneven} rows have more or fewer cells than the first.`,
    `${table.uneven}행은 칸 수가 첫 행과 다릅니다.`,
  )
  say(
    others.length > 0,
    `${others.length} other files are not used.`,
    `다른 파일 ${others.length}개는 사용하지 않습니다.`,
  )
  return warnings
}

/** The first windows, as a model gets them. */
async function preview({ rows }: OrderedRows, options: SeriesOptions): Promise<RecognisedSeries['preview']> {
  const size = options.lookBack * options.columns.length
  const values = new Float32Array(previewed * size)
  let count = 0
  const { targets } = await writeWindows(rows, options, {
    append: (part, window) => {
      if (part === 'train' && count < previewed) values.set(window, count++ * size)
      return Promise.resolve()
    },
  })
  const indices = Array.from({ length: count }, (_, index) => index)
  return {
    shape: [options.lookBack, options.columns.length],
    indices,
    labels: indices.map((index) => targets.train[index] ?? 0),
    pixels: new Uint8Array(0),
    numbers: values.slice(0, count * size),
    names: null,
  }
}
