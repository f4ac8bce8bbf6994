import type { Lesson } from '../../../src-main/common/lessons/lesson.ts'

/** The lessons of one kind, for the view that shows them. */
export type LessonOf<K extends Lesson['kind']> = Extract<Lesson, { readonly kind: K }>

/** A number typed by hand: real minus and decimal comma are taken too. Null where it is none, or out of bounds. */
export function readNumber(
  text: string,
  { min, max, whole }: { readonly min: number; readonly max: number; readonly whole: boolean },
): number | null {
  const trimmed = text.trim().replace('−', '-').replace(',', '.')
  const value = Number(trimmed)
  const fits = trimmed !== '' && Number.isFinite(value) && value >= min && value <= max
  return fits && (!whole || Number.isInteger(value)) ? value : null
}
