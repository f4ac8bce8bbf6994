import type { MetricType } from '../../src-main/common/training/metrics.ts'
import { metricDefinitions, topKOf } from '../../src-main/common/training/metrics.ts'
import type { SettingsState } from '../state/settings-state.svelte.ts'
import { formatLoss, formatPercent } from '../ui/format.ts'

/** A metric's name; top-k with its number. */
export function metricTitle(
  { text }: Pick<SettingsState, 'text'>,
  type: MetricType,
  topK: number | undefined,
  classes: number,
): string {
  return text(metricDefinitions[type].title).replace('Top-k', `Top-${topKOf(topK, classes)}`)
}

/** A metric's value as it is read: shares in per cent. */
export function formatMetric(type: MetricType, value: number): string {
  return metricDefinitions[type].isFraction ? formatPercent(value) : formatLoss(value)
}
