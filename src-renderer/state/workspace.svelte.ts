import { getContext, setContext, untrack } from 'svelte'
import type { AppInfo, BackendStatus, EngineInfo, Events, ProjectDocument } from '../../src-main/common/contract.ts'
import type { ImportedDataset } from '../../src-main/common/data/imported.ts'
import type { FileSource } from '../../src-main/common/data/reading.ts'
import type { DataSource, PictureRef } from '../../src-main/common/data/dataset.ts'
import { dataNotes, isUnlabelled, noLabels } from '../../src-main/common/data/data-notes.ts'
import { fittingValidation } from '../../src-main/common/data/split.ts'
import type { AdaptedProject } from '../../src-main/common/project/adapt-to-data.ts'
import { adaptToData } from '../../src-main/common/project/adapt-to-data.ts'
import type { Graph, Model } from '../../src-main/common/graph/graph.ts'
import type { LessonProject } from '../../src-main/common/lessons/lesson.ts'
import type { Failure, Result } from '../../src-main/common/result.ts'
import { success } from '../../src-main/common/result.ts'
import type { SweepField } from '../../src-main/common/sweep/fields.ts'
import { sweepFields } from '../../src-main/common/sweep/fields.ts'
import type { OpenedPicture, Sample, Subject } from '../../src-main/common/training/explanation.ts'
import type { Bridge, Connection } from '../bridge/bridge.ts'
import type { DroppedFiles } from '../bridge/dropped-files.ts'
import { isKerasFile, isOneFile, readChosen } from '../bridge/dropped-files.ts'
import { sendOne } from '../bridge/send-file.ts'
import type { MessageKey } from '../messages/messages.ts'
import { failureText } from '../ui/failure-text.ts'
import { Commands } from './commands.svelte.ts'
import { DatasetState } from './dataset-state.svelte.ts'
import { ImportState } from './import-state.svelte.ts'
import { InView } from './in-view.svelte.ts'
import { LabellingState } from './labelling-state.svelte.ts'
import { betterLoss } from '../../src-main/common/training/loss-fit.ts'
import { NoticesState } from './notices.svelte.ts'
import { PatientAnswers } from './patient-answers.svelte.ts'
import type { Visitor } from './probe-state.svelte.ts'
import { givenOf, ProbeState } from './probe-state.svelte.ts'
import { firstPicture, plainCopy, ProjectState } from './project-state.svelte.ts'
import { RunsState } from './runs-state.svelte.ts'
import { SelectionState } from './selection-state.svelte.ts'
import { SettingsState } from './settings-state.svelte.ts'
import { setOnlyProgressInView, tickMs } from './tick.ts'
import type { Moment } from '../../src-main/common/training/moment.ts'
import { isSameMoment } from '../../src-main/common/training/moment.ts'
import type { RunView } from './training-state.svelte.ts'
import { TrainingState, trainedTitle, wayOnOfView } from './training-state.svelte.ts'

export const rooms = ['build', 'data', 'train', 'inside', 'compare', 'runs', 'learn'] as const
export type Room = (typeof rooms)[number]

const UNTRAINED_AFTER_MS = 500
const WATCH_AFTER_MS = 100
const WATCH_INTERVAL_MS = 500

/** Everything the window shows, and the verbs that cross more than one part of it. */
export class Workspace {
  readonly bridge: Bridge
  readonly settings: SettingsState
  readonly notices = new NoticesState()
  readonly dataset: DatasetState
  readonly imports: ImportState
  readonly labelling: LabellingState
  readonly project: ProjectState
  readonly selection = new SelectionState()
  readonly training: TrainingState
  readonly runs: RunsState
  readonly probes: ProbeState
  /** Matrices of moments between epochs. */
  readonly matrices: PatientAnswers<'run.confusion'>
  readonly readings: PatientAnswers<'run.readings'>
  /** One kernel or map at the moments of a run. */
  readonly slices: PatientAnswers<'run.slice'>
  readonly inView = new InView()
  #exportAsked = $state(0)
  readonly commands = new Commands()

