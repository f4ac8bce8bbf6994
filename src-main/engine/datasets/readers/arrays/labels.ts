import { InvalidData } from '../../invalid-data.ts'
import type { NamedArray } from './array-file.ts'
import { readNumbers, readTexts, sizeOf } from './array-file.ts'

const mostLabels = 100_000_000
const mostClasses = 1_000

/** What an array of labels holds: one value a sample, numbers or words. */
export type TargetColumn =
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'words'; readonly values: readonly string[] }

/** One value for each of `count` samples; a row of zeros and a one is read as the place of the one. Throws InvalidData. */
export async function readTargets(array: NamedArray, count: number): Promise<TargetColumn> {
  const { name, shape, type } = array
  if (shape[0] !== count)
    throw new InvalidData({
      en: `${count} labels were expected, one for each sample. "${name}" holds ${shape[0] ?? 0}.`,
      ko: `표본마다 하나씩 레이블 ${count}개가 있어야 합니다. "${name}" 배열에 있는 레이블: ${shape[0] ?? 0}개.`,
    })
  if (sizeOf(shape) > mostLabels)
    throw new InvalidData({
      en: `"${name}" is too large for labels: ${shape.join(' × ')}.`,
      ko: `"${name}" 배열은 레이블로 쓰기에 너무 큽니다. 받은 크기: ${shape.join(' × ')}.`,
    })
  const width = sizeOf(shape.slice(1))
  if (type.kind === 'unicode' || type.kind === 'bytes') {
    if (width !== 1)
      throw new InvalidData({
        en: `One label a sample was expected. "${name}" is ${shape.join(' × ')}.`,
        ko: `표본마다 레이블이 하나여야 합니다. "${name}" 배열의 크기: ${shape.join(' × ')}.`,
      })
    return { kind: 'words', values: await readTexts(array) }
  }
  const values = await readNumbers(array)
  if (width === 1) return { kind: 'numbers', values }
  const places = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    let ones = 0
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column] as number
      if (value === 1) {
        ones++
        places[row] = column
      } else if (value !== 0) ones = 2
    }
    if (ones !== 1)
      throw new InvalidData({
        en: `One label a sample, or rows of zeros with a single one, was expected in "${name}". Row ${row} is neither.`,
        ko: `"${name}" 배열에는 표본마다 레이블 하나, 또는 1 하나와 나머지 0으로 된 행이 있어야 합니다. ${row}행은 어느 쪽도 아닙니다.`,
      })
  }
  return { kind: 'numbers', values: places }
}

/** The different labels in their order; null where they are values to be foretold rather than classes. */
export function findClasses(columns: readonly TargetColumn[]): readonly string[] | null {
  const seen = new Set<number | string>()
  for (const { values } of columns) {
    for (const value of values) {
      if (typeof value === 'number' && !Number.isInteger(value)) return null
      seen.add(value)
      if (seen.size > mostClasses) return null
    }
  }
  const labels = [...seen]
  const sorted = labels.every((label) => typeof label === 'number')
    ? labels.sort((one, other) => one - other)
    : labels.map(String).sort()
  return sorted.map(String)
}

/** Labels as the places of their classes, or values as they are. Throws InvalidData for one that is no class or not finite. */
export function toTargets(column: TargetColumn, classes: readonly string[] | null): Float32Array {
  if (classes === null) {
    if (column.kind === 'words')
      throw new InvalidData({
        en: 'Numbers were expected to be foretold. The labels are words.',
        ko: '예측할 값은 수여야 합니다. 레이블이 글입니다.',
      })
    const bad = column.values.findIndex((value) => !Number.isFinite(value))
    if (bad !== -1)
      throw new InvalidData({
        en: `Finite values were expected to be foretold. Number ${bad} is ${column.values[bad]}.`,
        ko: `예측할 값은 유한한 수여야 합니다. ${bad}번 값: ${column.values[bad]}.`,
      })
    return Float32Array.from(column.values)
  }
  const places = new Map(classes.map((name, label) => [name, label]))
  return Float32Array.from(column.values as ArrayLike<number | string>, (value, index) => {
    const label = places.get(String(value))
    if (label === undefined)
      throw new InvalidData({
        en: `A label of ${classes.slice(0, 12).join(', ')} was expected. Number ${index} is ${value}.`,
        ko: `레이블은 ${classes.slice(0, 12).join(', ')} 가운데 하나여야 합니다. ${index}번 레이블: ${value}.`,
      })
    return label
  })
}
