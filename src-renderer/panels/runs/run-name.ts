import type { RunSummary } from '../../../src-main/common/contract.ts'
import type { SweepDetail } from '../../../src-main/common/sweep/plan.ts'
import { valueText } from '../../../src-main/common/sweep/table.ts'

/** What a run is called: its own name, else the time of its start. */
export function runName(
  { notes, started }: Pick<RunSummary, 'notes' | 'started'>,
  format: Intl.DateTimeFormat,
): string {
  if (notes.name !== '') return notes.name
  const date = new Date(started)
  return Number.isNaN(date.getTime()) ? started : format.format(date)
}

/** How the time of a start is written in the lists of the room. */
export function timeFormat(language: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The colours of curves that are laid over one another, in turn. */
export function curveColour(index: number): string {
  return `--series-${(index % 6) + 1}`
}
