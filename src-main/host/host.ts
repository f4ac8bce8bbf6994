import path from 'node:path'
import type { AppInfo, BackendStatus, Events, ProjectDocument } from '../common/contract.ts'
import type { BackendChoice, EngineStart } from '../common/engine-protocol.ts'
import type { Project } from '../common/project/project.ts'
import type { Result } from '../common/result.ts'
import { stepSizeOf, wantsOneThreadAnOp } from '../common/training/step-size.ts'
import type { HostEvent } from '../common/wire.ts'
import type { Dispatch } from './dispatch.ts'
import { createDispatch } from './dispatch.ts'
import { examine } from './doctor.ts'
import type { SpawnEngine } from './engine-process.ts'
import type { Engine } from './engine-supervisor.ts'
import { createEngine } from './engine-supervisor.ts'
import type { HandlerDependencies } from './handlers.ts'
import { createHandlers } from './handlers.ts'
import { createIncomingFiles } from './incoming-files.ts'
import type { Folders } from './paths.ts'
import { datasetCacheOf, labelsFolderOf } from './paths.ts'
import type { ProjectStore } from './project-store.ts'
import { createProjectStore } from './project-store.ts'
import type { StateStore } from './state-store.ts'
import { createStateStore } from './state-store.ts'
import { listTemplates } from '../common/templates/registry.ts'
import { makeProject, makeSample } from './templates.ts'
import { createSweeps } from './sweeps/sweeps.ts'
import { createTrainingSession } from './training-session.ts'
import { createWarmSpawn } from './warm-spawn.ts'

export interface HostOptions {
  readonly kind: AppInfo['host']
  readonly version: string
  readonly locale: string
  readonly folders: Folders
  /** The folder with package.json and out/. */
  readonly projectFolder: string
  readonly backend: BackendChoice
  readonly spawn: SpawnEngine
  readonly pickProject: HandlerDependencies['pickProject']
  readonly pickData: HandlerDependencies['pickData']
  /** The user's theme or language has changed. */
  readonly onSettings?: () => void
  /** Another project was opened. */
  readonly onRecent?: () => void
}

/** Everything behind the contract, for one window or for all of a web host's. */
export interface Host {
  readonly dispatch: Dispatch
  readonly onEvent: (listener: (event: HostEvent) => void) => () => void
  readonly emit: (event: HostEvent) => void
  readonly state: StateStore
  /** No window is open any more; a run under way goes on. */
  readonly unwatch: () => void
  /** Ends every engine. */
  readonly close: () => void
}

