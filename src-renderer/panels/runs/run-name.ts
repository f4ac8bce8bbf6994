import type { RunSummary } from '../../../src-main/common/contract.ts'
import { valueText } from '../../../src-main/common/sweep/table.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'
import { seriesColours } from '../../ui/series-colour.ts'
import { fieldTitle } from './field-title.ts'

/** What a run is called, in the parts that are shown apart. */
export interface RunName {
  /** Its own name, else the time of its start. */
  readonly name: string
  readonly isTime: boolean
  /** What its sweep gave it, unless it has a name of its own. */
  readonly values: readonly string[]
  /** Both on one line. */
  readonly title: string
  /** All of it, with what the values are values of. */
  readonly whole: string
}

export function nameOfRun(
  { run, notes, started, sweep }: Pick<RunSummary, 'run' | 'notes' | 'started' | 'sweep'>,
  { settings, runs: { sweeps }, sweepFields }: Pick<Workspace, 'settings' | 'runs' | 'sweepFields'>,
): RunName {
  const date = new Date(started)
  const time = Number.isNaN(date.getTime()) ? started : timeFormat(settings.language).format(date)
  const found = sweep === null ? undefined : sweeps.find((one) => one.sweep === sweep)
  const cell = found?.cells.find((one) => one.run === run)
  const method = found?.settings.method
  const given =
    !cell || !method
      ? []
      : method.type !== 'folds'
        ? Object.entries(cell.values).map(([id, value]) => {
            const title = fieldTitle(
              settings,
              id,
              sweepFields.find((field) => field.id === id),
            )
            return { short: valueText(value), long: `${title}: ${valueText(value)}` }
          })
        : cell.fold === 'all'
          ? [{ short: settings.t('sweep.allData'), long: settings.t('sweep.allData') }]
          : [
              {
                short: `${cell.fold}/${method.of}`,
                long: settings.t('sweep.foldOf', { fold: cell.fold ?? '', of: method.of }),
              },
            ]
  const own = notes.name
  const name = own === '' ? time : own
  const values = own === '' ? given.map(({ short }) => short) : []
  return {
    name,
    isTime: own === '',
    values,
    title: [name, ...values].join(' · '),
    whole: [own, ...given.map(({ long }) => long), time].filter((part) => part !== '').join(' · '),
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How the time of a start is written in the lists of the room. */
export function timeFormat(language: string): Intl.DateTimeFormat {
  const known = formats.get(language) ?? new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  formats.set(language, known)
  return known
}

/** Colours that come round again are dashed. */
export function isDashed(index: number): boolean {
  return Math.floor(index / seriesColours) % 2 === 1
}

/** Which curve is the first of each run, where each model of every run has one. */
export function firstCurves(
  ticked: Iterable<string>,
  runs: readonly Pick<RunSummary, 'run' | 'models'>[],
): ReadonlyMap<string, number> {
  const byId = new Map(runs.map((one) => [one.run, one]))
  const first = new Map<string, number>()
  let next = 0
  for (const run of ticked) {
    const found = byId.get(run)
    if (!found) continue
    first.set(run, next)
    next += found.models.length
  }
  return first
}
