import type { Recipe } from './recipe.ts'

/** Where a run is; both count from 1. */
export interface ScheduleMoment {
  readonly step: number
  readonly epoch: number
  /** Of the whole run. */
  readonly totalSteps: number
}

/**
 * The learning rate of a step. Exponential and cosine follow Keras 3, whose schedules count steps from 0; `step` is PyTorch's
 * StepLR, which counts epochs. What a plateau has done to the rate is not in it: see `plateauAfter`.
 */
export function learningRateAt(recipe: Pick<Recipe, 'optimizer' | 'schedule'>, moment: ScheduleMoment): number {
  const { schedule = { type: 'constant' }, optimizer } = recipe
  const rate = optimizer.learningRate
  const done = moment.step - 1
  switch (schedule.type) {
    case 'constant':
    case 'plateau':
      return rate
    case 'step':
      return rate * Math.pow(schedule.gamma, Math.floor((moment.epoch - 1) / schedule.stepSize))
    case 'exponential': {
      const periods = done / schedule.decaySteps
      return rate * Math.pow(schedule.rate, schedule.staircase === true ? Math.floor(periods) : periods)
    }
    case 'cosine': {
      const { warmupSteps, floor } = schedule
      if (done < warmupSteps) return (rate * done) / warmupSteps
      const decaySteps = schedule.decaySteps ?? Math.max(1, moment.totalSteps - warmupSteps)
      const gone = Math.min(done - warmupSteps, decaySteps) / decaySteps
      return rate * ((1 - floor) * 0.5 * (1 + Math.cos(Math.PI * gone)) + floor)
    }
  }
}
