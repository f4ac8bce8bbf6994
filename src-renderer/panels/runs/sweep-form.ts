import type { SweepField } from '../../../src-main/common/sweep/fields.ts'
import { differentValues, readRange, readValue } from '../../../src-main/common/sweep/fields.ts'
import type { SweepAxis } from '../../../src-main/common/sweep/plan.ts'

/** Ranges over at least this many times are drawn from by their order of size. */
const LOG_FROM = 10

export type ReadAxis =
  | { readonly ok: true; readonly axis: SweepAxis }
  /** The part of the text that is none of the field's. */
  | { readonly ok: false; readonly value: string }

/** What somebody typed for a field: values with commas between, or where `ranges` are allowed `low..high`. */
export function readAxis(field: SweepField, text: string, { ranges }: { readonly ranges: boolean }): ReadAxis {
  const range = readRange(text)
  if (range && ranges && (field.kind.type === 'number' || field.kind.type === 'size')) {
    const { from, to, isLog } = range
    if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) return { ok: false, value: text.trim() }
    return {
      ok: true,
      axis: { field: field.id, from, to, scale: isLog || (from > 0 && to / from >= LOG_FROM) ? 'log' : 'linear' },
    }
  }
  const words = text.split(',').map((word) => word.trim())
  const values = words.map((word) => readValue(field, word))
  const bad = values.findIndex((value) => !value.ok)
  if (bad >= 0) return { ok: false, value: words[bad] ?? '' }
  return {
    ok: true,
    axis: { field: field.id, values: differentValues(values.flatMap((value) => (value.ok ? [value.value] : []))) },
  }
}

/** A whole number that is typed; null for an empty text, undefined for anything else. */
export function readWhole(text: string, least: number, most = Infinity): number | null | undefined {
  if (text.trim() === '') return null
  const value = Number(text)
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined
}
