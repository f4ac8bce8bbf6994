import type { ParamValue } from '../graph/graph.ts'
import type { Text } from './text.ts'

/**
 * A kind of parameter: its default, how a value from a file is read, and what the inspector shows for it.
 * `parse` gives the value, or the sentence "expected …" without the received value, which the caller adds.
 */
export interface ParamKind<T extends ParamValue> {
  readonly control: ParamControl
  readonly default: T
  readonly label: Text
  readonly parse: (
    value: unknown,
  ) =>
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly expected: string; readonly expectedKo: string }
}

export type ParamControl =
  | { readonly type: 'int' | 'number'; readonly min: number; readonly max: number; readonly step: number }
  | { readonly type: 'flag' }
  | { readonly type: 'choice'; readonly options: readonly string[] }
  /** One positive number, or one per axis; where `optional`, also null for "as the pool". */
  | { readonly type: 'size'; readonly axes: number; readonly optional?: boolean }
  | { readonly type: 'shape' }

interface NumberOptions {
  readonly label: Text
  readonly default: number
  readonly min?: number
  readonly max?: number
  readonly step?: number
}

export function int(options: NumberOptions): ParamKind<number> {
  const { label, min = 0, max = 1_000_000, step = 1 } = options
  const expected = min === 1 ? 'a positive whole number' : `a whole number from ${min} to ${max}`
  const expectedKo = min === 1 ? '양의 정수' : `${min}에서 ${max} 사이의 정수`
  return {
    control: { type: 'int', min, max, step },
    default: options.default,
    label,
    parse: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
        ? { ok: true, value }
        : typeof value === 'number' && value > max
          ? { ok: false, expected: `a whole number up to ${max}`, expectedKo: `${max} 이하의 정수` }
          : { ok: false, expected, expectedKo },
  }
}

export function number(options: NumberOptions): ParamKind<number> {
  const { label, min = -1e9, max = 1e9, step = 0.01 } = options
  return {
    control: { type: 'number', min, max, step },
    default: options.default,
    label,
    parse: (value) =>
      typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max
        ? { ok: true, value }
        : { ok: false, expected: `a number from ${min} to ${max}`, expectedKo: `${min}에서 ${max} 사이의 수` },
  }
}

export function flag(options: { readonly label: Text; readonly default: boolean }): ParamKind<boolean> {
  return {
    control: { type: 'flag' },
    default: options.default,
    label: options.label,
    parse: (value) =>
      typeof value === 'boolean'
        ? { ok: true, value }
        : { ok: false, expected: 'true or false', expectedKo: 'true 또는 false' },
  }
}

export function choice<const T extends string>(options: {
  readonly label: Text
  readonly options: readonly T[]
  readonly default: NoInfer<T>
}): ParamKind<T> {
  return {
    control: { type: 'choice', options: options.options },
    default: options.default,
    label: options.label,
    parse: (value) => {
      const found = options.options.find((option) => option === value)
      return found === undefined
        ? {
            ok: false,
            expected: `one of ${options.options.join(', ')}`,
            expectedKo: `다음 중 하나(${options.options.join(', ')})`,
          }
        : { ok: true, value: found }
    },
  }
}

/** A kernel, pool, stride or factor: one positive number for all axes, or one per axis. */
export function size(options: {
  readonly label: Text
  readonly axes: 1 | 2
  readonly default: number | readonly number[]
  readonly min?: number
}): ParamKind<number | readonly number[]> {
  const { axes, min = 1 } = options
  const fits = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= 100_000
  const kindOfNumberKo = min === 1 ? '양의 정수' : `${min} 이상의 정수`
  const kindOfNumber = min === 1 ? 'positive whole number' : `whole number of at least ${min}`
  return {
    control: { type: 'size', axes },
    default: options.default,
    label: options.label,
    parse: (value) => {
      if (fits(value)) return { ok: true, value }
      if (Array.isArray(value) && value.length === axes && value.every(fits)) return { ok: true, value }
      return {
        ok: false,
        expected: axes === 1 ? `a ${kindOfNumber}` : `a ${kindOfNumber}, or a list of ${axes} of them`,
        expectedKo: axes === 1 ? kindOfNumberKo : `${kindOfNumberKo} 하나, 또는 그런 수 ${axes}개의 목록`,
      }
    },
  }
}

/** A size that may be left open: null means that the layer derives it. */
export function optionalSize(options: {
  readonly label: Text
  readonly axes: 1 | 2
}): ParamKind<number | readonly number[] | null> {
  const kind = size({ ...options, default: 1 })
  return {
    control: { type: 'size', axes: options.axes, optional: true },
    default: null,
    label: options.label,
    parse: (value) => (value === null ? { ok: true, value } : kind.parse(value)),
  }
}

/** A shape without the batch axis, such as [28, 28, 1]. */
export function shape(options: {
  readonly label: Text
  readonly default: readonly number[]
}): ParamKind<readonly number[]> {
  return {
    control: { type: 'shape' },
    default: options.default,
    label: options.label,
    parse: (value) =>
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= 4 &&
      value.every(
        (length) => typeof length === 'number' && Number.isInteger(length) && length >= 1 && length <= 100_000,
      )
        ? { ok: true, value: value as readonly number[] }
        : {
            ok: false,
            expected: 'a list of one to four positive whole numbers',
            expectedKo: '양의 정수 1~4개의 목록',
          },
  }
}

/** The value for each of `axes` axes of a size parameter. */
export function perAxis(value: number | readonly number[], axes: 2): readonly [number, number]
export function perAxis(value: number | readonly number[], axes: 1): readonly [number]
export function perAxis(value: number | readonly number[], axes: number): readonly number[] {
  if (typeof value === 'number') return Array.from({ length: axes }, () => value)
  return value.length === axes ? value : Array.from({ length: axes }, (_, axis) => value[axis] ?? value[0] ?? 1)
}
