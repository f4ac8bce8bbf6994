import type { Project } from '../../common/project/project.ts'
import type { DeviceChoice } from '../../common/training/device.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Probe } from '../../common/training/probe.ts'
import type { Backend } from '../backends/backend.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { RecipeSplit } from './batches.ts'
import type { Contestant } from './contestant.ts'
import type { RunClock } from './run-clock.ts'
import type { RunControl } from './run-control.ts'
import type { RunWriter } from './run-folder.ts'
import type { Teller } from './teller.ts'

export interface TrainingOptions {
  readonly backend: Backend
  readonly dataset: Dataset
  readonly run: string
  readonly folder: string
  readonly project: Project
  readonly models: readonly string[]
  /** Where to compute; by default it is measured. */
  readonly device?: DeviceChoice
  readonly tell: (event: TrainingEvent) => void
  readonly show: (probe: Probe) => void
}

/** How far a run has come. */
export interface Position {
  /** The one under way, from 1; 0 before the first. */
  epoch: number
  /** Samples of the epoch under way that have been trained on. */
  taken: number
  /** Steps taken in all. */
  step: number
  /** Samples trained on in all. */
  samples: number
}

/** A run under way, as its parts share it. */
export interface TrainingRun {
  readonly options: TrainingOptions
  readonly contestants: readonly Contestant[]
  readonly split: RecipeSplit
  readonly stepsPerEpoch: number
  readonly position: Position
  readonly clock: RunClock
  readonly control: RunControl
  readonly teller: Teller
  /** Tells how far the run is and how fast, at most ten times a second but for the last of an epoch. */
  readonly tellProgress: (moment: { readonly isLast: boolean }) => void
  readonly writer: RunWriter
  /** By model: the epoch whose snapshot is the result. */
  readonly results: Record<string, number>
}
