import type { RunSummary } from '../../../src-main/common/contract.ts'
import type { RunState } from '../../../src-main/common/training/events.ts'

/** What a column of the table sorts by; nothing where it was not measured. */
const keys = {
  started: (run) => run.started,
  state: (run) => run.state,
  model: (run) => run.models[0]?.name ?? null,
  parameters: (run) => greatest(run.models.map(({ parameters }) => parameters)),
  valAccuracy: (run) => greatest(run.results.map(({ valAccuracy }) => valAccuracy)),
  valLoss: (run) => least(run.results.map(({ valLoss }) => valLoss)),
  test: (run) => least(run.results.map(({ test }) => test?.loss ?? null)),
  epochs: (run) => run.epochs,
  seed: (run) => run.seed,
  bytes: (run) => run.bytes,
} as const satisfies Record<string, (run: RunSummary) => string | number | null>

export type RunColumn = keyof typeof keys
export interface RunOrder {
  readonly column: RunColumn
  readonly descending: boolean
}

export interface RunFilter {
  /** Found in names, notes, models and the time of the start. */
  readonly text: string
  readonly state: RunState | 'all'
  readonly starred: boolean
  /** Hidden ones, too. */
  readonly hidden: boolean
}

export function filterRuns(
  runs: readonly RunSummary[],
  { text, state, starred, hidden }: RunFilter,
): readonly RunSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return runs.filter((run) => {
    const { notes } = run
    if ((notes.hidden && !hidden) || (starred && !notes.star) || (state !== 'all' && run.state !== state)) return false
    const said = [notes.name, notes.note, run.run, ...run.models.map(({ name }) => name)].join(' ').toLowerCase()
    return words.every((word) => said.includes(word))
  })
}

/** Starred runs are not put first: an order is what it says. What was not measured comes last either way. */
export function sortRuns(runs: readonly RunSummary[], { column, descending }: RunOrder): readonly RunSummary[] {
  const key: (run: RunSummary) => string | number | null = keys[column]
  const direction = descending ? -1 : 1
  return [...runs].sort((one, other) => {
    const [a, b] = [key(one), key(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    if (a === b) return one.run < other.run ? 1 : -1
    return (a < b ? -1 : 1) * direction
  })
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Which of rows stacked on one another are in view: from one to before another, and the heights above and below. */
export function rowsInView(
  heights: readonly number[],
  view: { readonly top: number; readonly height: number },
): { readonly from: number; readonly to: number; readonly above: number; readonly below: number } {
  let [from, above, place] = [0, 0, 0]
  while (from < heights.length - 1 && place + (heights[from] ?? 0) <= view.top) {
    place += heights[from] ?? 0
    above = place
    from++
  }
  let to = from
  while (to < heights.length && place < view.top + view.height) place += heights[to++] ?? 0
  const below = heights.slice(to).reduce((sum, height) => sum + height, 0)
  return { from, to, above, below }
}
