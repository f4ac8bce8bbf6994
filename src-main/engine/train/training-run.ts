import type { Text } from '../../common/layers/text.ts'
import type { Project } from '../../common/project/project.ts'
import type { DeviceChoice } from '../../common/training/device.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import type { Probe } from '../../common/training/probe.ts'
import type { Backend } from '../backends/backend.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { RecipeSplit } from './batches.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Checkpointer, CheckpointPace } from './checkpointer.ts'
import type { Contestant } from './contestant.ts'
import type { RateControl } from './learning-rate.ts'
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
  /** Where a run is taken up again; its project is as it was then. */
  readonly from?: StartingPoint
  /** How often a run is saved; by default seldom enough to cost nothing that shows. */
  readonly checkpoints?: CheckpointPace
  /** How many moments of each model are kept; by default as many as its size allows. */
  readonly momentLimit?: number
}

export interface StartingPoint {
  readonly checkpoint: Checkpoint
  /** When the run was first started, in ISO 8601. */
  readonly started: string
  /** Sentences for the run's log. */
  readonly notes: readonly Text[]
}

/** How far a run has come. */
export interface Position {
  /** The one under way, from 1; 0 before the first. */
  epoch: number
  /** Epochs that all models have been trained and judged in. */
  done: number
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
  readonly checkpointer: Checkpointer
  readonly rate: RateControl
  /** About the loss of a model that knows nothing of a sample. */
  readonly ignorantLoss: number
  readonly teller: Teller
  /** Tells how far the run is and how fast, at most ten times a second but for the last of an epoch. */
  readonly tellProgress: (moment: { readonly isLast: boolean }) => void
  readonly writer: RunWriter
  /** Of the first epoch: those whose weights are stored. */
  readonly keptSteps: readonly number[]
  /** By model: the epoch whose snapshot is the result. */
  readonly results: Record<string, number>
}
