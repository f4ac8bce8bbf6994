import type { MessageKey } from '../messages/messages.ts'
import type { ModelHistory } from '../state/training-state.svelte.ts'

/** One sentence on how a model does on pictures it does not learn from; `key` is a message. */
export interface Finding {
  readonly key: MessageKey
  readonly values: Record<string, number>
  readonly tone: 'plain' | 'warning'
}

const WORTH_SAYING_EPOCHS = 2
const WIDE_GAP = 1.25

/** Says what the validation loss tells; null until two epochs have ended or where nothing is held back. */
export function generalisationOf(epochs: ModelHistory['epochs']): Finding | null {
  const losses = epochs.flatMap(({ epoch, loss, valLoss }) => (valLoss === null ? [] : [{ epoch, loss, valLoss }]))
  const last = losses.at(-1)
  if (!last || losses.length < 2) return null
  if (!Number.isFinite(last.valLoss) || !Number.isFinite(last.loss)) {
    return { key: 'generalisation.diverged', values: { epoch: last.epoch }, tone: 'warning' }
  }
  const best = losses.reduce((least, one) => (one.valLoss < least.valLoss ? one : least))
  const since = last.epoch - best.epoch
  if (since >= WORTH_SAYING_EPOCHS) {
    return { key: 'generalisation.stalled', values: { count: since, best: best.epoch }, tone: 'warning' }
  }
  if (since > 0) return { key: 'generalisation.stalledOnce', values: { best: best.epoch }, tone: 'plain' }
  if (last.loss > 0 && last.valLoss / last.loss > WIDE_GAP) {
    const percent = Math.round((last.valLoss / last.loss - 1) * 100)
    return { key: 'generalisation.gap', values: { percent }, tone: 'plain' }
  }
  return { key: 'generalisation.improving', values: {}, tone: 'plain' }
}
