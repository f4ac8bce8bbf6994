import path from 'node:path'
import type { EngineHandlers, EngineStart, FromEngine } from '../common/engine-protocol.ts'
import type { DataSource } from '../common/data/dataset.ts'
import type { Result } from '../common/result.ts'
import { failure, failureIn, success } from '../common/result.ts'
import type { Backend } from './backends/backend.ts'
import { openBackend } from './backends/select.ts'
import type { StoredDataset } from './datasets/cache/stored.ts'
import { createDecoderPool } from './datasets/decoding/pool.ts'
import { withFaultsAsFailures } from './datasets/invalid-data.ts'
import { drawExamples } from './datasets/catalogue/doodles.ts'
import { createLabelDesk } from './datasets/label-desk.ts'
import { saveLabels } from './datasets/save-labels.ts'
import { augmentSample, findSamples, meanSample, readPictures, readSeries } from './datasets/pages.ts'
import { createDatasetStore } from './datasets/store.ts'
import { createExporter } from './export/exporter.ts'
import { createImporter } from './import/importer.ts'
import { createEventBatch } from './event-batch.ts'
import { createComparer } from './inspect/compare.ts'
import type { Comparer } from './inspect/compare.ts'
import { createExaminer } from './inspect/examine.ts'
import type { Examiner } from './inspect/examine.ts'
import { createJobs } from './inspect/jobs.ts'
import { createInspector } from './inspect/look.ts'
import type { Inspector } from './inspect/look.ts'
import { readCheckpoint } from './train/checkpoint.ts'
import { startTraining } from './train/loop.ts'
import { planResumption } from './train/resume.ts'
import type { TrainingControl } from './train/run-control.ts'
import { readRunRecord } from './train/run-folder.ts'
import type { TrainingOptions } from './train/training-run.ts'

