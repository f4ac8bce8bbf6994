import './zod-without-eval.ts'
import { z } from 'zod'
import type { Comparison } from './comparison/compare-models.ts'
import { distortionKinds, distortionSchema } from './comparison/distortion.ts'
import type { DistortedAnswers, DistortionCurves } from './comparison/distortion.ts'
import { augmentationSchema } from './data/augmentation.ts'
import type { ColumnSummary, SeriesPage } from './data/columns.ts'
import type { catalogueIds, DatasetDescriptor, DataSource } from './data/dataset.ts'
import { dataSourceSchema, partSchema, pictureRefSchema } from './data/dataset.ts'
import { exportChoices } from './export/formats.ts'
import type { ExportOutcome } from './export/formats.ts'
import { exportForms } from './data/export.ts'
import type { Forecast } from './data/forecast.ts'
import type { ImportedDataset, ImportReport } from './data/imported.ts'
import type { Inspection } from './data/inspection.ts'
import type { LabelDraftListing, LabellingStart, Thumbnails } from './data/labelling.ts'
import { labelDraftSchema, labellingSchema, labelTargetSchema } from './data/labelling.ts'
import { fileSourceSchema, readingChoicesSchema } from './data/reading.ts'
import type { Shape } from './graph/graph.ts'
import type { Text } from './layers/text.ts'
import type { Project } from './project/project.ts'
import { modelSchema, projectSchema } from './project/schema.ts'
import type { Result } from './result.ts'
import type { SweepDetail } from './sweep/plan.ts'
import { sweepSettingsSchema } from './sweep/plan.ts'
import { deviceChoices } from './training/device.ts'
import type { DeviceChoice } from './training/device.ts'
import type { BackendName, RunState, TrainingEvent } from './training/events.ts'
import type { RunNotes } from './training/run-notes.ts'
import { runNotesSchema } from './training/run-notes.ts'
import {
  explanationSettingsSchema,
  givenPictureSchema,
  rankedPartSchema,
  sampleSchema,
  subjectSchema,
} from './training/explanation.ts'
import type { Answers } from './training/evaluation.ts'
import type { Drivers, Explanation, OpenedPicture, Ranking, Stages } from './training/explanation.ts'
import { judgedWeights } from './comparison/judged-weights.ts'
import type { Moment } from './training/moment.ts'
import { momentSchema } from './training/moment.ts'
import type { Probe } from './training/probe.ts'
import type { Readings } from './training/readings.ts'
import type { WayOn } from './training/way-on.ts'
import { recipeSchema } from './training/recipe.ts'

interface RequestSpec<P extends z.ZodType, R> {
  readonly params: P
  readonly result: R
}
function request<R>() {
  return <P extends z.ZodType>(params: P): RequestSpec<P, R> => ({ params, result: undefined as R })
}

const nothing = z.object({})
const run = z.object({ run: z.string().min(1) })
const path = z.string().min(1)
const saveTermsSchema = z.object({
  /** What the project was made from. */
  revision: z.string(),
  /** The window, by a name that it made up. */
  writer: z.string().max(64),
  /**
   * Where the file has become another: refuse ("changed-elsewhere"), write the project beside it, as a window does that goes, or
   * write it in its place and keep the other beside.
   */
  otherwise: z.enum(['refuse', 'beside', 'replace']),
})
const comparedModels = z
  .array(z.object({ run: z.string().min(1), model: z.string() }))
  .min(1)
  .max(8)
const weights = z.enum(judgedWeights).default('best')
const nodeList = z.array(z.string()).readonly()

