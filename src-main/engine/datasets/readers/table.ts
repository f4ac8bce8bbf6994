import type { Part, ValueScale, ValueScales } from '../../../common/data/dataset.ts'
import type { RecognisedTable, SkippedFile } from '../../../common/data/inspection.ts'
import type { ReadingChoices, TableOptions } from '../../../common/data/reading.ts'
import type { Text } from '../../../common/layers/text.ts'
import { formatCount } from '../../../common/thousands.ts'
import { deriveSeed } from '../../random.ts'
import type { Column } from '../csv/columns.ts'
import { isMissing } from '../csv/numbers.ts'
import { columnOf, firstMissing, firstRows, openTable } from '../csv/open-table.ts'
import type { OpenedTable } from '../csv/open-table.ts'
import { holdBack } from '../hold-back.ts'
import { InvalidData } from '../invalid-data.ts'
import type { FormatReader } from '../reader.ts'
import { fitScale } from '../series/windows.ts'

const mostWords = 50
const mostClasses = 1_000
const fewClasses = 20
const mostWidth = 10_000
const previewed = 24
const likelyTarget = /^(label|class|category|target|species|outcome|quality|y|라벨|클래스|분류|목표|정답)\b/i
const likelyKey = /^(id|index|no\.?|번호|unnamed.*|column 1)$/i

/** A CSV as a table: each row is a sample, with its features and what is to be told of it. */
export const table: FormatReader<'table'> = {
  format: 'table',
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
        en: 'At least two columns were expected: features and what they foretell.',
        ko: '열이 두 개 이상이어야 합니다. 특성과 예측할 값이 필요합니다.',
      })
    }
    const samples = readSamples(opened, options)
    return {
      format: 'table',
      title: { en: 'Table of samples', ko: '표' },
      options,
      shape: [samples.width],
      task: options.task,
      classes: samples.classes,
      counts: { train: samples.rows.train.length, test: samples.rows.test.length },
      heldOut: 0,
      classCounts: { train: countLabels(samples, 'train'), test: countLabels(samples, 'test') },
      warnings: warningsOf(opened, samples),
      skipped: files.skipped.slice(0, 100),
      skippedCount: files.skipped.length,
      bytes: (samples.rows.train.length + samples.rows.test.length) * (samples.width + 1) * 4,
      rows: opened.table.rows.length,
      columns: opened.columns.map(({ summary }) => summary),
      firstRows: firstRows(opened.table),
      firstMissing: firstMissing(opened),
      preview: wanted.preview ? preview(samples) : null,
    } satisfies RecognisedTable
  },
  write: async ({ files, task }, options, writer) => {
    const opened = await openTable(files, options)
    if (opened === null)
      throw new InvalidData({
        en: `A CSV was expected in "${files.name}". There is none any more.`,
        ko: `"${files.name}"에 CSV가 있어야 합니다. 이제는 CSV가 없습니다.`,
      })
    const samples = readSamples(opened, options)
    for (const part of ['train', 'test'] as const) {
      for (const row of samples.rows[part]) await writer.append(part, samples.inputsOf(row))
    }
    const count = samples.rows.train.length + samples.rows.test.length
    task.progress({
      title: { en: 'Importing rows', ko: '행을 가져오는 중' },
      done: count,
      total: count,
      unit: { en: 'rows', ko: '행' },
    })
    if (task.isCancelled())
      throw new InvalidData({ en: 'Importing was cancelled.', ko: '가져오기가 취소되었습니다.' }, 'cancelled')
    const skipped: SkippedFile[] =
      samples.dropped > 0
        ? [
            {
              file: files.name,
              reason: {
                en: `${samples.dropped} rows with a missing value are left out.`,
                ko: `값이 빠진 ${samples.dropped}행을 제외했습니다.`,
              },
            },
          ]
        : []
    return {
      about: {
        title: files.name,
        titles: { en: files.name, ko: files.name },
        shape: [samples.width],
        task: options.task,
        classes: samples.classes,
        origin: 'real',
        about: {
          en: `${formatCount(count)} rows of your own: ${options.features.length} columns tell ${options.target}.`,
          ko: `직접 가져온 ${formatCount(count)}행입니다. 열 ${options.features.length}개로 ${options.target}을(를) 알아냅니다.`,
        },
        heldOut: 0,
        kind: 'table',
        values: samples.values,
        series: null,
      },
      type: 'float32',
      targets: samples.targets,
      names: null,
      skipped: [...files.skipped, ...skipped],
      decoders: { tensorflow: 0, sharp: 0, convas: 0 },
      columns: opened.columns.map(({ summary }) => summary),
      series: null,
    }
  },
}

