import { areaUnderCurve } from '../../common/statistics/area-under-curve.ts'
import { classScores } from '../../common/statistics/class-scores.ts'
import type { MetricType, MetricValues } from '../../common/training/metrics.ts'
import { topKOf } from '../../common/training/metrics.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { DatasetDescriptor } from '../../common/data/dataset.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { Loss } from './losses.ts'

/** The predicted class of one sample: the largest score, or for a single score whether it is above `threshold`. */
export function predictedClass(scores: ArrayLike<number>, start: number, units: number, threshold: number): number {
  if (units === 1) return (scores[start] as number) > threshold ? 1 : 0
  let best = 0
  for (let unit = 1; unit < units; unit++) {
    if ((scores[start + unit] as number) > (scores[start + best] as number)) best = unit
  }
  return best
}

/** Sums over samples, of which means are told. */
export interface Tally {
  loss: number
  correct: number
  samples: number
}

export function emptyTally(): Tally {
  return { loss: 0, correct: 0, samples: 0 }
}

/** What came to the sums since an earlier state of them. */
export function tallySince(now: Tally, before: Tally): Tally {
  return {
    loss: now.loss - before.loss,
    correct: now.correct - before.correct,
    samples: now.samples - before.samples,
  }
}

export function meanLoss(tally: Tally): number {
  return tally.loss / Math.max(1, tally.samples)
}

/** 0…1; null where the task has no classes. */
export function accuracyOf(tally: Tally, { descriptor }: Pick<Dataset, 'descriptor'>): number | null {
  return descriptor.task === 'classification' ? tally.correct / Math.max(1, tally.samples) : null
}

/** What a model makes of a whole part of the data. */
export interface Measured {
  readonly loss: number
  /** Null where the task has no classes. */
  readonly accuracy: number | null
  readonly samples: number
  /** Rows are true classes, columns predicted ones, row-major. */
  readonly counts: readonly number[]
  readonly metrics: MetricValues
}

/** Takes the batches of a part one after the other; `scores` are [batch · units]. */
export interface Measurement {
  readonly add: (batch: { readonly loss: number; readonly scores: Float32Array; readonly labels: Float32Array }) => void
  readonly result: () => Measured
}

interface MeasurementOptions {
  readonly descriptor: Pick<DatasetDescriptor, 'task' | 'classes'>
  readonly units: number
  readonly loss: Pick<Loss, 'readOut' | 'threshold'>
  readonly topK: Recipe['topK'] | undefined
  /** How many samples will come. */
  readonly samples: number
}

/** More scores than that are not kept, and then the AUC is not measured. */
const keptScores = 2 ** 26

export function createMeasurement({ descriptor, units, loss, topK, samples }: MeasurementOptions): Measurement {
  const { task } = descriptor
  const classes = descriptor.classes.length
  const tally = emptyTally()
  const counts = new Array<number>(classes * classes).fill(0)
  const ranking = samples * units <= keptScores ? createRanking(samples, units, loss.readOut) : null
  const errors = createErrors()
  const wanted = topKOf(topK, classes)
  let amongBest = 0

  return {
    add: ({ loss: mean, scores, labels }) => {
      tally.loss += mean * labels.length
      tally.samples += labels.length
      if (task === 'regression') errors.add(scores, labels)
      else {
        ranking?.add(scores, labels)
        labels.forEach((label, row) => {
          const predicted = predictedClass(scores, row * units, units, loss.threshold)
          if (predicted === label) tally.correct++
          const cell = label * classes + predicted
          counts[cell] = (counts[cell] ?? 0) + 1
          if (units > 1 && placeOf(scores, row * units, units, label) < wanted) amongBest++
        })
      }
    },
    result: () => {
      const share = (count: number) => count / Math.max(1, tally.samples)
      const measured = { loss: meanLoss(tally), samples: tally.samples, counts }
      if (task === 'regression') return { ...measured, accuracy: null, counts: [], metrics: errors.result() }
      const metrics: Partial<Record<MetricType, number>> = {
        accuracy: share(tally.correct),
        ...(units > wanted && { topK: share(amongBest) }),
        ...countedMetrics(counts, classes),
      }
      const auc = ranking?.auc(classes) ?? null
      if (auc !== null) metrics.auc = auc
      return { ...measured, accuracy: share(tally.correct), metrics }
    },
  }
}