/** Every request that a renderer may make of its host: one line here, one handler under `satisfies Handlers`. */
export const requests = {
  'app.info': request<AppInfo>()(nothing),
  'app.engines': request<readonly EngineInfo[]>()(nothing),
  /** Starts a crashed engine again. */
  'app.restartEngine': request<null>()(z.object({ engine: z.enum(['workbench', 'trainer']) })),
  'app.doctor': request<DoctorReport>()(nothing),

  /** The project last open, or the sample. */
  'project.last': request<ProjectDocument>()(nothing),
  'project.open': request<ProjectDocument>()(z.object({ path })),
  /** A new file in the projects folder, from a template or empty. */
  'project.create': request<ProjectDocument>()(z.object({ template: z.string().nullable(), name: z.string() })),
  'project.save': request<SavedProject>()(z.object({ path, project: projectSchema, terms: saveTermsSchema })),
  /** The file as it is now, where it is another than the revision; else null. */
  'project.changed': request<ProjectDocument | null>()(z.object({ path, revision: z.string() })),
  /** Saves under another path (the run folder is not copied) and makes that the current file. */
  'project.saveAs': request<ProjectDocument>()(z.object({ path, project: projectSchema })),
  'project.list': request<readonly ProjectListing[]>()(nothing),
  /** A native dialog; null when it was dismissed. Only where AppInfo.dialogs. */
  'project.pick': request<string | null>()(z.object({ purpose: z.enum(['open', 'save']), suggestedName: z.string() })),

  'template.list': request<readonly TemplateListing[]>()(nothing),

  'dataset.catalogue': request<readonly CatalogueEntry[]>()(nothing),
  /** Makes the data ready where they are not yet (progress events under `job`) and describes them. */
  'dataset.describe': request<DatasetDescriptor>()(z.object({ source: dataSourceSchema, job: z.string() })),
  'dataset.pictures': request<Pictures>()(
    z.object({ source: dataSourceSchema, part: partSchema, indices: z.array(z.int().min(0)).max(1_000) }),
  ),
  /** Native dialogs for files or a folder; null when dismissed. Only where AppInfo.dialogs. */
  'dataset.pick': request<readonly string[] | null>()(z.object({ kind: z.enum(['files', 'folder']) })),
  /**
   * For files that a browser gives without their path: a piece at a time, in order, at most a megabyte each. `transfer`
   * names one drop, `name` is the path inside it. The answer is the path to inspect: the file's, or its topmost folder's.
   */
  'dataset.receive': request<{ readonly path: string }>()(
    z.object({
      transfer: z.string().regex(/^[\w-]{1,64}$/),
      name: z.string().min(1).max(1_000),
      offset: z.int().min(0),
      bytes: z.instanceof(Uint8Array<ArrayBufferLike>).refine((bytes) => bytes.length <= 1_048_576),
    }),
  ),
  /** What files are taken for, and what could be chosen; nothing is written. */
  'dataset.inspect': request<Inspection>()(
    z.object({
      paths: z.array(path).min(1).max(1_000),
      options: readingChoicesSchema.exactOptional(),
      job: z.string(),
    }),
  ),
  /** Decodes files into the cache and lists them under a name (by default the file's). */
  'dataset.import': request<ImportedDataset>()(
    z.object({ source: fileSourceSchema, name: z.string().min(1).max(200).nullable(), job: z.string() }),
  ),
  /** What was imported, last used first. */
  'dataset.imported': request<readonly ImportedDataset[]>()(nothing),
  /** Takes it off the list and deletes its decoded samples; the files that it came from are left alone. */
  'dataset.remove': request<null>()(z.object({ id: z.string() })),
  /** What was skipped and what leaks; null for data of the catalogue. */
  'dataset.report': request<ImportReport | null>()(z.object({ source: dataSourceSchema })),
  /** Samples of a class, or whose file's name holds a text, in order: `count` of them from the `from`th on. */
  'dataset.find': request<{ readonly indices: Int32Array; readonly total: number }>()(
    z.object({
      source: dataSourceSchema,
      part: partSchema,
      label: z.int().min(0).nullable(),
      text: z.string().max(200),
      from: z.int().min(0),
      count: z.int().min(0).max(100_000),
    }),
  ),
  /** The mean of a part's samples, or of one class's: values as `Pictures` has them. */
  'dataset.mean': request<MeanSample>()(
    z.object({ source: dataSourceSchema, part: partSchema, label: z.int().min(0).nullable() }),
  ),
  /** The columns of the CSV that a series or a table was made of; empty for other data. */
  'dataset.columns': request<readonly ColumnSummary[]>()(z.object({ source: dataSourceSchema })),
  /** Rows `from` to `to` (excluded) of a series, in at most `points` points. */
  'dataset.series': request<SeriesPage>()(
    z.object({
      source: dataSourceSchema,
      columns: z.array(z.string()).min(1).max(32),
      from: z.int().min(0),
      to: z.int().min(1),
      points: z.int().min(2).max(10_000),
    }),
  ),
  /** The pictures in files, to label them: from where somebody left off, or with the labels that the files tell. */
  'dataset.openLabels': request<LabellingStart>()(z.object({ source: fileSourceSchema })),
  'dataset.thumbnails': request<Thumbnails>()(
    z.object({
      source: fileSourceSchema,
      files: z.array(z.string()).max(200),
      sizePx: z.int().min(16).max(512),
    }),
  ),
  /** Keeps labels on their way, so that nothing is lost whatever happens; null throws them away. */
  'dataset.keepLabels': request<null>()(z.object({ source: fileSourceSchema, draft: labelDraftSchema.nullable() })),
  /** What is kept, last changed first. */
  'dataset.labelDrafts': request<readonly LabelDraftListing[]>()(nothing),
  /** Writes labels that were given by hand; the answer is how many files have one. */
  'dataset.saveLabels': request<{ readonly written: number }>()(
    z.object({ source: fileSourceSchema, labelling: labellingSchema, to: labelTargetSchema }),
  ),
  /** A drawn cat (label 0) and dog (1), grey, of any size: for lessons that look at one picture large. */
  'dataset.examples': request<Pictures>()(z.object({ size: z.int().min(16).max(1_024) })),
  /** One training sample as `count` epochs would vary it; the first is the sample itself. */
  'dataset.augment': request<Pictures>()(
    z.object({
      source: dataSourceSchema,
      index: z.int().min(0),
      augmentation: augmentationSchema,
      seed: z.int().min(0),
      count: z.int().min(1).max(100),
    }),
  ),
  /** Writes a data set into a new folder; the answer lists the files of CIFAR, or the folders of the classes. */
  'dataset.export': request<readonly string[]>()(
    z.object({ source: dataSourceSchema, as: z.enum(exportForms), folder: path, job: z.string() }),
  ),
  'job.cancel': request<null>()(z.object({ job: z.string() })),

  /** Kernels and maps of a model that was never trained, with the weights that the seed gives it; all weights of `weights`. */
  'inspect.untrained': request<Probe>()(
    z.object({
      model: modelSchema,
      recipe: recipeSchema,
      source: dataSourceSchema,
      picture: pictureRefSchema,
      /** Looked at in place of the picture. */
      given: givenPictureSchema.exactOptional(),
      nodes: nodeList,
      weights: nodeList,
    }),
  ),
  /** What of a sample an answer comes from. Occlusion takes a while: progress and cancel by `job`, as for the next two. */
  'inspect.explain': request<Explanation>()(
    z.object({ subject: subjectSchema, sample: sampleSchema, settings: explanationSettingsSchema, job: z.string() }),
  ),
  /** The surest and least sure answers and the worst mistakes among samples that were not learned from. */
  'inspect.rank': request<Ranking>()(z.object({ subject: subjectSchema, part: rankedPartSchema, job: z.string() })),
  /** The samples that drive one map of a node most. */
  'inspect.drivers': request<Drivers>()(
    z.object({ subject: subjectSchema, node: z.string(), filter: z.int().min(0), part: partSchema, job: z.string() }),
  ),
  /**
   * One to four samples through all layers. With a `size`, through the convolutions and poolings alone, as if the input had
   * that many rows and columns; the samples then have to be of that size.
   */
  'inspect.stages': request<Stages>()(
    z.object({
      subject: subjectSchema,
      samples: z.array(sampleSchema).min(1).max(4),
      size: z.int().min(16).max(512).nullable(),
    }),
  ),
  /** Decodes any picture file as the data's pictures are; with a `size`, to that many rows and columns. */
  'inspect.openPicture': request<OpenedPicture>()(
    z.object({ source: dataSourceSchema, path, size: z.int().min(16).max(512).nullable() }),
  ),

  /** Trains the named models of a project, all in step, in a process of its own. */
  'training.start': request<{ readonly run: string }>()(
    z.object({ path, project: projectSchema, models: z.array(z.string()).min(1) }),
  ),
  /** Goes on with a run from its newest checkpoint; `moreEpochs` are on top of those it was to have, null is as planned. */
  'training.goOn': request<{ readonly run: string }>()(
    z.object({ path, run: z.string().min(1), moreEpochs: z.int().min(1).max(100_000).nullable() }),
  ),
  'training.pause': request<null>()(run),
  'training.resume': request<null>()(run),
  /** Without a run: the one that is being started. */
  'training.stop': request<null>()(z.object({ run: z.string().min(1).nullable() })),
  /** From the next step on; what is left of a schedule goes on from there. */
  'training.setLearningRate': request<null>()(run.extend({ learningRate: z.number().positive() })),
  /** What the trainer shall send probes of, and no more: what is in view. Empty `views` is nothing. */
  'training.watch': request<null>()(
    z.object({
      run: z.string(),
      picture: pictureRefSchema,
      given: givenPictureSchema.exactOptional(),
      views: z.array(z.object({ model: z.string(), maps: nodeList, kernels: nodeList, weights: nodeList })),
      intervalMs: z.int().min(100).max(60_000),
    }),
  ),
  /** The run under way, with all that it told so far; null when there is none. */
  'training.current': request<RunDetail | null>()(nothing),

  /** The newest first; only so many of them where `newest` is given, which is quick however many there are. */
  'run.list': request<readonly RunSummary[]>()(z.object({ path, newest: z.int().min(1).exactOptional() })),
  'run.read': request<RunDetail>()(z.object({ path, run: z.string() })),
  /** Kernels and maps of a stored moment. */
  'run.probe': request<Probe>()(
    z.object({
      path,
      run: z.string(),
      model: z.string(),
      moment: momentSchema,
      picture: pictureRefSchema,
      given: givenPictureSchema.exactOptional(),
      nodes: nodeList,
      weights: nodeList,
    }),
  ),
  /**
   * The matrix over the run's validation part at a stored moment of which none was told: computed, not read. Gives way
   * ("cancelled") to whatever else is asked for meanwhile.
   */
  'run.confusion': request<ConfusionCounts>()(
    z.object({ path, run: z.string(), model: z.string(), moment: momentSchema }),
  ),

  /** Histograms, faults of filters and gradient sizes at a stored moment. */
  'run.readings': request<Readings>()(z.object({ path, run: z.string(), model: z.string(), moment: momentSchema })),
  /** One filter's kernel (all axes but the last) or one map of a picture (all axes but the last), at a stored moment. */
  'run.slice': request<TensorSlice>()(
    z.object({
      path,
      run: z.string(),
      model: z.string(),
      moment: momentSchema,
      node: z.string(),
      what: z.enum(['kernels', 'maps']),
      index: z.int().min(0),
      picture: pictureRefSchema,
      given: givenPictureSchema.exactOptional(),
    }),
  ),

  /** Models of finished runs side by side on the data that they learnt from, with their answers sample by sample. */
  'run.compare': request<ComparedAnswers>()(z.object({ path, models: comparedModels, weights, job: z.string() })),
  /** Accuracy over the test part (validation, where there is none) at each level of a distortion. */
  'run.sweep': request<DistortionCurves>()(
    z.object({
      path,
      models: comparedModels,
      weights,
      kind: z.enum(distortionKinds),
      job: z.string(),
    }),
  ),
  /** One picture, moved, turned or hidden in part, and what models make of it. */
  'inspect.distorted': request<DistortedAnswers>()(
    z.object({ subjects: z.array(subjectSchema).min(1).max(8), sample: sampleSchema, distortion: distortionSchema }),
  ),

  /** A series model against the test part and beyond the end; `points` is how much of the test's end is told value by value. */
  'run.forecast': request<Forecast>()(
    z.object({
      path,
      run: z.string(),
      model: z.string(),
      epoch: z.int().min(0).nullable(),
      points: z.int().min(1).max(100_000),
      ahead: z.int().min(0).max(10_000),
    }),
  ),

  /**
   * Writes models for other programs: of a run with the weights that are its result, else of the project as it is, untrained.
   * `to` is the file of an .h5, a graph or a report, else a folder that is new or empty; without a root it is
   * in the project's folder. A file that an export wrote goes only with `replace` ("already-exists"). A report is of a run. Progress and cancel by `job`.
   */
  'model.export': request<ExportOutcome>()(
    z.object({
      path,
      project: projectSchema,
      run: z.string().min(1).nullable(),
      models: z.array(z.string()).min(1),
      as: z.enum(exportChoices),
      to: z.string().min(1),
      replace: z.boolean(),
      /** Of a report. */
      language: z.enum(['en', 'ko']),
      job: z.string(),
    }),
  ),
  /**
   * Writes one HTML file about models of one or several finished runs on the same data; `to` is that file. `shift` are the changes
   * of pictures whose curves it tells. Progress and cancel by `job`.
   */
  'run.report': request<ExportOutcome>()(
    z.object({
      path,
      models: z
        .array(z.object({ run: z.string().min(1), model: z.string() }))
        .min(1)
        .max(26),
      weights,
      shift: z.array(z.enum(distortionKinds)).max(distortionKinds.length),
      to: z.string().min(1),
      replace: z.boolean(),
      language: z.enum(['en', 'ko']),
      job: z.string(),
    }),
  ),
  /** Makes a project of a model that Keras saved, and a run of its weights; `source` are data to look at it with, if they fit. */
  'model.import': request<{
    readonly document: ProjectDocument
    readonly run: string
    readonly notes: readonly Text[]
  }>()(z.object({ path, source: dataSourceSchema.nullable() })),

  /** Name, star, note and hiding of a run; they lie beside its folder, which nobody but its trainer touches. */
  'run.annotate': request<null>()(z.object({ path, run: z.string().min(1), notes: runNotesSchema })),
  /** Gives data to a run that has none, such as an imported model, if its models take them. */
  'run.giveData': request<null>()(z.object({ path, run: z.string().min(1), source: dataSourceSchema })),
  /** Moves runs into the trash of their project; none of them may be under way. */
  'run.delete': request<null>()(z.object({ path, runs: z.array(z.string().min(1)).min(1).max(10_000) })),
  'run.restore': request<null>()(z.object({ path, runs: z.array(z.string().min(1)).min(1).max(10_000) })),
  'run.trash': request<RunTrash>()(z.object({ path })),
  /** For good; the answer is what was there. */
  'run.emptyTrash': request<RunTrash>()(z.object({ path })),
  /** The ends of all epochs of some runs. */
  'run.curves': request<readonly RunCurves[]>()(
    z.object({ path, runs: z.array(z.string().min(1)).max(1_000).readonly() }),
  ),

  /** Plans a sweep, writes its file and begins with it. One at a time, and none beside a training. */
  'sweep.start': request<{ readonly sweep: string }>()(
    z.object({ path, project: projectSchema, models: z.array(z.string()).min(1), settings: sweepSettingsSchema }),
  ),
  'sweep.list': request<readonly SweepDetail[]>()(z.object({ path })),
  'sweep.goOn': request<null>()(z.object({ path, sweep: z.string().min(1) })),
  'sweep.pause': request<null>()(z.object({ sweep: z.string().min(1) })),
  'sweep.cancel': request<null>()(z.object({ sweep: z.string().min(1) })),
  /** Takes it off the list, into the trash; its runs stay. */
  'sweep.remove': request<null>()(z.object({ path, sweep: z.string().min(1) })),
  'sweep.restore': request<null>()(z.object({ path, sweep: z.string().min(1) })),

  'settings.read': request<Settings>()(nothing),
  'settings.write': request<null>()(
    z.object({
      theme: z.enum(['system', 'light', 'dark']),
      language: z.enum(['system', 'en', 'ko']),
      device: z.enum(deviceChoices).default('auto'),
    }),
  ),
} as const satisfies Record<string, RequestSpec<z.ZodType, unknown>>

