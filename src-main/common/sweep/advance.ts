import type { Monitored } from '../training/recipe.ts'
import { isBetter } from '../training/monitor.ts'
import type { CellMeasures, SweepCell, SweepPlan } from './plan.ts'
import { measuredValue } from './plan.ts'

/** The value that a cell is sorted by, of its best model; null before anything was measured. */
export function scoreOf({ measures }: Pick<SweepCell, 'measures'>, metric: Monitored): number | null {
  return measures.reduce<number | null>((best, model) => {
    const value = scoreOfModel(model, metric)
    return value !== null && isBetter(metric, value, best, 0) ? value : best
  }, null)
}

/** Of the validation part; of the test part where nothing was held back. */
export function scoreOfModel(measures: CellMeasures, metric: Monitored): number | null {
  return measuredValue(measures, metric, 'validation') ?? measuredValue(measures, metric, 'test')
}

/** Negative where the first comes before the second: the better first, what was not measured last. */
export function compareScores(metric: Monitored, one: number | null, other: number | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  return isBetter(metric, one, other, 0) ? -1 : isBetter(metric, other, one, 0) ? 1 : 0
}

/** The cells that may begin now, in their order; none where the plan's budget of runs is used up. */
export function cellsToBegin({ cells, settings }: Pick<SweepPlan, 'cells' | 'settings'>): readonly SweepCell[] {
  const { runs } = settings.budget
  const begun = cells.filter(({ run }) => run !== null).length
  const areFoldsOver = cells.every(({ fold, state }) => fold === 'all' || (state !== 'waiting' && state !== 'running'))
  const waiting = cells.filter(({ state, fold }) => state === 'waiting' && (fold !== 'all' || areFoldsOver))
  // What was begun counts already.
  const fresh = waiting
    .filter(({ run }) => run === null)
    .slice(0, runs === null ? undefined : Math.max(0, runs - begun))
  return waiting.filter((cell) => cell.run !== null || fresh.includes(cell))
}

/**
 * What follows from the cells as they are: cells of a rung that is over go up or out, the final model of k-fold gets its
 * epochs, and cells that the budget does not reach are skipped once nothing else is left to do.
 */
export function advance(plan: SweepPlan): SweepPlan {
  const promoted = promote(plan)
  const { cells } = promoted
  const isAtWork = cells.some(({ state }) => state === 'running') || cellsToBegin(promoted).length > 0
  if (isAtWork || promoted.state === 'paused') return promoted
  return {
    ...promoted,
    state: promoted.state === 'cancelled' ? 'cancelled' : 'finished',
    cells: cells.map((cell) => (cell.state === 'waiting' ? { ...cell, state: 'skipped' } : cell)),
  }
}

function promote(plan: SweepPlan): SweepPlan {
  const { cells, rungs, settings } = plan
  if (settings.method.type === 'folds') return { ...plan, cells: withFinalEpochs(plan) }
  const alive = cells.filter(({ state }) => state === 'done')
  const rung = Math.max(0, ...cells.map((cell) => cell.rung))
  const next = rungs[rung + 1]
  const isUnderWay = cells.some(
    ({ state, ...cell }) => cell.rung === rung && (state === 'waiting' || state === 'running'),
  )
  if (next === undefined || isUnderWay) return plan
  const ranked = alive
    .filter((cell) => cell.rung === rung)
    .sort((one, other) =>
      compareScores(settings.metric, scoreOf(one, settings.metric), scoreOf(other, settings.metric)),
    )
  const kept = new Set(ranked.slice(0, next.cells))
  return {
    ...plan,
    cells: cells.map((cell): SweepCell => {
      if (kept.has(cell)) return { ...cell, state: 'waiting', rung: rung + 1, epochs: next.epochs }
      return ranked.includes(cell) ? { ...cell, state: 'pruned' } : cell
    }),
  }
}

/** With early stopping, the model on all data trains for as long as was best for the folds, on average. */
function withFinalEpochs({ cells, project }: SweepPlan): readonly SweepCell[] {
  if (project.recipe.earlyStopping === undefined) return cells
  const best = cells.flatMap(({ fold, measures }) => (fold === 'all' ? [] : measures.map(({ epoch }) => epoch)))
  if (best.length === 0) return cells
  const epochs = Math.max(1, Math.round(best.reduce((sum, epoch) => sum + epoch, 0) / best.length))
  return cells.map((cell) => (cell.fold === 'all' && cell.run === null ? { ...cell, epochs } : cell))
}

/** Fewer than this many others say nothing of what is usual. */
const fewestOthers = 3

/**
 * The median rule (Golovin and others 2017, Vizier): whether the best of a cell's values so far is worse than the median of the
 * best values that the others had by then. The first fifth of the epochs, and the first two, are left in peace.
 */
export function isClearlyWorse(options: {
  readonly metric: Monitored
  /** One an epoch, from the first on. */
  readonly values: readonly number[]
  readonly others: readonly (readonly number[])[]
  /** That the cell is to have. */
  readonly epochs: number
}): boolean {
  const { metric, values, others, epochs } = options
  const reached = values.length
  if (reached < Math.max(2, Math.ceil(epochs / 5)) || reached >= epochs) return false
  const best = (some: readonly number[]) =>
    some.reduce<number | null>((found, value) => (isBetter(metric, value, found, 0) ? value : found), null)
  const usual = others
    .filter((other) => other.length >= reached)
    .map((other) => best(other.slice(0, reached)))
    .filter((value) => value !== null)
    .sort((one, other) => one - other)
  if (usual.length < fewestOthers) return false
  const middle = ((usual[(usual.length - 1) >> 1] as number) + (usual[usual.length >> 1] as number)) / 2
  const own = best(values)
  return own === null || isBetter(metric, middle, own, 0)
}

/** Seconds that the cells left will take at the pace so far; null before the first is done. */
export function secondsLeftOf(
  { cells, settings }: Pick<SweepPlan, 'cells' | 'settings'>,
  progress: Readonly<Record<string, { readonly epoch: number }>>,
  together: number,
): number | null {
  const ended = cells.filter(({ state, seconds }) => seconds > 0 && state !== 'waiting' && state !== 'running')
  const epochs = ended.reduce((sum, cell) => sum + cell.epochs, 0)
  if (epochs === 0) return null
  const perEpoch = ended.reduce((sum, { seconds }) => sum + seconds, 0) / epochs
  const { runs } = settings.budget
  const left = cells
    .filter(({ state }) => state === 'waiting' || state === 'running')
    .slice(0, runs === null ? undefined : Math.max(0, runs - ended.length))
    .reduce((sum, cell) => sum + Math.max(0, cell.epochs - (progress[cell.id]?.epoch ?? 0)), 0)
  return (left * perEpoch) / Math.max(1, together)
}
