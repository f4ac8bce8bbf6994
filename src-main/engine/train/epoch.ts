import type { Batch } from './batches.ts'
import { createAugmenter } from './augment.ts'
import { epochOrder, makeBatch } from './batches.ts'
import type { Contestant } from './contestant.ts'
import { closeEpoch } from './epoch-end.ts'
import { isDiverging, rememberLoss } from './divergence.ts'
import { learningRateOf } from './learning-rate.ts'
import { emptyTally } from './metrics.ts'
import { keepStep, stepsInOneGo } from './moments.ts'
import type { StepResult, TrainingStep } from './step.ts'
import { tellSteps } from './tell-steps.ts'
import { eventIntervalMs } from './teller.ts'
import type { TrainingRun } from './training-run.ts'

/** Trains all models to the end of an epoch, in step, and judges them. False when the run shall stop. */
export async function trainEpoch(run: TrainingRun): Promise<boolean> {
  const { options, contestants, split, position, control, checkpointer } = run
  const { recipe } = options.project
  position.epoch = position.done + 1
  if (position.taken === 0) {
    for (const contestant of contestants) {
      contestant.tally = emptyTally()
      contestant.told = emptyTally()
      contestant.trainingMs = 0
    }
  }
  const order = epochOrder(split.train, recipe.seed, position.epoch)
  const size = recipe.batchSize
  while (position.taken < order.length) {
    if (!(await control.breathe())) return false
    checkpointer.withinEpoch()
    const running = contestants.filter(({ finished }) => finished === null)
    if (running.length === 0) return true
    const several = Math.max(...running.map(({ step }) => step.several?.count ?? 1))
    const batches = position.taken + several * size <= order.length ? stepsInOneGo(run, several) : 1
    const from = (index: number) => position.taken + index * size
    trainBatches(
      run,
      Array.from({ length: batches }, (_, index) => order.subarray(from(index), from(index + 1))),
    )
  }
  // Whatever came since the last point of the curve belongs to it before the tally begins anew.
  for (const contestant of contestants) if (contestant.finished === null) tellSteps(run, contestant)
  for (const contestant of contestants) await closeEpoch(run, contestant)
  run.tellProgress({ isLast: true })
  // A stop may have come while the models were judged: then the epoch is still under way.
  if (contestants.some(({ finished, closed }) => finished === null && closed < position.epoch)) return false
  position.done = position.epoch
  position.taken = 0
  checkpointer.afterEpoch()
  return !control.isStopped()
}

/** One step of every model on each of the batches, in turn. */
function trainBatches(run: TrainingRun, positions: readonly Int32Array[]): void {
  const { options, contestants, position } = run
  const firstStep = position.step + 1
  position.step += positions.length
  const { seed, augmentation } = options.project.recipe
  const augment = createAugmenter(options.dataset, augmentation, seed, position.epoch)
  const batches = positions.map((some) => makeBatch(options.backend.tf, options.dataset, 'train', some, augment))
  try {
    for (const contestant of contestants) {
      if (contestant.finished !== null) continue
      const startMs = performance.now()
      const rates = positions.map((_, index) => learningRateOf(run, contestant, firstStep + index))
      const results = takeSteps(contestant.step, batches, rates, firstStep)
      const nowMs = performance.now()
      contestant.trainingMs += nowMs - startMs
      results.forEach((result, index) => {
        count(run, contestant, result, positions[index]?.length ?? 0, firstStep + index)
      })
      if (contestant.finished === null) keepStep(run, contestant)
      if (contestant.finished !== null || nowMs - contestant.lastEventMs >= eventIntervalMs) {
        contestant.lastEventMs = nowMs
        tellSteps(run, contestant)
      }
    }
  } finally {
    for (const batch of batches) batch.dispose()
  }
  for (const { length } of positions) {
    position.taken += length
    position.samples += length
  }
  run.tellProgress({ isLast: false })
}

/** Takes a step on each batch, in as few calls as the step allows; the last result may be one that is not finite. */
function takeSteps(
  step: TrainingStep,
  batches: readonly Batch[],
  learningRates: readonly number[],
  firstStep: number,
): readonly StepResult[] {
  if (step.several?.count === batches.length) return step.several.train(batches, learningRates, firstStep)
  const results: StepResult[] = []
  for (const [index, batch] of batches.entries()) {
    const result = step.train(batch, learningRates[index] as number, firstStep + index)
    results.push(result)
    if (!Number.isFinite(result.loss)) break
  }
  return results
}

/** Adds a step to the model's sums, or ends the model where it diverges. */
function count(
  run: TrainingRun,
  contestant: Contestant,
  { loss, correct }: StepResult,
  samples: number,
  ofStep: number,
): void {
  if (contestant.finished !== null) return
  const isNumber = Number.isFinite(loss)
  if (isNumber) {
    contestant.tally.loss += loss * samples
    contestant.tally.correct += correct ?? 0
    contestant.tally.samples += samples
    contestant.divergence = rememberLoss(contestant.divergence, loss)
    if (!isDiverging(contestant.divergence, run.ignorantLoss)) return
  }
  // Weights that gave a loss which was a number.
  contestant.step.undoLast()
  contestant.finished = 'diverged'
  const { name } = contestant.model
  const learningRate = Number(learningRateOf(run, contestant, ofStep).toPrecision(4))
  const first = contestant.divergence.first[0] ?? 0
  const what = isNumber
    ? {
        en: `its loss has grown from ${first.toPrecision(3)} to ${loss.toPrecision(3)} and stays there`,
        ko: `손실이 ${first.toPrecision(3)}에서 ${loss.toPrecision(3)}(으)로 커진 채 내려오지 않아`,
      }
    : { en: 'its loss is no longer a number', ko: '손실이 더 이상 수가 아니어서' }
  run.teller.log('error', {
    en:
      `${name} diverged at step ${ofStep}: ${what.en}. The last finite weights were kept. ` +
      `Try a smaller learning rate (now ${learningRate}), or batch normalisation.`,
    ko:
      `${name}: ${ofStep}번째 스텝에서 ${what.ko} 발산했습니다. 마지막으로 유한했던 가중치를 남겨 두었습니다. ` +
      `학습률을 낮추거나(지금 ${learningRate}) 배치 정규화를 써 보세요.`,
  })
}
