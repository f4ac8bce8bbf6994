import type { MetricType } from '../../src-main/common/training/metrics.ts'
import { metricTypes } from '../../src-main/common/training/metrics.ts'
import type { Moment } from '../../src-main/common/training/moment.ts'
import { stepOfMoment } from '../../src-main/common/training/moment.ts'
import type { ModelHistory } from '../state/training-state.svelte.ts'
import type { Points } from './decimate.ts'
import { decimate } from './decimate.ts'
import { smooth } from './smoothing.ts'

/** Loss and accuracy are told while an epoch runs, all others of the validation part when it ends. */
export type Metric = 'loss' | MetricType
export type CurveAxis = 'step' | 'epoch'

export interface CurveOptions {
  readonly metric: Metric
  readonly axis: CurveAxis
  readonly stepsPerEpoch: number
  /** Weight of the moving average, 0…1. */
  readonly smoothing: number
  readonly maxPoints: number
}

/** The lines of one model: what was measured, its moving average (null without smoothing), and the epoch ends. */
export interface ModelCurves {
  readonly raw: Points
  readonly smoothed: Points | null
  readonly validation: Points
}

type Epoch = ModelHistory['epochs'][number]

/** What was measured while training; null where it is not told of the training part. */
function trainingValue(moment: Pick<Epoch, 'loss' | 'accuracy'>, metric: Metric): number | null {
  return metric === 'loss' ? moment.loss : metric === 'accuracy' ? moment.accuracy : null
}

function validationValue(epoch: Epoch, metric: Metric): number | null {
  if (metric === 'loss') return epoch.valLoss
  return metric === 'accuracy' ? epoch.valAccuracy : (epoch.valMetrics?.[metric] ?? null)
}

function valueOf(epoch: Epoch, metric: Metric, part: 'training' | 'validation'): number | null {
  return part === 'training' ? trainingValue(epoch, metric) : validationValue(epoch, metric)
}

/** The metrics that runs have told of, beside the loss. */
export function metricsTold(models: readonly ModelHistory[]): readonly MetricType[] {
  return metricTypes.filter((type) =>
    models.some(({ steps, epochs }) => {
      const last = epochs.at(-1)
      if (last && validationValue(last, type) !== null) return true
      return type === 'accuracy' && (steps.at(-1)?.accuracy ?? last?.accuracy ?? null) !== null
    }),
  )
}

/** Curves of one model on the chosen axis; not more than about `maxPoints` a line. */
export function curvesOf(model: ModelHistory, options: CurveOptions): ModelCurves {
  const { metric, axis, smoothing, maxPoints } = options
  const perEpoch = Math.max(1, options.stepsPerEpoch)
  const toAxis = (step: number) => (axis === 'step' ? step : step / perEpoch)
  const train: { x: number[]; y: number[] } = { x: [], y: [] }
  for (const step of model.steps) {
    const value = trainingValue(step, metric)
    if (value === null) continue
    train.x.push(toAxis(step.step))
    train.y.push(value)
  }
  if (train.x.length === 0) {
    for (const epoch of model.epochs) {
      const value = trainingValue(epoch, metric)
      if (value === null) continue
      train.x.push(toAxis(epoch.epoch * perEpoch))
      train.y.push(value)
    }
  }
  const validation: { x: number[]; y: number[] } = { x: [], y: [] }
  for (const epoch of model.epochs) {
    const value = validationValue(epoch, metric)
    if (value === null) continue
    validation.x.push(toAxis(epoch.epoch * perEpoch))
    validation.y.push(value)
  }
  const smoothed = smoothing > 0 ? { x: train.x, y: smooth(train.y, smoothing) } : null
  return {
    raw: decimate(train, maxPoints),
    smoothed: smoothed ? decimate(smoothed, maxPoints) : null,
    validation: decimate(validation, maxPoints),
  }
}

/** The habit of live loss plots: least, greatest and newest value of one metric; null where nothing was told yet. */
export interface Extent {
  readonly min: number
  readonly max: number
  readonly current: number
}

/** Over what the curves show: for training every moment that was told, or where a run has none, its epochs. */
export function extentOf(model: ModelHistory, metric: Metric, part: 'training' | 'validation'): Extent | null {
  const told = part === 'training' ? extentOver(model.steps, (step) => trainingValue(step, metric)) : null
  return told ?? extentOver(model.epochs, (epoch) => valueOf(epoch, metric, part))
}

/** In one go and without copies: a long run has hundreds of thousands of steps, and is looked at at every tick. */
function extentOver<T>(moments: readonly T[], read: (moment: T) => number | null): Extent | null {
  let [min, max] = [Infinity, -Infinity]
  let current: number | null = null
  for (const moment of moments) {
    const value = read(moment)
    if (value === null) continue
    current = value
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  if (current === null) return null
  return min <= max ? { min, max, current } : { min: current, max: current, current }
}

/** Where a moment lies on the axis. */
export function placeOfMoment(moment: Moment, axis: CurveAxis, stepsPerEpoch: number): number {
  const step = stepOfMoment(moment, stepsPerEpoch)
  return axis === 'step' ? step : step / Math.max(1, stepsPerEpoch)
}

/** The stored moment nearest to a place on the axis; null where nothing is stored. */
export function nearestMoment(
  place: number,
  axis: CurveAxis,
  stepsPerEpoch: number,
  stored: readonly Moment[],
): Moment | null {
  const distance = (moment: Moment) => Math.abs(placeOfMoment(moment, axis, stepsPerEpoch) - place)
  return stored.reduce<Moment | null>(
    (best, candidate) => (best === null || distance(candidate) < distance(best) ? candidate : best),
    null,
  )
}

/** The value that was newest at a step of the run; null before the first. */
export function valueNear(
  model: ModelHistory,
  options: {
    readonly metric: Metric
    readonly part: 'training' | 'validation'
    readonly step: number
    readonly stepsPerEpoch: number
  },
): number | null {
  const { metric, part, step, stepsPerEpoch } = options
  if (part === 'training' && model.steps.length > 0) {
    // The first step beyond the place, by halving: a long run has hundreds of thousands.
    let low = 0
    let high = model.steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((model.steps[middle]?.step ?? 0) <= step) low = middle + 1
      else high = middle
    }
    const newest = model.steps[low - 1]
    return newest ? trainingValue(newest, metric) : null
  }
  const ended = model.epochs.filter((epoch) => epoch.epoch * stepsPerEpoch <= step + stepsPerEpoch / 2)
  const newest = ended.at(-1)
  return newest ? valueOf(newest, metric, part) : null
}
