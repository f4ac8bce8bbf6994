import type { RunSummary } from '../../src-main/common/contract.ts'
import type { Workspace } from '../state/workspace.svelte.ts'
import { formatLoss, formatPercent } from '../ui/format.ts'

type Told = Pick<RunSummary['results'][number], 'epoch' | 'isWithin' | 'best'>

/** "Weights of epoch 10. Best epoch 4: 69.8 %": whose figures a model's are, and apart from them its best epoch. */
export function outcomeText({ t }: Pick<Workspace, 't'>, { epoch, isWithin, best }: Told): string {
  if (epoch === 0) return ''
  const weights = t(isWithin ? 'results.weightsWithin' : 'results.weights', { epoch })
  if (best === null) return weights
  const { valAccuracy, valLoss } = best
  const value = valAccuracy !== null ? formatPercent(valAccuracy) : valLoss !== null ? formatLoss(valLoss) : '–'
  return `${weights} ${t('results.bestEpoch', { epoch: best.epoch, value })}`
}