export type Requests = typeof requests
export type RequestName = keyof Requests
export type RequestParams<N extends RequestName> = z.output<Requests[N]['params']>
export type RequestResult<N extends RequestName> = Requests[N]['result']

/** One handler a request: leaving one out does not compile. */
export type Handlers = {
  readonly [N in RequestName]: (params: RequestParams<N>) => Promise<Result<RequestResult<N>>>
}

/** What a host tells its renderers unasked. */
export interface Events {
  readonly training: { readonly run: string; readonly events: readonly TrainingEvent[] }
  readonly probe: { readonly run: string; readonly probe: Probe }
  readonly engine: EngineInfo
  readonly progress: JobProgress
  /** A sweep of the project at `path` has come further; a few times a second at most. */
  readonly sweep: { readonly path: string; readonly detail: SweepDetail }
  readonly backend: BackendStatus
  /** A command of the native menu, by the id that the command palette uses too. */
  readonly command: { readonly id: string }
  /** The system asks for a project to be opened, by double-click or drop. */
  readonly openProject: { readonly path: string }
  /** A window has written a project. */
  readonly saved: { readonly path: string; readonly revision: string; readonly writer: string }
}
export type EventName = keyof Events

export interface AppInfo {
  readonly host: 'electron' | 'web'
  readonly version: string
  readonly platform: string
  /** BCP 47, of the system. */
  readonly locale: string
  readonly dialogs: boolean
  readonly projectsFolder: string
  readonly backend: BackendStatus | null
}

