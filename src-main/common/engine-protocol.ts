import type {
  BackendStatus,
  CatalogueEntry,
  ConfusionCounts,
  JobProgress,
  Pictures,
  RequestName,
  RequestParams,
  RequestResult,
  TensorSlice,
} from './contract.ts'
import type { DatasetDescriptor, DataSource, Part, PictureRef } from './data/dataset.ts'
import type { Forecast } from './data/forecast.ts'
import type { ExportFormat, ExportOutcome } from './export/formats.ts'
import type { Model } from './graph/graph.ts'
import type { Project } from './project/project.ts'
import type { Text } from './layers/text.ts'
import type { Result } from './result.ts'
import type { DeviceChoice } from './training/device.ts'
import type { Evaluation } from './training/evaluation.ts'
import type { TrainingEvent } from './training/events.ts'
import type { EngineSubject, GivenPicture, RankedPart } from './training/explanation.ts'
import type { Moment } from './training/moment.ts'
import type { ModelView, Probe } from './training/probe.ts'
import type { Readings } from './training/readings.ts'
import type { Recipe } from './training/recipe.ts'

export type BackendChoice = 'auto' | 'tensorflow' | 'wasm' | 'cpu'

/** Given to an engine process as one JSON argument (its only one). */
export interface EngineStart {
  readonly engine: 'workbench' | 'trainer'
  readonly backend: BackendChoice
  /** Of a trainer for small steps, see `wantsOneThreadAnOp`; has to be known before TensorFlow is loaded. */
  readonly oneThreadAnOp?: boolean
  /** Decoded data sets, ours to fill. */
  readonly cacheFolder: string
  /** Labels on their way, which are the user's; in the cache where nobody labels. */
  readonly labelsFolder?: string
}

export interface WatchRequest {
  readonly picture: PictureRef
  /** Looked at in its place. */
  readonly given?: GivenPicture
  readonly views: readonly ModelView[]
  readonly intervalMs: number
}

/** A model of a run, which an engine knows by its folder. */
export interface ModelInFolder {
  readonly folder: string
  readonly model: string
  /** Whose weights, if the run keeps them; without it, those that are the run's result. */
  readonly epoch?: number
}

/** Requests that go through a host unchanged. */
type Passed<N extends RequestName> = { readonly [M in N]: { params: RequestParams<M>; result: RequestResult<M> } }

type AboutSubject = 'inspect.explain' | 'inspect.rank' | 'inspect.drivers' | 'inspect.stages'

/** Looks at a model whose run an engine knows by its folder. */
type Looks = {
  readonly [M in AboutSubject]: {
    params: Omit<RequestParams<M>, 'subject'> & { readonly subject: EngineSubject }
    result: RequestResult<M>
  }
}

