import type { DatasetDescriptor } from '../data/dataset.ts'
import type { Text } from '../layers/text.ts'
import type { DeviceDecision } from './device.ts'
import type { MetricValues } from './metrics.ts'
import type { Moment } from './moment.ts'

/** Losses are means over samples; accuracies are fractions (0…1), null where the task has no classes. Seconds are wall time. */
export type TrainingEvent =
  | {
      readonly type: 'run-started'
      readonly run: string
      readonly dir: string
      readonly backend: BackendName
      readonly device: string
      readonly models: readonly StartedModel[]
      readonly samples: { readonly train: number; readonly validation: number; readonly test: number }
      /** Runs of earlier versions do not tell it. */
      readonly data?: TrainedData
      readonly epochs: number
      readonly stepsPerEpoch: number
    }
  /** A run that had ended or was cut off goes on after `step`, the last one that its history keeps. */
  | {
      readonly type: 'run-resumed'
      readonly run: string
      readonly dir: string
      readonly backend: BackendName
      readonly device: string
      readonly models: readonly StartedModel[]
      readonly epochs: number
      readonly stepsPerEpoch: number
      /** Epochs done before. */
      readonly epoch: number
      readonly step: number
      readonly time: string
    }
  /** `step` counts from 1 over the whole run; `loss` and `accuracy` are means over the samples since the last such event. */
  | {
      readonly type: 'step'
      readonly model: string
      readonly step: number
      readonly epoch: number
      readonly loss: number
      readonly accuracy: number | null
    }
  /** For the whole run, all models together; at most ten a second. */
  | {
      readonly type: 'progress'
      readonly epoch: number
      readonly step: number
      readonly secondsElapsed: number
      readonly secondsLeft: number | null
      readonly samplesPerSecond: number
      /** Runs of earlier versions do not tell it. */
      readonly learningRate?: number
    }
  /** The person changed the rate; it counts from the step after `step`. */
  | {
      readonly type: 'rate-changed'
      readonly epoch: number
      readonly step: number
      readonly from: number
      readonly to: number
    }
  /** All moments of a model whose weights are stored now; between such events each epoch's end adds its own. */
  | { readonly type: 'moments'; readonly model: string; readonly moments: readonly Moment[] }
  /** The end of one epoch of one model. `epoch` counts from 1. */
  | {
      readonly type: 'epoch'
      readonly model: string
      readonly epoch: number
      readonly loss: number
      readonly accuracy: number | null
      readonly valLoss: number | null
      readonly valAccuracy: number | null
      /** Over the validation part; runs of earlier versions have none. */
      readonly valMetrics?: MetricValues
      /** That of the epoch's last step. */
      readonly learningRate: number
      readonly seconds: number
      readonly samplesPerSecond: number
    }
  /** Rows are true classes, columns predicted ones, counts over the validation part; row-major. */
  | {
      readonly type: 'confusion'
      readonly model: string
      readonly epoch: number
      readonly part: 'validation' | 'test'
      readonly classes: number
      readonly counts: readonly number[]
    }
  | { readonly type: 'state'; readonly state: RunState }
  | {
      readonly type: 'log'
      readonly level: 'info' | 'warning' | 'error'
      readonly message: string
      /** The same in every language; older runs have only the message. */
      readonly text?: Text
      readonly time: string
    }
  | {
      readonly type: 'model-finished'
      readonly model: string
      readonly reason: 'completed' | 'stopped' | 'early-stopping' | 'diverged'
      /** The one whose weights are the result, or in which they were taken; runs of earlier versions do not tell it. */
      readonly epoch?: number
      readonly best: {
        readonly epoch: number
        readonly valLoss: number | null
        readonly valAccuracy: number | null
        readonly valMetrics?: MetricValues
      } | null
      readonly test: {
        readonly loss: number
        readonly accuracy: number | null
        readonly samples: number
        readonly metrics?: MetricValues
      } | null
    }
  | { readonly type: 'run-finished'; readonly run: string }
  | {
      readonly type: 'failed'
      readonly code: string
      readonly message: string
      /** The same in every language; older runs have only the message. */
      readonly text?: Text
    }

/** What a run learns from: the title, a sample's shape (no batch axis) and the hash of the data set. */
export type TrainedData = Pick<DatasetDescriptor, 'titles' | 'shape' | 'hash'>

export interface StartedModel {
  readonly id: string
  readonly name: string
  readonly parameters: number
  /** Only where there is a GPU. */
  readonly device?: DeviceDecision
}

export type BackendName = 'tensorflow' | 'wasm' | 'cpu'
/** 'stopped' ended by a person's wish before its last epoch did; 'interrupted' is a run that was cut off and can go on. */
export type RunState =
  'preparing' | 'running' | 'paused' | 'stopping' | 'finished' | 'stopped' | 'interrupted' | 'failed'