/** Null where there is nothing to tell, or nothing to tell it from. */
function chooseOptions(
  { table: read, columns }: OpenedTable,
  choices: Extract<ReadingChoices, { format: 'table' }> | null,
): TableOptions | null {
  const usable = columns.filter(({ summary }) => isFeature(summary))
  const targets = columns.filter(
    ({ summary }) => summary.kind === 'number' || (summary.kind === 'text' && summary.distinct <= mostClasses),
  )
  const likely = targets.find(({ summary }) => likelyTarget.test(summary.name)) ?? targets.at(-1)
  const target = choices?.target ?? likely?.summary.name
  if (target === undefined) return null
  const features = choices?.features ?? usable.map(({ summary }) => summary.name).filter((name) => name !== target)
  if (features.length === 0) return null
  return {
    format: 'table',
    ...read.format,
    features,
    target,
    task: choices?.task ?? (isOfClasses(columnOf(columns, target)) ? 'classification' : 'regression'),
    scaling: choices?.scaling ?? 'standard',
    missing: choices?.missing ?? 'drop',
    testShare: choices?.testShare ?? 0.2,
    seed: choices?.seed ?? 1,
  }
}

function isFeature({ name, kind, distinct, count, missing }: Column['summary']): boolean {
  if (missing > count / 2) return false
  if (kind === 'number') return !(likelyKey.test(name) && distinct === Math.min(count, 1_000))
  return kind === 'text' && distinct >= 2 && distinct <= mostWords
}

/** Words, or few different whole numbers that come again and again. */
function isOfClasses({ summary, values }: Column): boolean {
  if (summary.kind === 'text') return true
  const isWhole = values.every((value) => Number.isNaN(value) || Number.isInteger(value))
  return isWhole && summary.distinct <= fewClasses && summary.distinct * 5 <= summary.count
}

interface TableSamples {
  readonly width: number
  readonly classes: readonly string[]
  readonly values: ValueScales
  readonly rows: Readonly<Record<Part, readonly number[]>>
  readonly targets: Readonly<Record<Part, Float32Array>>
  /** Scaled features of a row of the file. */
  readonly inputsOf: (row: number) => Float32Array
  readonly dropped: number
}

/** One value of a sample: a number, or whether a column holds a word. */
interface Feature {
  readonly column: Column
  readonly word: string | null
}

function readSamples({ columns }: OpenedTable, options: TableOptions): TableSamples {
  const { target, task, scaling, missing, testShare, seed } = options
  const features = options.features.flatMap((name): readonly Feature[] => spread(columnOf(columns, name)))
  if (features.length > mostWidth)
    throw new InvalidData({
      en: `At most ${mostWidth} values a row were expected. The words of the columns give ${features.length}.`,
      ko: `한 행의 값은 ${mostWidth}개까지 쓸 수 있습니다. 글이 든 열을 펼치면 ${features.length}개가 됩니다.`,
    })
  const targetColumn = columnOf(columns, target)
  const isUsable = (row: number) =>
    hasValue(targetColumn, row, task === 'classification') &&
    (missing === 'mean' || features.every(({ column, word }) => hasValue(column, row, word !== null)))
  const all = targetColumn.cells.map((_, row) => row)
  const usable = all.filter(isUsable)
  if (usable.length < 2)
    throw new InvalidData({
      en: `At least two rows with every value were expected. ${all.length - usable.length} of ${all.length} rows miss one.`,
      ko: `모든 값이 있는 행이 두 개 이상이어야 합니다. ${all.length}행 가운데 ${all.length - usable.length}행에 빠진 값이 있습니다.`,
    })
  const classes = task === 'classification' ? classesOf(targetColumn, usable) : []
  const places = new Map(classes.map((name, label) => [name, label]))
  const labelOf = (row: number) => places.get(wordAt(targetColumn, row)) ?? 0
  const { kept, held } = holdBack(
    task === 'classification' ? usable.map(labelOf) : usable.map(() => 0),
    testShare,
    deriveSeed(seed, 'test part'),
  )
  const rows = {
    train: Array.from(kept, (place) => usable[place] as number),
    test: Array.from(held, (place) => usable[place] as number),
  }
  const scaleOf = ({ column, word }: Feature): ValueScale =>
    word === null
      ? fitScale(
          column.summary.name,
          rows.train.map((row) => column.values[row] as number),
          scaling,
        )
      : { column: `${column.summary.name} = ${word}`, offset: 0, range: 1 }
  const scales = features.map(scaleOf)
  const means = features.map(({ column, word }) =>
    word === null ? meanOf(rows.train.map((row) => column.values[row] as number)) : 0,
  )
  const targetScale =
    task === 'regression'
      ? fitScale(
          target,
          rows.train.map((row) => targetColumn.values[row] as number),
          scaling,
        )
      : null
  const targetsOf = (part: readonly number[]) =>
    Float32Array.from(part, (row) =>
      targetScale === null
        ? labelOf(row)
        : ((targetColumn.values[row] as number) - targetScale.offset) / targetScale.range,
    )
  return {
    width: features.length,
    classes,
    values: { scaling, inputs: scales, target: targetScale },
    rows,
    targets: { train: targetsOf(rows.train), test: targetsOf(rows.test) },
    inputsOf: (row) =>
      Float32Array.from(features, ({ column, word }, index) => {
        if (word !== null) return wordAt(column, row) === word ? 1 : 0
        const value = column.values[row] as number
        const { offset, range } = scales[index] as ValueScale
        return ((Number.isNaN(value) ? (means[index] as number) : value) - offset) / range
      }),
    dropped: all.length - usable.length,
  }
}