/** What a host may ask of an engine. A trainer answers the training requests, a workbench the others; both know `backend`. */
export interface EngineRequests
  extends
    Passed<
      | 'dataset.inspect'
      | 'dataset.import'
      | 'dataset.imported'
      | 'dataset.remove'
      | 'dataset.report'
      | 'dataset.find'
      | 'dataset.mean'
      | 'dataset.columns'
      | 'dataset.series'
      | 'dataset.openLabels'
      | 'dataset.thumbnails'
      | 'dataset.keepLabels'
      | 'dataset.labelDrafts'
      | 'dataset.saveLabels'
      | 'dataset.examples'
      | 'dataset.augment'
      | 'dataset.export'
      | 'inspect.openPicture'
    >,
    Looks {
  backend: { params: Record<string, never>; result: BackendStatus }
  'dataset.catalogue': { params: Record<string, never>; result: readonly CatalogueEntry[] }
  'dataset.describe': { params: { source: DataSource; job: string }; result: DatasetDescriptor }
  'dataset.pictures': { params: { source: DataSource; part: Part; indices: readonly number[] }; result: Pictures }
  'job.cancel': { params: { job: string }; result: null }
  'inspect.untrained': {
    params: {
      model: Model
      recipe: Recipe
      source: DataSource
      picture: PictureRef
      given?: GivenPicture
      nodes: readonly string[]
      weights: readonly string[]
    }
    result: Probe
  }
  /** `folder` is the run's. */
  'run.probe': {
    params: {
      folder: string
      model: string
      moment: Moment
      picture: PictureRef
      given?: GivenPicture
      nodes: readonly string[]
      weights: readonly string[]
    }
    result: Probe
  }
  'run.confusion': { params: { folder: string; model: string; moment: Moment }; result: ConfusionCounts }
  'run.readings': { params: { folder: string; model: string; moment: Moment }; result: Readings }
  'run.slice': {
    params: {
      folder: string
      model: string
      moment: Moment
      node: string
      what: 'kernels' | 'maps'
      index: number
      picture: PictureRef
      given?: GivenPicture
    }
    result: TensorSlice
  }
  /** Every model of a run at its best (or last) epoch: on a part of its own data, or of another set (`source`). */
  'run.evaluate': {
    params: {
      folder: string
      source: DataSource | null
      part: RankedPart
      /** By model, whose weights; without it those that are the result. */
      epochs?: Readonly<Record<string, number>>
    }
    result: readonly Evaluation[]
  }
  /** Named models of runs, each with the weights that are wanted, on both parts of the data that they learnt from. */
  'run.judge': {
    params: { models: readonly ModelInFolder[]; job: string }
    result: {
      readonly judged: readonly { readonly test: Evaluation; readonly validation: Evaluation }[]
      readonly classes: readonly string[]
    }
  }
  'run.sweep': {
    params: Omit<RequestParams<'run.sweep'>, 'path' | 'models' | 'weights'> & { models: readonly ModelInFolder[] }
    result: RequestResult<'run.sweep'>
  }
  'inspect.distorted': {
    params: Omit<RequestParams<'inspect.distorted'>, 'subjects'> & { subjects: readonly EngineSubject[] }
    result: RequestResult<'inspect.distorted'>
  }
  'run.forecast': {
    params: { folder: string; model: string; epoch: number | null; points: number; ahead: number }
    result: Forecast
  }
  /** Files are pictures (PNG, JPEG, …); the answer holds each class's probability, or the value. */
  'run.predict': {
    params: { folder: string; files: readonly string[] }
    result: readonly {
      readonly file: string
      readonly model: string
      readonly values: readonly number[]
      readonly label: string | null
    }[]
  }
  /** PNG files of every kernel of a layer, or of every map for one picture; the answer lists what was written. */
  'run.kernels': { params: { folder: string; layer: string; out: string }; result: readonly string[] }
  'run.maps': { params: { folder: string; image: string; out: string }; result: readonly string[] }
  /** One SVG figure of pictures through all layers for each model; the answer lists what was written. */
  'run.figure': { params: { folder: string; images: readonly string[]; file: string }; result: readonly string[] }

  /**
   * Writes models for other programs: those of a run with the weights that are its result (`folder` is the run's), or of a
   * project with the weights that its seed gives. `to` is a file for Keras's .h5, else a folder that is new or empty.
   */
  'model.export': {
    params: {
      project: Project
      folder: string | null
      models: readonly string[]
      as: ExportFormat
      to: string
      job: string
    }
    result: ExportOutcome
  }

  /**
   * Reads a model that Keras saved, whole, and checks it. With `into`, an empty folder, its weights become a run there that
   * was never trained. `source` are the data to look at it with; null takes what comes with Convas and fits.
   */
  'model.import': {
    params: {
      file: string
      source: DataSource | null
      into: { readonly folder: string; readonly run: string } | null
    }
    result: { project: Project; notes: readonly Text[] }
  }

  /** Answers once the run is under way; the rest comes as events. `folder` exists and is empty. */
  'training.start': {
    params: { run: string; folder: string; project: Project; models: readonly string[]; device: DeviceChoice }
    result: null
  }
  /**
   * Goes on with the run in `folder` from its newest checkpoint. The answer holds the project as it is trained on and how
   * much of the history, in bytes, is kept.
   */
  'training.goOn': {
    params: { run: string; folder: string; moreEpochs: number | null; device: DeviceChoice }
    result: { project: Project; history: number }
  }
  'training.pause': { params: Record<string, never>; result: null }
  'training.resume': { params: Record<string, never>; result: null }
  'training.stop': { params: Record<string, never>; result: null }
  'training.watch': { params: WatchRequest; result: null }
  'training.setLearningRate': { params: { learningRate: number }; result: null }
}
export type EngineMethod = keyof EngineRequests

export type EngineHandlers = {
  readonly [M in EngineMethod]: (params: EngineRequests[M]['params']) => Promise<Result<EngineRequests[M]['result']>>
}

/** Plain data and typed arrays only: the same messages cross every kind of process border. */
export type ToEngine = {
  readonly [M in EngineMethod]: {
    readonly id: number
    readonly method: M
    readonly params: EngineRequests[M]['params']
  }
}[EngineMethod]

export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> }
  /** In the order of time, several at once where they come fast. */
  | { readonly kind: 'training'; readonly events: readonly TrainingEvent[] }
  | { readonly kind: 'probe'; readonly probe: Probe }
  | { readonly kind: 'progress'; readonly progress: JobProgress }

/** What an engine's process gives it, whether it is a Node child process or Electron's utility process. */
export interface EngineConnection {
  readonly send: (message: FromEngine) => void
  readonly onMessage: (listener: (message: ToEngine) => void) => void
  readonly close: () => void
}
