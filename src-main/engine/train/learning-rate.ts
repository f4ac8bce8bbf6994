import type { EpochValues } from '../../common/training/monitor.ts'
import { monitoredValue, plateauAfter } from '../../common/training/monitor.ts'
import { learningRateAt } from '../../common/training/schedule.ts'
import type { Contestant } from './contestant.ts'
import type { TrainingRun } from './training-run.ts'

/** A learning rate that a person set while models trained, and what the schedule said of the step that it came before. */
export interface RateChange {
  readonly scheduled: number
  readonly wanted: number
}

/** The last change of a run's rate by hand; null where there was none. */
export interface RateControl {
  change: RateChange | null
}

/** The learning rate with which a model takes a step (from 1) of the epoch under way. */
export function learningRateOf(run: TrainingRun, { plateau }: Contestant, step: number): number {
  return plateau.factor * rateAfter(run.rate.change, scheduledRate(run, step))
}

/** Takes another rate from the next step on, and says so. */
export function changeRate(run: TrainingRun, wanted: number): void {
  const { contestants, position, rate, teller } = run
  const { epoch, step } = position
  const running = contestants.filter(({ finished }) => finished === null)
  const rates = running.map((contestant) => learningRateOf(run, contestant, step + 1))
  const from = rates[0]
  if (from === undefined || rates.every((one) => one === wanted)) return
  rate.change = { scheduled: scheduledRate(run, step + 1), wanted }
  // What a plateau had made of the rate before is part of what the person has seen and changed.
  for (const contestant of running) contestant.plateau = { ...contestant.plateau, factor: 1 }
  teller.tell({ type: 'rate-changed', epoch, step, from, to: wanted })
  const said = Number(from.toPrecision(4))
  teller.log('info', {
    en: `The learning rate was changed from ${said} to ${wanted} after step ${step}.`,
    ko: `${step}번째 스텝 뒤에 학습률을 ${said}에서 ${wanted}(으)로 바꾸었습니다.`,
  })
}

function scheduledRate({ options, position, stepsPerEpoch }: TrainingRun, step: number): number {
  const { recipe } = options.project
  const epoch = Math.max(1, position.epoch)
  return learningRateAt(recipe, { step, epoch, totalSteps: stepsPerEpoch * recipe.epochs })
}

/** The rate where the schedule says `scheduled`: after a change it goes on in the same proportions. */
export function rateAfter(change: RateChange | null, scheduled: number): number {
  if (change === null) return scheduled
  if (scheduled === change.scheduled || change.scheduled === 0) return change.wanted
  return scheduled * (change.wanted / change.scheduled)
}

/** Lowers a model's rate after an epoch where a plateau schedule says so, and tells of it. */
export function reduceOnPlateau(run: TrainingRun, contestant: Contestant, values: EpochValues): void {
  const { schedule, optimizer } = run.options.project.recipe
  if (schedule?.type !== 'plateau') return
  const before = contestant.plateau
  const value = monitoredValue(schedule.monitor, values) ?? Number.NaN
  contestant.plateau = plateauAfter(schedule, before, value, rateAfter(run.rate.change, optimizer.learningRate))
  if (contestant.plateau.factor === before.factor) return
  const rate = Number(learningRateOf(run, contestant, run.position.step).toPrecision(4))
  const { name } = contestant.model
  run.teller.log('info', {
    en: `${name} has stopped improving: its learning rate is lowered to ${rate}.`,
    ko: `${name}: 더 나아지지 않아 학습률을 ${rate}(으)로 낮춥니다.`,
  })
}
