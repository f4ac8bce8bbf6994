import type { EpochValues } from '../../common/training/monitor.ts'
import { monitoredValue, plateauAfter } from '../../common/training/monitor.ts'
import { learningRateAt } from '../../common/training/schedule.ts'
import type { Contestant } from './contestant.ts'
import type { TrainingRun } from './training-run.ts'

/** The learning rate with which a model takes a step (from 1) of the epoch under way. */
export function learningRateOf(
  { options, position, stepsPerEpoch }: TrainingRun,
  { plateau }: Contestant,
  step: number,
): number {
  const { recipe } = options.project
  const totalSteps = stepsPerEpoch * recipe.epochs
  return plateau.factor * learningRateAt(recipe, { step, epoch: position.epoch, totalSteps })
}

/** Lowers a model's rate after an epoch where a plateau schedule says so, and tells of it. */
export function reduceOnPlateau(run: TrainingRun, contestant: Contestant, values: EpochValues): void {
  const { schedule, optimizer } = run.options.project.recipe
  if (schedule?.type !== 'plateau') return
  const before = contestant.plateau
  const value = monitoredValue(schedule.monitor, values) ?? Number.NaN
  contestant.plateau = plateauAfter(schedule, before, value, optimizer.learningRate)
  if (contestant.plateau.factor === before.factor) return
  const rate = Number(learningRateOf(run, contestant, run.position.step).toPrecision(4))
  const { name } = contestant.model
  run.teller.log('info', {
    en: `${name} has stopped improving: its learning rate is lowered to ${rate}.`,
    ko: `${name}: 더 나아지지 않아 학습률을 ${rate}(으)로 낮춥니다.`,
  })
}