/** How many units score higher than the one of the label; equal scores do not, as in TensorFlow's in_top_k. */
function placeOf(scores: ArrayLike<number>, start: number, units: number, label: number): number {
  const own = scores[start + label] as number
  let higher = 0
  for (let unit = 0; unit < units; unit++) if ((scores[start + unit] as number) > own) higher++
  return Number.isNaN(own) ? units : higher
}

/** Precision, recall and F1 of the second of two classes, else their means over the classes that occur. */
function countedMetrics(counts: readonly number[], classes: number): Pick<MetricValues, 'precision' | 'recall' | 'f1'> {
  const { perClass, macro } = classScores(counts, classes)
  const { precision, recall, f1 } = (classes === 2 ? perClass[1] : undefined) ?? macro
  return { precision, recall, f1 }
}

/** Keeps the scores of all samples, for the area under the ROC curve. */
function createRanking(samples: number, units: number, readOut: Loss['readOut']) {
  const kept = new Float64Array(samples * units)
  const truth = new Float64Array(samples)
  let count = 0
  return {
    add: (scores: Float32Array, labels: Float32Array) => {
      kept.set(readOut === 'softmax' && units > 1 ? softmaxed(scores, units) : scores, count * units)
      truth.set(labels, count)
      count += labels.length
    },
    /** Of the second of two classes, else the mean of each class against the rest; null where one side is empty. */
    auc: (classes: number): number | null => {
      const labels = classes === 2 ? [1] : Array.from({ length: classes }, (_, label) => label)
      const areas = labels.flatMap((label) => {
        const column = units === 1 ? 0 : label
        const inside: number[] = []
        const outside: number[] = []
        for (let row = 0; row < count; row++)
          (truth[row] === label ? inside : outside).push(kept[row * units + column] as number)
        return areaUnderCurve(Float64Array.from(inside), Float64Array.from(outside)) ?? []
      })
      return areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length
    },
  }
}

/** Probabilities of logits [batch · units], in double precision. */
function softmaxed(scores: Float32Array, units: number): Float64Array {
  const shares = new Float64Array(scores.length)
  for (let start = 0; start < scores.length; start += units) {
    let largest = -Infinity
    for (let unit = 0; unit < units; unit++) largest = Math.max(largest, scores[start + unit] as number)
    let sum = 0
    for (let unit = 0; unit < units; unit++) {
      const power = Math.exp((scores[start + unit] as number) - largest)
      shares[start + unit] = power
      sum += power
    }
    for (let unit = 0; unit < units; unit++) shares[start + unit] = (shares[start + unit] as number) / sum
  }
  return shares
}

/** Errors of predicted values. The variance is summed around the first target, so that far-off means lose no digits. */
function createErrors() {
  let samples = 0
  let absolute = 0
  let squared = 0
  let origin = 0
  let sum = 0
  let sumOfSquares = 0
  return {
    add: (scores: Float32Array, values: Float32Array) => {
      if (samples === 0) origin = values[0] ?? 0
      values.forEach((value, row) => {
        const error = (scores[row] as number) - value
        absolute += Math.abs(error)
        squared += error * error
        sum += value - origin
        sumOfSquares += (value - origin) * (value - origin)
      })
      samples += values.length
    },
    /** R² is left out where all values are the same: there is nothing to explain. */
    result: (): MetricValues => {
      if (samples === 0) return {}
      const spread = sumOfSquares - (sum * sum) / samples
      return {
        meanAbsoluteError: absolute / samples,
        rootMeanSquaredError: Math.sqrt(squared / samples),
        ...(spread > 0 && { rSquared: 1 - squared / spread }),
      }
    },
  }
}
