import type { DatasetDescriptor, PictureRef, SeriesFacts } from '../../../src-main/common/data/dataset.ts'
import type { Validation } from '../../../src-main/common/data/split.ts'
import { seriesFold } from '../../../src-main/common/data/split.ts'

/** Rows `from` to `to` (excluded) whose values are foretold in one part; `unused` are those that a fold leaves out. */
export interface Span {
  readonly part: 'train' | 'validation' | 'test' | 'unused'
  readonly from: number
  readonly to: number
}

/** One sample on its series: rows `from` to `to` (excluded) are looked at, the value of row `target` is foretold. */
export interface WindowRows {
  readonly from: number
  readonly to: number
  readonly target: number
}

type Described = Pick<DatasetDescriptor, 'counts' | 'heldOut'>

/** The rows of a window, by its place among the windows of both parts. */
export function windowAt({ stride, lookBack, horizon }: SeriesFacts, place: number): WindowRows {
  const from = place * stride
  return { from, to: from + lookBack, target: from + lookBack + horizon - 1 }
}

/** The place of the window whose target is nearest to a row. */
export function placeNear({ stride, lookBack, horizon }: SeriesFacts, count: number, row: number): number {
  return Math.max(0, Math.min(count - 1, Math.round((row - lookBack - horizon + 1) / stride)))
}

export function placeOf({ counts }: Pick<Described, 'counts'>, { part, index }: PictureRef): number {
  return part === 'train' ? index : counts.train + index
}

export function sampleAt({ counts }: Pick<Described, 'counts'>, place: number): PictureRef {
  return place < counts.train ? { part: 'train', index: place } : { part: 'test', index: place - counts.train }
}

/**
 * The parts of a series from its first row to its last, by the rows that they foretell. Windows of a part also look at rows
 * before it. The rows ahead of the first target belong to the part that alone looks at them.
 */
export function spansOf(descriptor: Described, facts: SeriesFacts, validation: Validation): readonly Span[] {
  const { counts, heldOut } = descriptor
  const total = counts.train + counts.test
  const { from, to } = judged(counts.train, heldOut, validation)
  const rowOf = (place: number) => (place <= 0 ? 0 : place >= total ? facts.rows : windowAt(facts, place).target)
  const parts: readonly (readonly [Span['part'], number, number])[] = [
    ['train', 0, from],
    ['validation', from, to],
    ['unused', to, counts.train],
    ['test', counts.train, total],
  ]
  return parts
    .filter(([, first, end]) => end > first)
    .map(([part, first, end]) => ({ part, from: rowOf(first), to: rowOf(end) }))
}

/** The training windows that judge each epoch. */
function judged(
  count: number,
  heldOut: number,
  validation: Validation,
): { readonly from: number; readonly to: number } {
  if (validation === 'test') return { from: count, to: count }
  if (validation === 'given') return { from: count - heldOut, to: count }
  if (typeof validation === 'object') return seriesFold(count, validation.fold, validation.of)
  return { from: count - Math.round(count * validation), to: count }
}
