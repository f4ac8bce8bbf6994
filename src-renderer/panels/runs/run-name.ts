import type { RunSummary } from '../../../src-main/common/contract.ts'
import type { SweepDetail } from '../../../src-main/common/sweep/plan.ts'
import { valueText } from '../../../src-main/common/sweep/table.ts'

/** What a run is called: its own name, else the time of its start, with what its sweep gave it. */
export function runName(
  { run, notes, started, sweep }: Pick<RunSummary, 'run' | 'notes' | 'started' | 'sweep'>,
  format: Intl.DateTimeFormat,
  sweeps: readonly SweepDetail[],
): string {
  if (notes.name !== '') return notes.name
  const date = new Date(started)
  const time = Number.isNaN(date.getTime()) ? started : format.format(date)
  const found = sweep === null ? undefined : sweeps.find((one) => one.sweep === sweep)
  const cell = found?.cells.find((one) => one.run === run)
  if (!found || !cell) return time
  const { method } = found.settings
  const values =
    method.type === 'folds' ? [`${cell.fold === 'all' ? 'k' : cell.fold}/${method.of}`] : Object.values(cell.values)
  return [time, ...values.map((value) => valueText(value))].join(' · ')
}

/** How the time of a start is written in the lists of the room. */
export function timeFormat(language: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The colours of curves that are laid over one another, in turn. */
export function curveColour(index: number): string {
  return `--series-${(index % 6) + 1}`
}