export interface BackendStatus {
  readonly backend: BackendName
  readonly device: string
  readonly version: string
  /** What is missing and the one command that mends it; null when nothing is. */
  readonly advice: Text | null
  /** True where a GPU can compute. */
  readonly gpu?: boolean
}

export interface EngineInfo {
  readonly engine: 'workbench' | 'trainer'
  readonly pid: number | null
  readonly state: 'starting' | 'ready' | 'stopped' | 'crashed'
  /** What happened, for a crash. */
  readonly message: string | null
  /** The same in every language. */
  readonly text?: Text
  /** True where it crashed because there was not enough memory. */
  readonly isOutOfMemory?: boolean
}

export interface DoctorReport {
  readonly backend: BackendStatus
  readonly checks: readonly DoctorCheck[]
}

export interface DoctorCheck {
  readonly id: 'native' | 'gpu' | 'electron' | 'display' | 'projects' | 'cache'
  readonly title: Text
  readonly ok: boolean
  readonly found: Text
  /** What mends it, and the command that does, where a command can; null where nothing is to be mended. */
  readonly advice: (Text & { readonly command: string | null }) | null
}

export type SaveTerms = z.output<typeof saveTermsSchema>

export interface SavedProject {
  readonly revision: string
  /** Where the version lies that is not in the file: the other one, or where it had to give way the project. */
  readonly beside: string | null
}