/** Everything an engine answers. The backend is opened when it is first needed, or by `warmUp`. */
export function createHandlers(
  start: EngineStart,
  send: (message: FromEngine) => void,
  decoderScript: string,
): { readonly handlers: EngineHandlers; readonly warmUp: () => void } {
  const decoders = createDecoderPool({
    script: decoderScript,
    tensorflow: start.backend === 'auto' || start.backend === 'tensorflow',
    wasmFolder: path.join(path.dirname(start.cacheFolder), 'sharp-wasm32'),
  })
  const datasets = createDatasetStore({
    cacheFolder: start.cacheFolder,
    decoders,
    tell: (progress) => {
      send({ kind: 'progress', progress })
    },
  })
  const labelDesk = createLabelDesk({
    folder: start.labelsFolder ?? path.join(start.cacheFolder, 'labels'),
    decoders,
  })
  /** Reads something out of a data set that is made first where it is new. */
  const readOut = async <T>(source: DataSource, read: (dataset: StoredDataset) => Promise<Result<T>>) => {
    const dataset = await datasets.find(source)
    if (!dataset.ok) return dataset
    const answer = await withFaultsAsFailures(() => read(dataset.value))
    return answer.ok ? answer.value : answer
  }
  let opening: Promise<Result<Backend>> | null = null
  let inspector: (Inspector & Examiner & Comparer) | null = null
  const jobs = createJobs((progress) => {
    send({ kind: 'progress', progress })
  })
  let training: TrainingControl | null = null

  const backend = () => (opening ??= openBackend(start.backend))
  let lastLook: Promise<unknown> = Promise.resolve()
  let looksAhead = 0
  /** One at a time: looks share compiled models, and another one must not change their weights half-way. */
  const inspect = <T>(use: (inspector: Inspector & Examiner & Comparer) => Promise<Result<T>>): Promise<Result<T>> => {
    looksAhead++
    const look = lastLook.then(async () => {
      looksAhead--
      const opened = await backend()
      if (!opened.ok) return opened
      if (inspector === null) {
        const looking = createInspector(opened.value, datasets, decoders, () => looksAhead > 0)
        inspector = {
          ...looking,
          ...createExaminer({ backend: opened.value, datasets, decoders, jobs, looking }),
          ...createComparer({ backend: opened.value, jobs, looking }),
        }
      }
      return use(inspector)
    })
    lastLook = look.catch(() => undefined)
    return look
  }
  const exporter = createExporter({ backend, datasets, jobs })
  const importer = createImporter({ backend, datasets })
  const control = async (use: (training: TrainingControl) => void): Promise<Result<null>> => {
    if (training === null) return failure('invalid-request', 'No run is under way in this engine.')
    use(training)
    return success(null)
  }

  /** What a run needs before it can begin. */
  const prepare = async (
    source: DataSource | null,
    job: string,
  ): Promise<Result<Pick<TrainingOptions, 'backend' | 'dataset'>>> => {
    if (training !== null) return failure('invalid-request', 'A run is already under way in this engine.')
    if (source === null)
      return failureIn('missing-dataset', {
        en: 'Choose data before you train.',
        ko: '학습하기 전에 데이터를 고르세요.',
      })
    const opened = await backend()
    if (!opened.ok) return opened
    const dataset = await datasets.open(source, job)
    return dataset.ok ? success({ backend: opened.value, dataset: dataset.value }) : dataset
  }
  const train = async (options: Omit<TrainingOptions, 'tell' | 'show'>): Promise<Result<TrainingControl>> => {
    const started = await startTraining({
      ...options,
      tell: createEventBatch((events) => {
        send({ kind: 'training', events })
      }),
      show: (probe) => {
        send({ kind: 'probe', probe })
      },
    })
    if (!started.ok) return started
    training = started.value
    void training.ended.then(() => (training = null))
    return started
  }

  const handlers = {
    backend: async () => {
      const opened = await backend()
      return opened.ok ? success(opened.value.status) : opened
    },
    'dataset.catalogue': async () => success(await datasets.catalogue()),
    'dataset.describe': async ({ source, job }) => {
      const dataset = await datasets.find(source, job)
      return dataset.ok ? success(dataset.value.descriptor) : dataset
    },
    'dataset.pictures': ({ source, part, indices }) =>
      readOut(source, (dataset) => readPictures(dataset, part, indices)),
    'dataset.inspect': ({ paths, options, job }) => datasets.inspect(paths, options ?? null, job),
    'dataset.import': ({ source, name, job }) => datasets.import(source, name, job),
    'dataset.imported': async () => success(await datasets.imported()),
    'dataset.remove': ({ id }) => datasets.remove(id),
    'dataset.report': ({ source }) =>
      readOut(source, async (dataset) => success('source' in source ? null : await dataset.report())),
    'dataset.find': ({ source, ...query }) =>
      readOut(source, async (dataset) => success(await findSamples(dataset, query))),
    'dataset.mean': ({ source, part, label }) =>
      readOut(source, async (dataset) => success(await meanSample(dataset, part, label))),
    'dataset.columns': ({ source }) => readOut(source, async (dataset) => success(await dataset.columns())),
    'dataset.series': ({ source, ...page }) =>
      readOut(source, async (dataset) => success(await readSeries(dataset, page))),
    'dataset.examples': async ({ size }) => success(drawExamples(size)),
    'dataset.openLabels': ({ source }) => withFaultsAsFailures(() => labelDesk.open(source)),
    'dataset.thumbnails': ({ source, files, sizePx }) =>
      withFaultsAsFailures(() => labelDesk.thumbnails(source, files, sizePx)),
    'dataset.keepLabels': ({ source, draft }) =>
      withFaultsAsFailures(async () => {
        await labelDesk.keep(source, draft)
        return null
      }),
    'dataset.labelDrafts': () => withFaultsAsFailures(() => labelDesk.drafts()),
    'dataset.saveLabels': ({ source, labelling, to }) =>
      withFaultsAsFailures(async () => ({ written: await saveLabels(source, labelling, to) })),
    'dataset.augment': ({ source, ...query }) => readOut(source, (dataset) => augmentSample(dataset, query)),
    'dataset.export': ({ source, as, folder, job }) => datasets.export(source, { as, folder }, job),
    'job.cancel': async ({ job }) => {
      datasets.cancel(job)
      jobs.cancel(job)
      return success(null)
    },
    'inspect.untrained': (params) => inspect((inspector) => inspector.untrained(params)),
    'inspect.explain': (params) => inspect((inspector) => inspector.explain(params)),
    'inspect.rank': (params) => inspect((inspector) => inspector.rank(params)),
    'inspect.drivers': (params) => inspect((inspector) => inspector.drivers(params)),
    'inspect.stages': (params) => inspect((inspector) => inspector.stages(params)),
    'inspect.openPicture': (params) => inspect((inspector) => inspector.openPicture(params)),
    'run.figure': (params) => inspect((inspector) => inspector.figure(params)),
    'run.probe': (params) => inspect((inspector) => inspector.probe(params)),
    'run.evaluate': (params) => inspect((inspector) => inspector.evaluate(params)),
    'run.confusion': (params) => inspect((inspector) => inspector.confusion(params)),
    'run.readings': (params) => inspect((inspector) => inspector.readings(params)),
    'run.slice': (params) => inspect((inspector) => inspector.slice(params)),
    'run.judge': (params) => inspect((inspector) => inspector.judge(params)),
    'run.sweep': (params) => inspect((inspector) => inspector.sweep(params)),
    'inspect.distorted': (params) => inspect((inspector) => inspector.distorted(params)),
    'run.forecast': (params) => inspect((inspector) => inspector.forecast(params)),
    'run.predict': (params) => inspect((inspector) => inspector.predict(params)),
    'run.kernels': (params) => inspect((inspector) => inspector.kernels(params)),
    'run.maps': (params) => inspect((inspector) => inspector.maps(params)),
    'model.export': (params) => exporter.export(params),
    'model.import': (params) => importer.import(params),
    'training.start': async ({ run, folder, project, models, device }) => {
      const ready = await prepare(project.dataset, run)
      if (!ready.ok) return ready
      const started = await train({ ...ready.value, run, folder, project, models, device })
      return started.ok ? success(null) : started
    },
    'training.goOn': async ({ run, folder, moreEpochs, device }) => {
      const record = await readRunRecord(folder)
      if (!record.ok) return record
      const found = await readCheckpoint(folder)
      if (!found.ok) return found
      const ready = await prepare(record.value.project.dataset, run)
      if (!ready.ok) return ready
      const plan = planResumption({ record: record.value, found: found.value, ...ready.value, moreEpochs })
      if (!plan.ok) return plan
      const { project, from } = plan.value
      const models = from.checkpoint.models.map(({ id }) => id)
      const started = await train({ ...ready.value, run, folder, project, models, device, from })
      return started.ok ? success({ project, history: started.value.history }) : started
    },
    'training.pause': () => control((run) => run.pause()),
    'training.resume': () => control((run) => run.resume()),
    'training.stop': () => control((run) => run.stop()),
    'training.watch': (params) => control((run) => run.watch(params)),
    'training.setLearningRate': ({ learningRate }) => control((run) => run.changeRate(learningRate)),
  } satisfies EngineHandlers

  return { handlers, warmUp: () => void backend() }
}
