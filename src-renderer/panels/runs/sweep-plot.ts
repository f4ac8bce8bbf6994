import { compareScores } from '../../../src-main/common/sweep/advance.ts'
import type { SweepValue } from '../../../src-main/common/sweep/fields.ts'
import { spreadOf } from '../../../src-main/common/sweep/folds.ts'
import type { SweepDetail } from '../../../src-main/common/sweep/plan.ts'
import { sweepRows, valueText } from '../../../src-main/common/sweep/table.ts'

/** Where a value lies on an axis: 0 at its start, 1 at its end. */
export interface PlotAxis {
  readonly field: string
  readonly ticks: readonly { readonly label: string; readonly place: number }[]
  readonly placeOf: (value: SweepValue) => number
}

const MOST_WORDS = 12

/** Few different values lie evenly, in their order; many numbers by their size. */
export function axisOf(field: string, values: readonly SweepValue[]): PlotAxis {
  const byText = new Map(values.map((value) => [valueText(value), value]))
  const isNumber = values.every((value) => typeof value === 'number')
  const distinct = [...byText].sort(([one, a], [other, b]) => (isNumber ? Number(a) - Number(b) : one < other ? -1 : 1))
  if (!isNumber || distinct.length <= MOST_WORDS) {
    const places = new Map(
      distinct.map(([text], index) => [text, distinct.length === 1 ? 0.5 : index / (distinct.length - 1)]),
    )
    return {
      field,
      ticks: [...places].map(([label, place]) => ({ label, place })),
      placeOf: (value) => places.get(valueText(value)) ?? 0.5,
    }
  }
  const numbers = distinct.map(([, value]) => Number(value))
  const [low, high] = [numbers[0] ?? 0, numbers.at(-1) ?? 1]
  const isLog = low > 0 && high / low >= 100
  const size = (value: number) => (isLog ? Math.log(value) : value)
  return {
    field,
    ticks: [low, high].map((value, place) => ({ label: String(value), place })),
    placeOf: (value) => (size(Number(value)) - size(low)) / (size(high) - size(low)),
  }
}

/** A measured cell as a line; `rank` is 0 for the best and 1 for the worst. */
export interface ParallelLine {
  readonly cell: string
  readonly places: readonly number[]
  readonly score: number
  readonly rank: number
}

/** The axes of all fields and one line for each cell that was measured, the best last so that it is drawn on top. */
export function parallelOf(detail: SweepDetail): {
  readonly axes: readonly PlotAxis[]
  readonly lines: readonly ParallelLine[]
} {
  const { metric, axes: varied } = detail.settings
  const measured = bestRows(detail)
  const axes = varied.map(({ field }) =>
    axisOf(
      field,
      measured.map(({ cell }) => cell.values[field] ?? ''),
    ),
  )
  const sorted = [...measured].sort((one, other) => compareScores(metric, one.score, other.score))
  const lines = sorted.map(({ cell, score }, index) => ({
    cell: cell.id,
    places: axes.map((axis) => axis.placeOf(cell.values[axis.field] ?? '')),
    score,
    rank: sorted.length === 1 ? 0 : index / (sorted.length - 1),
  }))
  return { axes, lines: lines.reverse() }
}

/** What a field does: for each of its values the scores of the cells that have it, and their mean. */
export interface Effect {
  readonly field: string
  readonly values: readonly { readonly label: string; readonly scores: readonly number[]; readonly mean: number }[]
}

export function effectsOf(detail: SweepDetail): readonly Effect[] {
  const measured = bestRows(detail)
  return detail.settings.axes.map(({ field }) => {
    const { ticks } = axisOf(
      field,
      measured.map(({ cell }) => cell.values[field] ?? ''),
    )
    const labels = ticks.map(({ label }) => label)
    const values = labels.flatMap((label) => {
      const scores = measured.filter(({ cell }) => valueText(cell.values[field]) === label).map(({ score }) => score)
      const spread = spreadOf(scores)
      return spread ? [{ label, scores, mean: spread.mean }] : []
    })
    return { field, values }
  })
}

/** The best model of each cell that was measured. */
function bestRows(detail: SweepDetail) {
  const seen = new Set<string>()
  return sweepRows(detail).flatMap(({ cell, score }) => {
    if (score === null || !Number.isFinite(score) || seen.has(cell.id)) return []
    seen.add(cell.id)
    return [{ cell, score }]
  })
}