export interface ProjectDocument {
  readonly path: string
  /** A hash of the file's content. */
  readonly revision: string
  readonly project: Project
  /** What had to be mended or migrated on the way in; empty as a rule. */
  readonly notices: readonly Text[]
}

export interface ProjectListing {
  readonly path: string
  readonly name: string
  /** ISO 8601. */
  readonly modified: string
  readonly recent: boolean
}

export interface TemplateListing {
  readonly id: string
  readonly title: Text
  readonly about: Text
  readonly inputShape: Shape
  /** Of each model. */
  readonly parameters: readonly number[]
}

export interface CatalogueEntry {
  readonly id: (typeof catalogueIds)[number]
  readonly title: Text
  readonly about: Text
  readonly origin: DatasetDescriptor['origin']
  readonly shape: Shape
  /** False until it has been made on this machine. */
  readonly ready: boolean
}

/** `pixels` holds the samples one after another, row-major, 0…255. `numbers` is used instead for data that are no pictures. */
export interface Pictures {
  readonly shape: Shape
  readonly indices: readonly number[]
  readonly labels: readonly number[]
  readonly pixels: Uint8Array
  readonly numbers: Float32Array | null
  /** The files that they come from, where each has its own. */
  readonly names: readonly string[] | null
}

/** Pixels 0…255 or values as they are, of `count` samples; without the batch axis. */
export interface MeanSample {
  readonly shape: Shape
  readonly count: number
  readonly values: Float32Array
}

