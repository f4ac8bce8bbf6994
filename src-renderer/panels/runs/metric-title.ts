import type { LossType, Monitored } from '../../../src-main/common/training/recipe.ts'
import { metricDefinitions } from '../../../src-main/common/training/metrics.ts'
import { metricWord } from '../../../src-main/common/sweep/table.ts'
import type { SettingsState } from '../../state/settings-state.svelte.ts'
import { formatLoss, formatPercent } from '../../ui/format.ts'

/** A metric's name; where the loss is known, that of a regression has its own. */
export function metricTitle(settings: SettingsState, metric: Monitored, loss?: LossType): string {
  if (metric !== 'loss') return settings.text(metricDefinitions[metric].title)
  return loss !== undefined && metricWord('loss', loss) !== 'loss'
    ? metricWord('loss', loss)
    : settings.t('metric.loss')
}

export function formatMetric(metric: Monitored, value: number): string {
  return metric !== 'loss' && metricDefinitions[metric].isFraction ? formatPercent(value) : formatLoss(value)
}
