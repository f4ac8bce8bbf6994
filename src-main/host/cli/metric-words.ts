import type { MetricType, MetricValues } from '../../common/training/metrics.ts'
import { metricDefinitions, metricTypes } from '../../common/training/metrics.ts'
import type { Monitored } from '../../common/training/recipe.ts'
import { formatPercent } from './table.ts'

/** The metrics that were measured, in the order in which they are shown. */
export function measuredMetrics(all: readonly MetricValues[]): readonly MetricType[] {
  return metricTypes.filter((type) => all.some((values) => values[type] !== undefined))
}

/** A metric's value for people; a dash where it was not measured. */
export function formatMetric(type: MetricType, value: number | undefined): string {
  if (value === undefined) return '–'
  return metricDefinitions[type].isFraction ? formatPercent(value) : value.toFixed(4)
}

/** "Precision 81.2 %, Recall 79.0 %"; accuracy stands elsewhere. */
export function metricWords(values: MetricValues | undefined): string {
  return measuredMetrics([values ?? {}])
    .filter((type) => type !== 'accuracy')
    .map((type) => `${metricDefinitions[type].title.en} ${formatMetric(type, values?.[type])}`)
    .join(', ')
}

/** The same for the loss, too, which may be small; a dash for null. */
export function metricText(metric: Monitored, value: number | null): string {
  if (value === null) return '–'
  return metric === 'loss' ? value.toFixed(6) : formatMetric(metric, value)
}