/** A column of words becomes one value for each of them. */
function spread(column: Column): readonly Feature[] {
  const { kind, name } = column.summary
  if (kind === 'number') return [{ column, word: null }]
  if (kind !== 'text')
    throw new InvalidData({
      en: `A column of numbers or words was expected as a feature. "${name}" holds ${kind === 'date' ? 'dates' : 'nothing'}.`,
      ko: `특성은 숫자나 글이 든 열이어야 합니다. "${name}" 열에 있는 것: ${kind === 'date' ? '날짜' : '없음'}.`,
    })
  const words = [...new Set(column.cells.map((cell) => cell.trim()))].filter((word) => !isMissing(word)).sort()
  return words.map((word) => ({ column, word }))
}

function hasValue({ cells, values }: Column, row: number, asWord: boolean): boolean {
  return asWord ? !isMissing(cells[row] ?? '') : !Number.isNaN(values[row])
}

/** A class by the number it is rather than by how that is written. */
function wordAt({ summary, cells, values }: Column, row: number): string {
  const value = values[row] as number
  return summary.kind === 'number' && !Number.isNaN(value) ? String(value) : (cells[row] ?? '').trim()
}

function classesOf(column: Column, rows: readonly number[]): readonly string[] {
  const names = [...new Set(rows.map((row) => wordAt(column, row)))]
  if (names.length > mostClasses)
    throw new InvalidData({
      en: `At most ${mostClasses} classes were expected. "${column.summary.name}" holds ${names.length} different values.`,
      ko: `클래스는 ${mostClasses}개까지 쓸 수 있습니다. "${column.summary.name}" 열에는 서로 다른 값이 ${names.length}개 있습니다.`,
    })
  return column.summary.kind === 'number' ? names.sort((one, other) => Number(one) - Number(other)) : names.sort()
}

function meanOf(values: readonly number[]): number {
  const present = values.filter((value) => !Number.isNaN(value))
  return present.length === 0 ? 0 : present.reduce((sum, value) => sum + value, 0) / present.length
}

function countLabels({ classes, targets }: TableSamples, part: Part): readonly number[] {
  const counts = new Array<number>(classes.length).fill(0)
  if (classes.length > 0) for (const label of targets[part]) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

function warningsOf({ table: read, others }: OpenedTable, samples: TableSamples): readonly Text[] {
  const warnings: Text[] = []
  const say = (isSo: boolean, en: string, ko: string) => {
    if (isSo) warnings.push({ en, ko })
  }
  const counts = countLabels(samples, 'train')
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  say(
    samples.dropped > 0,
    `${samples.dropped} rows with a missing value are left out.`,
    `값이 빠진 ${samples.dropped}행은 제외합니다.`,
  )
  say(
    read.uneven > 0,
    `${read.uneven} rows have more or fewer cells than the first.`,
    `${read.uneven}행은 칸 수가 첫 행과 다릅니다.`,
  )
  say(
    others.length > 0,
    `${others.length} other files are not used.`,
    `다른 파일 ${others.length}개는 사용하지 않습니다.`,
  )
  say(
    samples.classes.length === 1,
    'There is only one class: nothing can be told apart.',
    '클래스가 하나뿐이어서 구별할 것이 없습니다.',
  )
  say(
    samples.classes.length >= 2 && most >= 3 * Math.max(1, least),
    `The classes are unequal: ${most} rows of the largest, ${least} of the smallest. Class weights help.`,
    `클래스 크기가 다릅니다. 가장 큰 것은 ${most}행, 가장 작은 것은 ${least}행입니다. 클래스 가중치가 도움이 됩니다.`,
  )
  return warnings
}

function preview({ rows, targets, inputsOf, width }: TableSamples): RecognisedTable['preview'] {
  const shown = rows.train.slice(0, previewed)
  const numbers = new Float32Array(shown.length * width)
  shown.forEach((row, place) => numbers.set(inputsOf(row), place * width))
  return {
    shape: [width],
    indices: shown.map((_, index) => index),
    labels: shown.map((_, index) => targets.train[index] ?? 0),
    pixels: new Uint8Array(0),
    numbers,
    names: null,
  }
}