export interface JobProgress {
  readonly job: string
  readonly title: Text
  readonly done: number
  readonly total: number
  /** Samples, bytes, steps: the word after the number. */
  readonly unit: Text
  readonly secondsLeft: number | null
  /** Of `unit`, lately; null before that is known. */
  readonly perSecond: number | null
  readonly state: 'running' | 'done' | 'cancelled' | 'failed'
}

export interface RunSummary {
  readonly run: string
  readonly started: string
  readonly state: RunState
  readonly models: readonly { readonly id: string; readonly name: string; readonly parameters: number }[]
  /** Those that it was to have, and those that came to their end. */
  readonly epochs: number
  readonly done: number
  readonly backend: BackendName
  readonly seed: number
  /** By model: figures of the weights that it ended with, all of them (see `Outcome`), and apart from them its best epoch. */
  readonly results: readonly {
    readonly model: string
    readonly epoch: number
    readonly isWithin: boolean
    readonly valAccuracy: number | null
    readonly valLoss: number | null
    readonly test: { readonly loss: number; readonly accuracy: number | null } | null
    readonly best: {
      readonly epoch: number
      readonly valAccuracy: number | null
      readonly valLoss: number | null
    } | null
  }[]
  /** Null where it cannot go on. */
  readonly wayOn: WayOn | null
  readonly notes: RunNotes
  /** Of its folder. */
  readonly bytes: number
  /** The sweep that it is a cell of; null for the others. */
  readonly sweep: string | null
}

