import { csvText } from '../csv.ts'
import type { LossType, Monitored } from '../training/recipe.ts'
import { compareScores, scoreOfModel } from './advance.ts'
import type { SweepValue } from './fields.ts'
import type { CellMeasures, SweepCell, SweepPlan } from './plan.ts'

/** One model of one cell; a cell that has measured nothing yet has one row without measures. */
export interface SweepRow {
  readonly cell: SweepCell
  readonly measures: CellMeasures | null
  readonly score: number | null
}

type Tabled = Pick<SweepPlan, 'cells' | 'settings'>

/** The rows of a sweep, the best first; folds stay in their order. */
export function sweepRows({ cells, settings }: Tabled): readonly SweepRow[] {
  const { metric, method } = settings
  const rows = cells.flatMap((cell): readonly SweepRow[] =>
    cell.measures.length === 0
      ? [{ cell, measures: null, score: null }]
      : cell.measures.map((measures) => ({ cell, measures, score: scoreOfModel(measures, metric) })),
  )
  if (method.type === 'folds') return rows
  return [...rows].sort((one, other) => compareScores(metric, one.score, other.score))
}

const lossWords: Readonly<Partial<Record<LossType, string>>> = { meanSquaredError: 'mse', meanAbsoluteError: 'mae' }

/** The metric's word in a table's head: the loss of a regression has a name of its own. */
export function metricWord(metric: Monitored, loss: LossType): string {
  return metric === 'loss' ? (lossWords[loss] ?? 'loss') : metric
}

/** A field in short: without `recipe.`, and without the model where all fields of layers are of the same. */
export function shortField(field: string, fields: readonly string[]): string {
  const [head = ''] = field.split('.')
  if (head === 'recipe') return field.slice('recipe.'.length)
  if (head === 'data') return field
  const models = new Set(fields.map((other) => other.split('.')[0]).filter((one) => one !== 'recipe' && one !== 'data'))
  return models.size === 1 ? field.slice(head.length + 1) : field
}

export function valueText(value: SweepValue | undefined): string {
  return value === undefined ? '' : typeof value === 'object' ? value.join('x') : String(value)
}

/** The table as a CSV file with a row for each model of each cell, the best first. */
export function sweepCsv(plan: Tabled & { readonly loss: LossType }): string {
  const { settings, loss } = plan
  const fields = settings.axes.map(({ field }) => field)
  const isFolds = settings.method.type === 'folds'
  const metrics = metricsMeasured(plan)
  const head = [
    ...(isFolds ? ['fold'] : []),
    ...fields.map((field) => shortField(field, fields)),
    'model',
    ...metrics.map((metric) => `validation ${metricWord(metric, loss)}`),
    ...metrics.map((metric) => `test ${metricWord(metric, loss)}`),
    'parameters',
    'epoch',
    'seconds',
    'state',
    'run',
  ]
  const rows = sweepRows(plan).map(({ cell, measures }) => [
    ...(isFolds ? [String(cell.fold ?? '')] : []),
    ...fields.map((field) => valueText(cell.values[field])),
    measures?.name ?? '',
    ...metrics.map((metric) => String(measures?.validation?.[metric] ?? '')),
    ...metrics.map((metric) => String(measures?.test?.[metric] ?? '')),
    String(measures?.parameters ?? ''),
    String(measures?.epoch ?? ''),
    cell.seconds.toFixed(1),
    cell.state,
    cell.run ?? '',
  ])
  return csvText([head, ...rows])
}

/** The metrics that any model has, the one that is sorted by first. */
export function metricsMeasured({ cells, settings }: Tabled): readonly Monitored[] {
  const found = new Set<Monitored>([settings.metric])
  for (const { measures } of cells)
    for (const { validation, test } of measures)
      for (const metric of Object.keys({ ...validation, ...test })) found.add(metric as Monitored)
  return [...found]
}
