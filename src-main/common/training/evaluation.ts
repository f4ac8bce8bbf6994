import type { Part } from '../data/dataset.ts'
import type { MetricValues } from './metrics.ts'

/** One loss and one accuracy over a whole part; rows of `counts` are true classes, columns predicted ones. */
export interface Evaluation {
  readonly model: string
  /** That of the weights that were judged. */
  readonly epoch: number
  readonly loss: number
  readonly accuracy: number | null
  readonly metrics: MetricValues
  readonly samples: number
  readonly classes: number
  readonly counts: readonly number[]
  /** Sample by sample, the same samples in the same order for every model of a run; empty where the task has no classes. */
  readonly answers: Answers
}

/** One value a sample: its position in a part of the data, its true class, the class answered. */
export interface Answers {
  readonly part: Part
  readonly positions: Int32Array
  readonly truths: Int32Array
  readonly classes: Int32Array
  /** How much speaks for the second of two classes, on a scale of the model's own; null where there are more. */
  readonly scores: Float64Array | null
  /** [samples, classes], row-major; null where the loss makes no probabilities, or there would be too many of them. */
  readonly probabilities: Float32Array | null
}
