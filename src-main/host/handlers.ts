import nodePath from 'node:path'
import type {
  AppInfo,
  BackendStatus,
  DoctorReport,
  EngineInfo,
  Handlers,
  RequestParams,
  RequestResult,
  RunCurves,
  TemplateListing,
} from '../common/contract.ts'
import type { DataSource } from '../common/data/dataset.ts'
import type { EngineRequests } from '../common/engine-protocol.ts'
import type { Project } from '../common/project/project.ts'
import type { Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import type { EngineSubject, Subject } from '../common/training/explanation.ts'
import { compareRuns, foldersOf, inFolders } from './compare-runs.ts'
import type { Engine } from './engine-supervisor.ts'
import { exportModels } from './export-models.ts'
import { importModel } from './import-model.ts'
import type { IncomingFiles } from './incoming-files.ts'
import type { ProjectStore } from './project-store.ts'
import { giveData } from './runs/run-data.ts'
import { listRuns } from './runs/run-list.ts'
import { annotateRun } from './runs/run-notes.ts'
import { deleteRuns, emptyTrash, measureTrash, purgeTrash, restoreRuns, restoreSweep } from './runs/run-trash.ts'
import { readCurves, readRun, readRunPlan, runFolderOf, runsFolderOf } from './run-store.ts'
import type { StateStore } from './state-store.ts'
import type { Sweeps } from './sweeps/sweeps.ts'
import type { TrainingSession } from './training-session.ts'
import { saveReport } from './write-report.ts'

export interface HandlerDependencies {
  readonly appInfo: () => Omit<AppInfo, 'backend'>
  readonly backend: () => BackendStatus | null
  readonly doctor: () => Promise<Result<DoctorReport>>
  readonly workbench: Engine
  readonly training: TrainingSession
  readonly sweeps: Sweeps
  readonly projects: ProjectStore
  readonly state: StateStore
  readonly templates: {
    readonly list: () => readonly TemplateListing[]
    readonly make: (template: string | null, name: string) => Result<Project>
    readonly sample: () => Result<Project>
  }
  /** A native dialog; null where the host has none. */
  readonly pickProject: ((purpose: 'open' | 'save', suggestedName: string) => Promise<string | null>) | null
  /** A native dialog for data; null where the host has none. */
  readonly pickData: ((kind: 'files' | 'folder') => Promise<readonly string[] | null>) | null
  readonly incoming: IncomingFiles
  /** The user's choice of theme or language has changed. */
  readonly onSettings: () => void
}

/** One handler a request, the same in every host. */
export function createHandlers(dependencies: HandlerDependencies): Handlers {
  const { workbench, training, sweeps, projects, state, templates } = dependencies
  const liveRuns = (): ReadonlySet<string> => new Set([training.current()?.run ?? [], sweeps.liveRuns()].flat())
  const sweepAtWork = failureIn('unsupported', {
    en: 'A sweep is at work. Pause or cancel it before you train.',
    ko: '스윕이 진행 중입니다. 먼저 일시 정지하거나 취소한 뒤 학습하세요.',
  })
  const engines = (): readonly EngineInfo[] => [
    workbench.info(),
    training.trainer()?.info() ?? { engine: 'trainer', pid: null, state: 'stopped', message: null },
  ]
  /** Asks the workbench about a model of a run, or one that was never trained. */
  const look = <M extends 'inspect.explain' | 'inspect.rank' | 'inspect.drivers' | 'inspect.stages'>(
    method: M,
    { subject, ...rest }: RequestParams<M>,
  ): Promise<Result<RequestResult<M>>> => {
    const found = toEngineSubject(subject)
    if (!found.ok) return Promise.resolve(found)
    return workbench.request(method, { subject: found.value, ...rest } as never)
  }

  /** What this host writes itself, by its job. */
  const writing = new Map<string, AbortController>()
  const untilCancelled = async <T>(job: string, write: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController()
    writing.set(job, controller)
    try {
      return await write(controller.signal)
    } finally {
      writing.delete(job)
    }
  }

  return {
    'app.info': async () => success({ ...dependencies.appInfo(), backend: dependencies.backend() }),
    'app.engines': async () => success(engines()),
    'app.restartEngine': async ({ engine }) => {
      // A trainer belongs to its run; the next run brings its own.
      if (engine === 'trainer') return success(null)
      workbench.stop()
      return toNull(await workbench.request('backend', {}))
    },
    'app.doctor': async () => dependencies.doctor(),

    'project.last': async () => projects.last(templates.sample),
    'project.open': async ({ path }) => projects.open(path),
    'project.create': async ({ template, name }) => {
      const project = templates.make(template, name)
      return project.ok ? projects.create(project.value) : project
    },
    'project.save': async ({ path, project, terms }) => projects.save(path, project, terms),
    'project.changed': async ({ path, revision }) => projects.changed(path, revision),
    'project.saveAs': async ({ path, project }) => projects.saveAs(path, project),
    'project.list': async () => projects.list(),
    'project.pick': async ({ purpose, suggestedName }) =>
      dependencies.pickProject
        ? success(await dependencies.pickProject(purpose, suggestedName))
        : failureIn('unsupported', {
            en: 'This host has no file dialogs. Type the path of the file instead.',
            ko: '여기서는 파일 선택 창을 쓸 수 없습니다. 대신 파일의 경로를 입력하세요.',
          }),

    'template.list': async () => success(templates.list()),

    'dataset.catalogue': async () => workbench.request('dataset.catalogue', {}),
    'dataset.describe': async (params) => workbench.request('dataset.describe', params),
    'dataset.pictures': async (params) => workbench.request('dataset.pictures', params),
    'dataset.inspect': async (params) => workbench.request('dataset.inspect', params),
    'dataset.import': async (params) => workbench.request('dataset.import', params),
    'dataset.imported': async () => workbench.request('dataset.imported', {}),
    'dataset.remove': async (params) => workbench.request('dataset.remove', params),
    'dataset.report': async (params) => workbench.request('dataset.report', params),
    'dataset.find': async (params) => workbench.request('dataset.find', params),
    'dataset.mean': async (params) => workbench.request('dataset.mean', params),
    'dataset.columns': async (params) => workbench.request('dataset.columns', params),
    'dataset.series': async (params) => workbench.request('dataset.series', params),
    'dataset.examples': async (params) => workbench.request('dataset.examples', params),
    'dataset.openLabels': async (params) => workbench.request('dataset.openLabels', params),
    'dataset.thumbnails': async (params) => workbench.request('dataset.thumbnails', params),
    'dataset.keepLabels': async (params) => workbench.request('dataset.keepLabels', params),
    'dataset.labelDrafts': async () => workbench.request('dataset.labelDrafts', {}),
    'dataset.saveLabels': async (params) => workbench.request('dataset.saveLabels', params),
    'dataset.augment': async (params) => workbench.request('dataset.augment', params),
    'dataset.export': async (params) => workbench.request('dataset.export', params),
    'dataset.pick': async ({ kind }) =>
      dependencies.pickData
        ? success(await dependencies.pickData(kind))
        : failureIn('unsupported', {
            en: 'This host has no file dialogs. Type the path or drop the files instead.',
            ko: '여기서는 파일 선택 창을 쓸 수 없습니다. 대신 경로를 입력하거나 파일을 끌어다 놓으세요.',
          }),
    'dataset.receive': async (piece) => dependencies.incoming.receive(piece),
    'job.cancel': async (params) => {
      writing.get(params.job)?.abort()
      return workbench.request('job.cancel', params)
    },
    'inspect.untrained': async (params) => workbench.request('inspect.untrained', params),
    'inspect.explain': async (params) => look('inspect.explain', params),
    'inspect.rank': async (params) => look('inspect.rank', params),
    'inspect.drivers': async (params) => look('inspect.drivers', params),
    'inspect.stages': async (params) => look('inspect.stages', params),
    'inspect.openPicture': async (params) => workbench.request('inspect.openPicture', params),

    'training.start': async ({ path, project, models }) =>
      sweeps.isAtWork() ? sweepAtWork : training.start(runsFolderOf(path), project, models),
    'training.goOn': async ({ path, run, moreEpochs }) => {
      if (sweeps.isAtWork()) return sweepAtWork
      const folder = runFolderOf(path, run)
      return folder.ok ? training.goOn(runsFolderOf(path), run, moreEpochs) : folder
    },
    'training.pause': async ({ run }) => training.request(run, 'training.pause', {}),
    'training.resume': async ({ run }) => training.request(run, 'training.resume', {}),
    'training.stop': async ({ run }) => training.stop(run),
    'training.setLearningRate': async ({ run, learningRate }) =>
      training.request(run, 'training.setLearningRate', { learningRate }),
    'training.watch': async ({ run, ...watch }) => training.request(run, 'training.watch', watch),
    'training.current': async () => success(training.current()),

    'run.list': async ({ path, newest }) => {
      if (newest === undefined) void purgeTrash(runsFolderOf(path))
      return listRuns(path, liveRuns(), newest)
    },
    'run.read': async ({ path, run }) => readRun(path, run, liveRuns().has(run) ? run : null),
    'run.annotate': async ({ path, run, notes }) => {
      const folder = runFolderOf(path, run)
      return folder.ok ? annotateRun(runsFolderOf(path), run, notes) : folder
    },
    'run.giveData': async ({ path, run, source }) => {
      const folder = runFolderOf(path, run)
      if (!folder.ok) return folder
      const describe = (data: DataSource) => workbench.request('dataset.describe', { source: data, job: `${run}-data` })
      return giveData({ folder: folder.value, run, source, describe })
    },
    'run.delete': async ({ path, runs }) => deleteRuns(runsFolderOf(path), runs, liveRuns()),
    'run.restore': async ({ path, runs }) => restoreRuns(runsFolderOf(path), runs),
    'run.trash': async ({ path }) => success(await measureTrash(runsFolderOf(path))),
    'run.emptyTrash': async ({ path }) => emptyTrash(runsFolderOf(path)),
    'run.curves': async ({ path, runs }) => {
      const curves: RunCurves[] = []
      for (const run of runs) {
        const folder = runFolderOf(path, run)
        const read = folder.ok ? await readCurves(folder.value, run) : null
        if (read) curves.push(read)
      }
      return success(curves)
    },

    'sweep.start': async ({ path, project, models, settings }) => sweeps.start(path, project, models, settings),
    'sweep.list': async ({ path }) => success(await sweeps.list(path)),
    'sweep.goOn': async ({ path, sweep }) => sweeps.goOn(path, sweep),
    'sweep.pause': async ({ sweep }) => sweeps.pause(sweep),
    'sweep.cancel': async ({ sweep }) => sweeps.cancel(sweep),
    'sweep.remove': async ({ path, sweep }) => sweeps.remove(path, sweep),
    'sweep.restore': async ({ path, sweep }) => restoreSweep(runsFolderOf(path), sweep),
    'run.probe': async ({ path, run, ...probe }) => {
      const folder = runFolderOf(path, run)
      return folder.ok ? workbench.request('run.probe', { folder: folder.value, ...probe }) : folder
    },
    'run.confusion': async ({ path, run, ...moment }) => {
      const folder = runFolderOf(path, run)
      return folder.ok ? workbench.request('run.confusion', { folder: folder.value, ...moment }) : folder
    },
    'run.readings': async ({ path, run, ...moment }) => {
      const folder = runFolderOf(path, run)
      return folder.ok ? workbench.request('run.readings', { folder: folder.value, ...moment }) : folder
    },
    'run.slice': async ({ path, run, ...wanted }) => {
      const folder = runFolderOf(path, run)
      return folder.ok ? workbench.request('run.slice', { folder: folder.value, ...wanted }) : folder
    },

    'run.compare': async (wanted) => compareRuns({ workbench, live: training.current()?.run ?? null, ...wanted }),
    'run.sweep': async ({ path, models, weights, ...wanted }) => {
      const found = await inFolders(path, { models, weights, live: training.current()?.run ?? null })
      return found.ok ? workbench.request('run.sweep', { models: found.value, ...wanted }) : found
    },
    'inspect.distorted': async ({ subjects, ...wanted }) => {
      const found = subjects.map(toEngineSubject)
      const faulty = found.find((one) => !one.ok)
      if (faulty && !faulty.ok) return faulty
      const known = found.flatMap((one) => (one.ok ? [one.value] : []))
      return workbench.request('inspect.distorted', { subjects: known, ...wanted })
    },

    'run.forecast': async ({ path, run, ...forecast }) => {
      const folder = runFolderOf(path, run)
      return folder.ok ? workbench.request('run.forecast', { folder: folder.value, ...forecast }) : folder
    },

    'model.export': async ({ path, run, project, ...wanted }) =>
      untilCancelled(wanted.job, async (signal) => {
        const { version } = dependencies.appInfo()
        const shared = { ask: workbench.request, version, signal, ...wanted, to: besideProject(path, wanted.to) }
        if (run === null) return exportModels({ ...shared, project, folder: null })
        const folder = runFolderOf(path, run)
        if (!folder.ok) return folder
        // A run's models are as they were then, whatever has become of them since.
        const plan = await readRunPlan(folder.value)
        return plan.ok ? exportModels({ ...shared, project: plan.value.project, folder: folder.value }) : plan
      }),

    'run.report': async ({ path, models, ...wanted }) =>
      untilCancelled(wanted.job, async (signal) => {
        const found = foldersOf(path, models)
        if (!found.ok) return found
        const { version } = dependencies.appInfo()
        const to = besideProject(path, wanted.to)
        return saveReport({ ask: workbench.request, version, signal, models: found.value, ...wanted, to })
      }),

    'model.import': async ({ path, source }) => {
      const ask = (params: EngineRequests['model.import']['params']) => workbench.request('model.import', params)
      const create = async (project: Project) => {
        const document = await projects.create(project)
        return document.ok ? success(document.value.path) : document
      }
      let imported = await importModel({ ask, file: path, source, save: create })
      // Data that are open now were only a guess.
      if (!imported.ok && source !== null) imported = await importModel({ ask, file: path, source: null, save: create })
      if (!imported.ok) return imported
      const { run, notes } = imported.value
      const document = await projects.open(imported.value.path)
      return document.ok ? success({ document: { ...document.value, notices: notes }, run, notes }) : document
    },

    'settings.read': async () => success(await state.settings()),
    'settings.write': async (settings) => {
      const written = await state.writeSettings(settings)
      if (written.ok) dependencies.onSettings()
      return written
    },
  } satisfies Handlers
}

/** Engines know runs by their folders. */
function toEngineSubject(subject: Subject): Result<EngineSubject> {
  if (!('run' in subject)) return success(subject as EngineSubject)
  const { path, run, model, moment } = subject
  const folder = runFolderOf(path, run)
  return folder.ok ? success({ folder: folder.value, model, moment }) : folder
}

/** A place that is typed without a root is in the project's folder. */
function besideProject(project: string, place: string): string {
  return nodePath.resolve(nodePath.dirname(project), place)
}

function toNull(result: Result<unknown>): Result<null> {
  return result.ok ? success(null) : result
}