export function createHost(options: HostOptions): Host {
  const listeners = new Set<(event: HostEvent) => void>()
  const emit = (event: HostEvent) => {
    for (const listener of listeners) listener(event)
  }
  const engineStart = { backend: options.backend, cacheFolder: datasetCacheOf(options.folders) } as const
  const state = createStateStore(options.folders.data, options.onRecent)

  let backend: BackendStatus | null = null
  const workbench: Engine = createEngine({
    spawn: options.spawn,
    start: { engine: 'workbench', labelsFolder: labelsFolderOf(options.folders), ...engineStart },
    onNews: (news) => {
      if (news.kind === 'progress') emit({ event: 'progress', payload: news.progress })
    },
    onState: (info) => {
      emit({ event: 'engine', payload: info })
      if (info.state === 'ready') void learnBackend()
    },
  })

  async function learnBackend() {
    const answer = await workbench.request('backend', {})
    if (!answer.ok) return
    backend = answer.value
    emit({ event: 'backend', payload: backend })
  }

  const trainers = createWarmSpawn(options.spawn)
  let expected: EngineStart | null = null
  /** What is open is likely to be trained next: a trainer with TensorFlow loaded waits for it. */
  const expectTraining = (project: Project) => {
    const size = stepSizeOf(
      project,
      project.models.map(({ id }) => id),
    )
    expected = { engine: 'trainer', oneThreadAnOp: wantsOneThreadAnOp(size), ...engineStart }
    if (training.current() === null) trainers.prepare(expected)
  }

  const device = async () => (await state.settings()).device
  const training = createTrainingSession({
    device,
    createTrainer: ({ oneThreadAnOp, onNews, onCrash }) =>
      createEngine({
        spawn: trainers.spawn,
        start: { engine: 'trainer', oneThreadAnOp, ...engineStart },
        onNews,
        onState: (info) => {
          emit({ event: 'engine', payload: info })
          if (info.state === 'crashed') onCrash(info)
        },
      }),
    onEvents: (run, events) => {
      emit({ event: 'training', payload: { run, events } })
      if (expected !== null && training.current() === null) trainers.prepare(expected)
    },
    onProbe: (run, probe) => {
      emit({ event: 'probe', payload: { run, probe } })
    },
    onProgress: (progress) => {
      emit({ event: 'progress', payload: progress })
    },
  })

  const sweeps = createSweeps({
    device,
    // Their crashes cost a cell, which its table tells.
    createTrainer: ({ oneThreadAnOp, onNews, onCrash }) =>
      createEngine({
        spawn: trainers.spawn,
        start: { engine: 'trainer', oneThreadAnOp, ...engineStart },
        onNews,
        onState: (info) => {
          if (info.state === 'crashed') onCrash(info)
        },
      }),
    describe: (source) => workbench.request('dataset.describe', { source, job: 'sweep' }),
    isTraining: () => training.current() !== null,
    tell: (projectFile, detail) => {
      emit({ event: 'sweep', payload: { path: projectFile, detail } })
    },
  })

  const handlers = createHandlers({
    appInfo: () => {
      if (workbench.info().state === 'stopped') void learnBackend()
      return {
        host: options.kind,
        version: options.version,
        platform: process.platform,
        locale: options.locale,
        dialogs: options.pickProject !== null,
        projectsFolder: options.folders.projects,
      }
    },
    backend: () => backend,
    doctor: () =>
      examine({
        askBackend: () => workbench.request('backend', {}),
        folders: options.folders,
        projectFolder: options.projectFolder,
      }),
    workbench,
    training,
    sweeps,
    projects: tellingOfProjects(createProjectStore(options.folders.projects, state), {
      onProject: expectTraining,
      onSaved: (saved) => {
        emit({ event: 'saved', payload: saved })
      },
    }),
    state,
    templates: { list: listTemplates, make: makeProject, sample: makeSample },
    pickProject: options.pickProject,
    pickData: options.pickData,
    incoming: createIncomingFiles(path.join(options.folders.cache, 'incoming')),
    onSettings: options.onSettings ?? (() => undefined),
  })

  return {
    dispatch: createDispatch(handlers, (error) => {
      console.error(error)
    }),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit,
    state,
    unwatch: training.unwatch,
    close: () => {
      workbench.stop()
      training.close()
      sweeps.close()
      trainers.close()
    },
  }
}

interface ProjectListener {
  readonly onProject: (project: Project) => void
  readonly onSaved: (saved: Events['saved']) => void
}

/** A store that says which project somebody works on, and what was written. */
function tellingOfProjects(store: ProjectStore, { onProject, onSaved }: ProjectListener): ProjectStore {
  const telling = async (opening: Promise<Result<ProjectDocument>>) => {
    const opened = await opening
    if (opened.ok) onProject(opened.value.project)
    return opened
  }
  return {
    ...store,
    open: (file) => telling(store.open(file)),
    create: (project) => telling(store.create(project)),
    last: (makeSample) => telling(store.last(makeSample)),
    saveAs: async (file, project) => {
      const saved = await telling(store.saveAs(file, project))
      if (saved.ok) onSaved({ path: saved.value.path, revision: saved.value.revision, writer: '' })
      return saved
    },
    save: async (file, project, terms) => {
      onProject(project)
      const saved = await store.save(file, project, terms)
      if (saved.ok) onSaved({ path: path.resolve(file), revision: saved.value.revision, writer: terms.writer })
      return saved
    },
  }
}