  #info = $state.raw<AppInfo | null>(null)
  #backend = $state.raw<BackendStatus | null>(null)
  #engineCrash = $state.raw<EngineInfo | null>(null)
  #connection = $state<Connection>('open')
  #loading = $state(true)
  #room = $state<Room>('build')
  #visitor = $state.raw<Visitor | null>(null)
  #watched = ''
  #visitors = 0
  /** False while the window is minimised or its tab in the background. */
  #windowInView = $state(true)
  /** The choice of data that the recipe has to follow yet. */
  #chosen: { readonly source: string; readonly step: number } | null = null
  #lookedAt = ''
  /** The data that a run without any was last given. */
  #offered = ''
  readonly #loss = $derived.by(() => this.project.current?.recipe.loss)
  /** What data and recipe ask of every model; a new object only where that changes, for all models are then looked at anew. */
  readonly #asked = $derived.by(() => {
    const { task } = this.dataset
    const loss = this.#loss
    return task && loss ? { ...task, loss } : task
  })

  constructor(bridge: Bridge) {
    this.bridge = bridge
    this.settings = new SettingsState(bridge)
    this.dataset = new DatasetState(bridge)
    this.imports = new ImportState(bridge)
    this.labelling = new LabellingState(bridge)
    this.project = new ProjectState(bridge, () => this.#asked, {
      onStep: () => this.notices.answered(),
      onChangedElsewhere: () => this.notices.add('info', this.t('project.changedElsewhere')),
    })
    this.training = new TrainingState(bridge)
    this.runs = new RunsState({
      bridge,
      path: () => this.project.path,
      refresh: async () => {
        if (this.project.path !== null) await this.training.listRuns(this.project.path)
      },
      onFailure: (failure) => this.#tellFailure(failure),
      onStep: () => this.notices.answered(),
    })
    this.probes = new ProbeState(bridge)
    const isTraining = () => this.training.active
    this.matrices = new PatientAnswers({ bridge, name: 'run.confusion', isTraining })
    this.readings = new PatientAnswers({ bridge, name: 'run.readings', isTraining })
    this.slices = new PatientAnswers({
      bridge,
      name: 'run.slice',
      isTraining,
      // A picture that was brought along is large, and told by its number.
      keyOf: ({ given, ...wanted }) => JSON.stringify([wanted, given && this.#visitor?.id]),
    })
    bridge.onConnection((connection) => this.#receiveConnection(connection))
    bridge.onEvent((name, payload) => {
      if (name === 'backend') this.#backend = payload as BackendStatus
      if (name === 'engine') this.#receiveEngine(payload as EngineInfo)
      if (name === 'command') this.commands.run((payload as Events['command']).id)
      if (name === 'openProject') void this.open((payload as Events['openProject']).path)
    })
  }

  get info() {
    return this.#info
  }
  get backend() {
    return this.#backend
  }
  get engineCrash() {
    return this.#engineCrash
  }
  get connection() {
    return this.#connection
  }
  get loading() {
    return this.#loading
  }
  get room() {
    return this.#room
  }
  set room(room: Room) {
    if (room !== this.#room) this.notices.passOn()
    this.#room = room
  }
  /** The pinned picture: the one whose maps are shown everywhere; the first one where the data set is too small for it. */
  readonly picture: PictureRef = $derived.by(() => {
    const { picture } = this.project
    const counts = this.dataset.descriptor?.counts
    return counts && picture.index >= counts[picture.part] ? firstPicture : picture
  })

  /** Whether the run in view, or under way, learnt from other data than the project has now: the two are never mixed. */
  readonly isOfOtherData: boolean = $derived.by(() => {
    const { view } = this.training
    const { source, descriptor } = this.dataset
    const trained = view?.project.dataset
    if (!trained) return false
    const isSame = JSON.stringify(trained) === this.#sourceKey
    // The description is of the data before as long as those that were chosen are being prepared.
    if (!view.data || !descriptor || JSON.stringify(source) !== this.#sourceKey) return !isSame
    return view.data.hash !== descriptor.hash || view.data.shape.join() !== descriptor.shape.join()
  })

  /** A picture that was brought along, which is looked at in place of the pinned one; null where there is none. */
  get visitor() {
    return this.#visitor
  }
  /** What is looked at: the picture that was brought along, or the pinned one. */
  get sample(): Sample {
    return givenOf(this.#visitor).given ?? this.picture
  }

  /** A model with the weights in view, as engines are asked about it: those of the shown moment, or of the seed. Null while there are none. */
  subjectOf(model: Model): Subject | null {
    const { current, path, analyses } = this.project
    const { source, descriptor } = this.dataset
    if (!current || path === null || !source || !descriptor) return null
    const { view, moment } = this.training
    const stored = this.#storedMoment(view, model, moment)
    if (view && stored !== null) return { path, run: view.run, model: model.id, moment: stored }
    const isWhole = analyses.get(model.id)?.problems.every((problem) => problem.severity !== 'error')
    return isWhole ? ({ model, recipe: current.recipe, source } as Subject) : null
  }

  readonly t = (...args: Parameters<SettingsState['t']>) => this.settings.t(...args)
  readonly text = (...args: Parameters<SettingsState['text']>) => this.settings.text(...args)

  async start() {
    await this.settings.load()
    const info = await this.bridge.request('app.info', {})
    if (info.ok) {
      this.#info = info.value
      this.#backend ??= info.value.backend
    }
    await this.#take(await this.bridge.request('project.last', {}))
    this.#loading = false
  }

  async open(path: string) {
    const tell = await this.#leave()
    const taken = await this.#take(await this.bridge.request('project.open', { path }))
    tell()
    return taken
  }

  async create(template: string | null, name: string) {
    const tell = await this.#leave()
    const taken = await this.#take(await this.bridge.request('project.create', { template, name }))
    tell()
    return taken
  }

  /** A project of its own with a lesson's networks on the canvas; what was open is saved, and one undo empties the canvas. */
  async openLesson(name: string, { models, dataset }: LessonProject) {
    const created = await this.create(null, name)
    if (!created.ok) return
    const step = this.project.edit([
      ...(dataset ? [{ type: 'set-dataset', dataset } as const] : []),
      ...models.map((model) => ({ type: 'add-model', model }) as const),
    ])
    if (dataset) this.#chosen = { source: JSON.stringify(dataset), step }
    this.selection.focusModel(models[0]?.id ?? null)
    this.#room = 'build'
  }

  async saveAs(path: string) {
    const project = this.project.current
    if (!project) return
    await this.project.flush()
    return this.#take(
      await this.bridge.request('project.saveAs', {
        path,
        project: plainCopy({ ...project, picture: this.project.picture }),
      }),
    )
  }

  /** Takes another data set; the loss follows as soon as it is known what the data ask for. */
  chooseData(source: DataSource) {
    const step = this.project.edit([{ type: 'set-dataset', dataset: source }])
    this.#chosen = { source: JSON.stringify(source), step }
    this.#visitor = null
    this.pin(firstPicture)
  }

  /** Shows in the Data room what files are; a project file is opened. */
  async openFiles(dropped: DroppedFiles) {
    if (dropped.kind === 'paths' && dropped.paths.length === 1 && /\.convas$/i.test(dropped.paths[0] ?? '')) {
      await this.open(dropped.paths[0] ?? '')
      return
    }
    if (isKerasFile(dropped)) {
      await this.importModel(dropped)
      return
    }
    if (this.looksAtFiles && isOneFile(dropped)) {
      await this.lookAt(dropped)
      return
    }
    this.#room = 'data'
    await this.labelling.close()
    await this.imports.open(dropped)
  }

  /** Makes a project of a model that Keras saved, with its weights, and opens it; what cannot be read is said. */
  async importModel(dropped: DroppedFiles) {
    const tell = await this.#leave()
    const sent = await sendOne(this.bridge, dropped)
    const imported = sent.ok
      ? await this.bridge.request('model.import', { path: sent.value, source: this.dataset.source })
      : sent
    if (!imported.ok) {
      this.#tellFailure(imported.error)
      return
    }
    const { document } = imported.value
    await this.#take(success(document))
    tell()
    this.notices.add('info', this.t('importModel.done', { name: document.project.name }))
    this.#room = 'build'
  }

  /** Asks which model file to import: with a native dialog, or a browser's own. */
  #pickModel() {
    if (this.#info?.dialogs === true) {
      void this.bridge.request('dataset.pick', { kind: 'files' }).then((picked) => {
        if (picked.ok && picked.value !== null) void this.importModel({ kind: 'paths', paths: picked.value })
      })
      return
    }
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = '.h5,.hdf5,.keras'
    input.onchange = () => {
      const files = [...(input.files ?? [])]
      if (files.length > 0) void this.importModel(readChosen(files, this.bridge.pathOf))
    }
    input.click()
  }

  /** How often exporting models was asked for from elsewhere than its panel. */
  get exportAsked(): number {
    return this.#exportAsked
  }

  /** True where a picture file that is dropped is looked at, not taken for data. */
  get looksAtFiles() {
    return this.#room === 'inside' && this.dataset.descriptor?.shape.length === 3
  }

  /** Looks at a picture file in place of the pinned picture; what cannot be read is said, and nothing changes. */
  async lookAt(dropped: DroppedFiles) {
    const { source } = this.dataset
    if (!source) return
    const sent = await sendOne(this.bridge, dropped)
    const opened = sent.ok
      ? await this.bridge.request('inspect.openPicture', { source, path: sent.value, size: null })
      : sent
    if (!opened.ok) this.#tellFailure(opened.error)
    else if (this.dataset.source === source) this.see(opened.value)
  }

  /** Looks at a picture of the data's shape in place of the pinned one. */
  see(picture: OpenedPicture) {
    this.#visitor = { ...picture, id: `visitor-${++this.#visitors}` }
  }

  /** Asks with a native dialog which files or folder to open. */
  async pickData(kind: 'files' | 'folder') {
    const picked = await this.bridge.request('dataset.pick', { kind })
    if (!picked.ok) this.#tellFailure(picked.error)
    else if (picked.value !== null) await this.openFiles({ kind: 'paths', paths: picked.value })
  }

  /** Decodes the files that are shown and takes them for the project. */
  async importData() {
    const imported = await this.imports.import()
    if (imported) this.chooseData(imported.source)
  }

  /** Labels the pictures of some files by hand, instead of importing them. */
  async labelPictures(source: FileSource) {
    this.#room = 'data'
    await this.imports.close()
    await this.labelling.open(source)
  }

  /** Takes labels that were saved for the data of the project: read as the pictures were to be read before. */
  async importLabelled() {
    const { source, saved } = this.labelling
    if (!source || !saved) return
    const { height, width, channels, fit } = source.options?.format === 'pictures' ? source.options : {}
    const imported = await this.imports.openAndImport(saved.paths, {
      format: 'pictures',
      labelsFrom: saved.to.as === 'folders' ? 'folders' : 'table',
      ...(height !== undefined && { height }),
      ...(width !== undefined && { width }),
      ...(channels !== undefined && { channels }),
      ...(fit !== undefined && { fit }),
    })
    if (!imported) return
    await this.labelling.close()
    // They are in the files now.
    await this.labelling.discard(source)
    this.chooseData(imported.source)
  }

  /** What undo and redo are of: the labels while pictures are labelled, the list of runs in its room, else the project. */
  get undoable(): Pick<ProjectState, 'canUndo' | 'canRedo' | 'undo' | 'redo'> {
    if (this.#room === 'runs') return this.runs
    return this.#room === 'data' && this.labelling.stage === 'open' ? this.labelling : this.project
  }

  /** Removes imported data; asks first where they could not be read from their files again. */
  async removeData(imported: ImportedDataset, isSure = false) {
    const { id, name, current } = imported
    const message = this.t('imports.removeForGood', { name })
    if (!current && !isSure) {
      const run = () => void this.removeData(imported, true)
      this.notices.add('warning', message, { title: this.t('imports.remove', { name }), run })
      return
    }
    this.notices.dismissMessage(message)
    const removed = await this.imports.remove(id)
    if (!removed.ok) this.#tellFailure(removed.error)
  }

  pin(picture: PictureRef) {
    this.#visitor = null
    this.project.pin(picture)
  }

  /** Trains all models that have no errors; says which have some, and trains none then. */
  async train(models: readonly string[] = this.project.models.map((model) => model.id)) {
    const { current, path, analyses } = this.project
    if (!current || path === null || this.training.active || this.training.starting) return
    this.notices.answered()
    const faulty = models.filter((id) => analyses.get(id)?.problems.some((problem) => problem.severity === 'error'))
    if (faulty.length > 0 || models.length === 0) {
      const names = faulty.map((id) => this.project.model(id)?.name ?? id).join(', ')
      this.notices.add('warning', models.length === 0 ? this.t('train.noModels') : this.t('train.problems', { names }))
      return
    }
    const { descriptor, source } = this.dataset
    if (descriptor && isUnlabelled(descriptor)) {
      const run = () => {
        this.notices.dismissMessage(this.text(noLabels))
        if (source && !('source' in source)) void this.labelPictures(source)
      }
      const actions = descriptor.kind === 'pictures' ? [{ title: this.t('label.open'), run }] : []
      this.notices.add('warning', this.text(noLabels), ...actions)
      return
    }
    const loss = betterLoss(current.recipe.loss, this.dataset.task)
    if (loss !== null) {
      const message = this.t('train.unfitLoss', { loss: this.t(`recipe.loss.${current.recipe.loss}`) })
      const title = this.t('train.useLoss', { loss: this.t(`recipe.loss.${loss}`) })
      const run = () => {
        this.notices.dismissMessage(message)
        this.project.edit([{ type: 'set-recipe', recipe: { ...current.recipe, loss } }])
        void this.train(models)
      }
      this.notices.add('warning', message, { title, run })
      return
    }
    await this.project.flush()
    if (descriptor) for (const note of dataNotes(descriptor)) this.notices.add('warning', this.text(note))
    const result = await this.training.start(path, current, models)
    if (!result.ok) this.#tellFailure(result.error)
  }

  /** Goes on with a run where it was left, or for some more epochs. */
  async goOn(run: string, moreEpochs: number | null) {
    const { path } = this.project
    if (path === null || this.training.active || this.training.starting) return
    await this.project.flush()
    const result = await this.training.goOn(path, run, moreEpochs)
    if (!result.ok) this.#tellFailure(result.error)
    else if (this.isOfOtherData) {
      const { view } = this.training
      this.takeRunData()
      this.notices.add('info', this.t('otherData.taken', { data: view ? this.text(trainedTitle(view)) : '' }))
    }
  }

  /** Puts the models and the recipe of a run on the canvas, in one step of undo; those of the same id are replaced. */
  async takeModels(run: string) {
    const { path, current } = this.project
    if (path === null || !current) return
    const read = await this.bridge.request('run.read', { path, run })
    if (!read.ok) {
      this.#tellFailure(read.error)
      return
    }
    const { models, recipe } = read.value.project
    const ids = models.map(({ id }) => id)
    this.project.edit([
      ...current.models
        .filter(({ id }) => ids.includes(id))
        .map(({ id }) => ({ type: 'remove-model', model: id }) as const),
      ...models.map((model) => ({ type: 'add-model', model }) as const),
      { type: 'set-recipe', recipe },
    ])
    this.selection.focusModel(models[0]?.id ?? null)
    this.#room = 'build'
    this.notices.add('info', this.t('runs.taken'))
  }

  /** The batch that needs half the memory, where the run in view had too little; null where there is none. */
  get halfBatch(): number | null {
    const { view } = this.training
    const recipe = this.project.current?.recipe
    if (view?.failure?.code !== 'out-of-memory' || !recipe) return null
    const half = Math.floor(view.project.recipe.batchSize / 2)
    return half >= 1 ? half : null
  }

  async trainWithBatch(batchSize: number) {
    const recipe = this.project.current?.recipe
    if (!recipe) return
    this.project.edit([{ type: 'set-recipe', recipe: { ...recipe, batchSize } }])
    await this.train()
  }

  /** Models that cannot be trained as they are. */
  readonly faulty: readonly Model[] = $derived.by(() =>
    this.project.models.filter(({ id }) =>
      this.project.analyses.get(id)?.problems.some(({ severity }) => severity === 'error'),
    ),
  )

  /** What can be varied, with its names; nothing where no sweep asks for them. */
  readonly sweepFields: readonly SweepField[] = $derived.by(() => {
    const { current } = this.project
    return current && this.runs.sweeps.length > 0 ? sweepFields(current) : []
  })

  /** What the mends that other data ask for would do to all models and the recipe; null where there is nothing to do. */
  readonly #fitting: AdaptedProject | null = $derived.by(() => {
    const { descriptor } = this.dataset
    const { current } = this.project
    if (!current || !descriptor || this.faulty.length === 0 || isUnlabelled(descriptor)) return null
    const adapted = adaptToData(
      current,
      this.faulty.map(({ id }) => id),
      descriptor,
    )
    return adapted.edits.length > 0 ? adapted : null
  })
  get canFitModels() {
    return this.#fitting !== null
  }

  /** Fits models and recipe to the data in one step; tells which models need more than that. */
  fitModels() {
    const fitting = this.#fitting
    if (!fitting) return
    this.project.edit(fitting.edits)
    const names = [...new Set(fitting.left.map(({ model }) => this.project.model(model)?.name ?? model))].join(', ')
    if (names !== '') this.notices.add('warning', this.t('fit.left', { names }))
  }

  /** Takes the data again that the run in view learnt from. */
  takeRunData() {
    const source = this.training.view?.project.dataset
    if (source && JSON.stringify(source) !== this.#sourceKey) this.chooseData(source)
  }

  async restartEngine() {
    const engine = this.#engineCrash?.engine
    this.#engineCrash = null
    if (!engine) return
    const result = await this.bridge.request('app.restartEngine', { engine })
    if (!result.ok) this.#tellFailure(result.error)
    await this.dataset.retry()
  }

  #tellFailure(failure: Failure) {
    if (failure.code === 'cancelled') return
    this.notices.add('bad', failureText(this.settings, failure))
  }

  dismissCrash() {
    this.#engineCrash = null
  }

  /** The commands that are always there; those of the canvas are added by it. Call once while a component is set up. */
  addGeneralCommands() {
    const { project, training, settings } = this
    const theme = (id: string, title: MessageKey, chosen: 'system' | 'light' | 'dark') => ({
      id,
      title,
      run: () => settings.choose({ theme: chosen }),
    })
    $effect(() =>
      this.commands.add([
        {
          id: 'edit.undo',
          title: 'edit.undo',
          keys: ['Mod+z'],
          enabled: () => this.undoable.canUndo,
          run: () => this.undoable.undo(),
        },
        {
          id: 'edit.redo',
          title: 'edit.redo',
          keys: ['Mod+Shift+z', 'Mod+y'],
          enabled: () => this.undoable.canRedo,
          run: () => this.undoable.redo(),
        },
        { id: 'project.save', title: 'command.save', keys: ['Mod+s'], run: () => void project.retrySave() },
        {
          id: 'project.new',
          title: 'command.new',
          keys: ['Mod+n'],
          run: () => void this.create(null, this.t('project.untitled')),
        },
        {
          id: 'project.open',
          title: 'command.open',
          keys: ['Mod+o'],
          enabled: () => this.#info?.dialogs === true,
          run: () => void this.#pickAndOpen(),
        },
        {
          id: 'data.open',
          title: 'command.openData',
          keys: ['Mod+Shift+o'],
          run: () => {
            this.#room = 'data'
            if (this.#info?.dialogs === true) void this.pickData('files')
          },
        },
        { id: 'model.import', title: 'command.importModel', run: () => this.#pickModel() },
        {
          id: 'model.export',
          title: 'command.exportModels',
          enabled: () => training.runs.length > 0,
          run: () => {
            this.#room = 'runs'
            this.#exportAsked++
          },
        },
        {
          id: 'project.saveAs',
          title: 'command.saveAs',
          keys: ['Mod+Shift+s'],
          enabled: () => this.#info?.dialogs === true,
          run: () => void this.#pickAndSave(),
        },
        {
          id: 'run.train',
          title: 'train.start',
          keys: ['Mod+Enter', 'F5'],
          enabled: () => !training.active,
          run: () => void this.train(),
        },
        {
          id: 'run.pause',
          title: 'train.pause',
          enabled: () => training.view?.state === 'running',
          run: () => void training.pause(),
        },
        {
          id: 'run.resume',
          title: 'train.resume',
          enabled: () => training.view?.state === 'paused',
          run: () => void training.resume(),
        },
        {
          id: 'run.goOn',
          title: 'goOn.go',
          enabled: () => training.view !== null && wayOnOfView(training.view) === 'as-planned',
          run: () => void (training.view && this.goOn(training.view.run, null)),
        },
        { id: 'run.stop', title: 'train.stop', enabled: () => training.active, run: () => void training.stop() },
        theme('view.themeLight', 'command.themeLight', 'light'),
        theme('view.themeDark', 'command.themeDark', 'dark'),
        theme('view.themeSystem', 'command.themeSystem', 'system'),
        ...rooms.map((room, index) => ({
          id: `room.${room}`,
          title: `command.room.${room}` as const,
          keys: [`Mod+${index + 1}`],
          run: () => {
            this.#room = room
          },
        })),
      ]),
    )
  }

  async #pickAndOpen() {
    const picked = await this.bridge.request('project.pick', { purpose: 'open', suggestedName: '' })
    if (picked.ok && picked.value !== null) await this.open(picked.value)
  }

  async #pickAndSave() {
    const suggestedName = this.project.current?.name ?? this.t('project.untitled')
    const picked = await this.bridge.request('project.pick', { purpose: 'save', suggestedName })
    if (picked.ok && picked.value !== null) await this.saveAs(picked.value)
  }

  /** Registers what has to follow other state; call once while a component is set up. */
  follow() {
    $effect(() => {
      const look = () => (this.#windowInView = document.visibilityState === 'visible')
      // An editor or a sync tells nobody; a window that is come back to looks itself.
      const lookAgain = () => void this.project.lookAgain()
      document.addEventListener('visibilitychange', look)
      window.addEventListener('focus', lookAgain)
      return () => {
        document.removeEventListener('visibilitychange', look)
        window.removeEventListener('focus', lookAgain)
      }
    })
    $effect(() => {
      const source = this.#sourceKey
      untrack(() => {
        // What is shown of other samples would stand beside these until they are ready, or for good where they never are.
        for (const { id } of this.project.models) this.probes.forget(id)
        void this.dataset.use(JSON.parse(source) as DataSource | null)
      })
    })
    $effect(() => this.#followData())
    $effect(() => this.#followDataless())
    $effect(() => this.#followSaving())
    $effect(() => this.#followMemory())
    $effect(() => this.#followProbes())
    $effect(() => this.#followLive())
    $effect(() => setOnlyProgressInView(this.#room === 'learn' || this.#room === 'data'))
    $effect(() => {
      if (!this.training.active && this.project.path) void this.training.listRuns(this.project.path)
    })
  }

  async #take(result: Result<ProjectDocument>) {
    if (!result.ok) {
      this.#tellFailure(result.error)
      return result
    }
    const { path, project, notices } = result.value
    this.notices.clear()
    this.training.clear()
    this.runs.clear()
    this.#visitor = null
    this.selection.focusModel(project.models[0]?.id ?? null)
    this.project.show(result.value)
    for (const notice of notices) this.notices.add('info', this.text(notice))
    void this.training.restore(path)
    return result
  }

  #receiveConnection(connection: Connection) {
    const back = this.#connection !== 'open' && connection === 'open'
    this.#connection = connection
    if (!back) return
    if (this.project.saveState === 'failed') void this.project.retrySave()
    // The host forgot what the lost window looked at.
    this.#watched = ''
    this.#followLive()
  }

  #receiveEngine(engine: EngineInfo) {
    if (engine.state === 'crashed') this.#engineCrash = engine
    else if (engine.state === 'ready' && this.#engineCrash?.engine === engine.engine) this.#engineCrash = null
  }

  /** Untrained maps half a second after the last edit; those of the chosen epoch where a run is looked at. */
  #followProbes() {
    const live = this.training.active && this.training.moment === null && !this.isOfOtherData
    this.probes.live = live
    if (live || this.#shownModels === '') return
    // Only edits come in haste: another epoch, another picture or a sum is looked at at once.
    const look = JSON.stringify([
      this.#shownWeights,
      this.picture,
      this.#visitor?.id,
      this.training.view?.run ?? null,
      this.training.moment,
    ])
    if (look !== this.#lookedAt) {
      this.#lookedAt = look
      untrack(() => this.#showProbes())
      return
    }
    const timer = setTimeout(() => untrack(() => this.#showProbes()), UNTRAINED_AFTER_MS)
    return () => clearTimeout(timer)
  }

  #followData() {
    const { task, source, descriptor } = this.dataset
    const chosen = this.#chosen
    if (!task || !descriptor || !chosen) return
    this.#chosen = null
    // It may have been undone, or others been chosen, before it was known what these ask for.
    if (JSON.stringify(source) !== chosen.source || this.#sourceKey !== chosen.source) return
    untrack(() => {
      const recipe = this.project.current?.recipe
      if (!recipe) return
      const loss = betterLoss(recipe.loss, task)
      const validation = fittingValidation(recipe.split.validation, descriptor.heldOut)
      const isSplit = validation !== recipe.split.validation
      if (loss === null && !isSplit) return
      const followed = { ...recipe, loss: loss ?? recipe.loss, split: { validation } }
      this.project.follow(chosen.step, [{ type: 'set-recipe', recipe: followed }])
      if (isSplit)
        this.notices.add('info', this.t(validation === 'given' ? 'data.givenFollowed' : 'data.shareFollowed'))
      if (loss !== null) this.notices.add('info', this.t('data.lossFollowed', { loss: this.t(`recipe.loss.${loss}`) }))
    })
  }

  /** A model that was imported without data is looked at with those of the project, once it has some. */
  #followDataless() {
    const { view, active } = this.training
    const { source, descriptor } = this.dataset
    const { path } = this.project
    if (!view || active || path === null || !source || !descriptor) return
    const isDataless = view.project.dataset === null && view.models.every(({ epochs }) => epochs.length === 0)
    if (!isDataless || view.run === '' || JSON.stringify(source) !== this.#sourceKey) return
    const offer = JSON.stringify([path, view.run, source])
    if (offer === this.#offered) return
    this.#offered = offer
    const { run } = view
    untrack(() => void this.#giveData(path, run, source))
  }

  async #giveData(path: string, run: string, source: DataSource) {
    const given = await this.bridge.request('run.giveData', { path, run, source: plainCopy(source) })
    if (this.project.path !== path) return
    if (!given.ok) {
      this.#tellFailure(given.error)
      return
    }
    if (this.training.view?.run === run) await this.training.look(path, run)
    this.notices.add('info', this.t('importModel.dataGiven'))
  }

  /** A project that cannot be saved is said at once, and again when it changes while it still cannot be. */
  #followSaving() {
    const { saveState, saveFailure } = this.project
    if (saveState !== 'failed' || !saveFailure) return
    const message = this.t('project.notSaved', { reason: failureText(this.settings, saveFailure) })
    untrack(() => {
      if (saveFailure.code === 'changed-elsewhere') {
        const take = { title: this.t('project.takeOther'), run: () => void this.#takeOther() }
        const keep = { title: this.t('project.keepMine'), run: () => void this.#keepMine() }
        this.notices.add('bad', message, take, keep)
        return
      }
      const retry = { title: this.t('app.retry'), run: () => void this.project.retrySave() }
      this.notices.add('bad', message, retry)
    })
    return () => untrack(() => this.notices.dismissMessage(message))
  }

  async #takeOther() {
    const taken = await this.project.takeOther()
    if (!taken.ok) this.#tellFailure(taken.error)
  }

  async #keepMine() {
    const beside = await this.project.keepMine()
    if (beside !== null) this.notices.add('info', this.t('project.otherBeside', { path: beside }))
  }

  /** Saves what is open before another project takes its place; what is to be said of that is said after. */
  async #leave(): Promise<() => void> {
    const beside = await this.project.leave()
    return () => {
      if (beside !== null) this.notices.add('warning', this.t('project.mineBeside', { path: beside }))
    }
  }

  /** Too little memory is said wherever one is, with what helps. */
  #followMemory() {
    const half = this.halfBatch
    const failure = this.training.view?.failure
    if (half === null || !failure) return
    const message = failureText(this.settings, failure)
    untrack(() => {
      const title = this.t('goOn.halfBatch', { batch: half })
      this.notices.add('bad', message, { title, run: () => void this.trainWithBatch(half) })
    })
    return () => untrack(() => this.notices.dismissMessage(message))
  }

  readonly #sourceKey: string = $derived.by(() => JSON.stringify(this.project.current?.dataset ?? null))

  /** A text that changes exactly when other kernels or maps are to be shown; training changes much else every frame. */
  readonly #shownModels: string = $derived.by(() => {
    const { current, path } = this.project
    const { source, descriptor } = this.dataset
    if (!current || path === null || !source || !descriptor) return ''
    const { view, moment } = this.training
    const stored = current.models.map((model) => this.#storedMoment(view, model, moment))
    const layers = current.models.map(({ id, nodes, edges }) => [id, layersOf({ nodes, edges })])
    return JSON.stringify([
      path,
      source,
      this.picture,
      this.#visitor?.id,
      view?.run,
      stored,
      layers,
      current.recipe.seed,
      current.recipe.loss,
    ])
  })

  /** The same for the nodes whose weights are in view. */
  readonly #shownWeights: string = $derived.by(() =>
    JSON.stringify(this.project.models.map((model) => this.#weightsInView(model))),
  )

  /** The stored moment that is shown of a model, or was last stored while it trains; null where none is its own. */
  momentOf(model: Model): Moment | null {
    const { view, moment } = this.training
    return this.#storedMoment(view, model, moment)
  }

  #weightsInView(model: Model): readonly string[] {
    const nodes = model.nodes.map(({ id }) => id)
    return this.inView.of(model.id, nodes).weights
  }

  /** The moment to show of a model; null for the untrained one, which is all there is where the data are others. */
  #storedMoment(view: RunView | null, model: Model, moment: Moment | null): Moment | null {
    return view && !this.isOfOtherData ? storedMoment(view, model, moment) : null
  }

  #showProbes() {
    const { current, path, analyses } = this.project
    const { view, moment } = this.training
    const { source } = this.dataset
    const picture = this.picture
    const visitor = this.#visitor
    if (!current || path === null || !source) return
    for (const model of current.models) {
      const stored = this.#storedMoment(view, model, moment)
      const weights = this.#weightsInView(model)
      if (view && stored !== null) {
        void this.probes.showStored({ path, run: view.run, model, moment: stored, picture, visitor, weights })
      } else if (analyses.get(model.id)?.problems.every((problem) => problem.severity !== 'error')) {
        void this.probes.showUntrained({ model, recipe: current.recipe, source, picture, visitor, weights })
      } else this.probes.forget(model.id)
    }
  }

  #followLive() {
    const run = this.training.active ? this.training.view?.run : undefined
    if (!run) {
      this.#watched = ''
      return undefined
    }
    const visible =
      this.#windowInView &&
      this.training.moment === null &&
      !this.isOfOtherData &&
      (this.#room === 'build' || this.#room === 'inside')
    const models = visible ? (this.training.view?.project.models ?? []) : []
    const views = models.map((model) =>
      this.inView.of(
        model.id,
        model.nodes.map((node) => node.id),
      ),
    )
    const request = { run, picture: this.picture, views, intervalMs: Math.max(WATCH_INTERVAL_MS, tickMs()) }
    const wanted = JSON.stringify([request, this.#visitor?.id])
    const given = givenOf(this.#visitor)
    if (wanted === this.#watched) return undefined
    // A pan brings nodes in and out of view many times a second.
    const timer = setTimeout(() => {
      this.#watched = wanted
      void this.bridge.request('training.watch', { ...request, ...given })
    }, WATCH_AFTER_MS)
    return () => clearTimeout(timer)
  }
}

/** The moment to show of a trained model: the chosen one where it is stored, else the newest; null once its layers differ. */
function storedMoment(view: RunView, model: Model, moment: Moment | null): Moment | null {
  const trained = view.project.models.find((candidate) => candidate.id === model.id)
  // Without data there is nothing that its weights could be shown with.
  if (view.project.dataset === null || !trained || layersOf(trained) !== layersOf(model)) return null
  const stored = view.snapshots[model.id] ?? []
  return stored.find((one) => isSameMoment(one, moment)) ?? stored.at(-1) ?? null
}

/** What makes two models the same to train, wherever their nodes lie. */
function layersOf({ nodes, edges }: Graph): string {
  return JSON.stringify([edges, nodes.map(({ id, layer, params }) => [id, layer, params])])
}

const key = Symbol('workspace')

export function provideWorkspace(workspace: Workspace) {
  setContext(key, workspace)
}

export function useWorkspace(): Workspace {
  return getContext<Workspace>(key)
}
