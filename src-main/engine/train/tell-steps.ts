import type { Contestant } from './contestant.ts'
import { accuracyOf, meanLoss, tallySince } from './metrics.ts'
import type { TrainingRun } from './training-run.ts'

/** Tells a model's loss and accuracy over the samples since they were told last; nothing where there were none. */
export function tellSteps({ options, position, teller }: TrainingRun, contestant: Contestant): void {
  const since = tallySince(contestant.tally, contestant.told)
  if (since.samples === 0) return
  contestant.told = { ...contestant.tally }
  teller.tell({
    type: 'step',
    model: contestant.model.id,
    step: position.step,
    epoch: position.epoch,
    loss: meanLoss(since),
    accuracy: accuracyOf(since, options.dataset),
  })
}