export interface RunTrash {
  /** What was deleted last first. */
  readonly entries: readonly Trashed[]
  readonly bytes: number
}

export interface Trashed {
  readonly kind: 'run' | 'sweep'
  readonly id: string
  readonly started: string
  /** Its own; empty where it has none. */
  readonly name: string
  readonly bytes: number
}

/** The ends of a run's epochs, by model. */
export interface RunCurves {
  readonly run: string
  readonly models: readonly {
    readonly id: string
    readonly name: string
    readonly epochs: readonly Extract<TrainingEvent, { type: 'epoch' }>[]
  }[]
}

export interface RunDetail {
  readonly run: string
  readonly project: Project
  readonly state: RunState
  readonly events: readonly TrainingEvent[]
  /** Moments whose weights are stored, by model, in the order of time. */
  readonly snapshots: Readonly<Record<string, readonly Moment[]>>
  readonly wayOn: WayOn | null
}

/** Rows are true classes, columns predicted ones, row-major. */
export interface ConfusionCounts {
  readonly classes: number
  readonly counts: readonly number[]
}

/** A comparison, and what each of its models answered to each sample of the part compared on. */
export interface ComparedAnswers {
  readonly comparison: Comparison
  /** By model, in the comparison's order; empty where the task has no classes. Without scores and probabilities. */
  readonly answers: readonly Pick<Answers, 'part' | 'positions' | 'truths' | 'classes'>[]
  /** What the models learnt from, and the names of its classes. */
  readonly source: DataSource | null
  readonly classes: readonly string[]
}

/** Row-major. */
export interface TensorSlice {
  readonly shape: Shape
  readonly data: Float32Array
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly language: 'system' | 'en' | 'ko'
  readonly device: DeviceChoice
}
