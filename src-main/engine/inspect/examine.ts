import path from 'node:path'
import { stat } from 'node:fs/promises'
import type { EngineRequests } from '../../common/engine-protocol.ts'
import { fitOf } from '../../common/pictures/fit-picture.ts'
import type { Result } from '../../common/result.ts'
import { failure, failureIn, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { DecoderPool } from '../datasets/decoding/pool.ts'
import { readPictureHeader } from '../datasets/decoding/picture-header.ts'
import { readEntryHead } from '../datasets/files/entry.ts'
import { withFaultsAsFailures } from '../datasets/invalid-data.ts'
import type { DatasetStore } from '../datasets/store.ts'
import { lookInto } from '../train/eager-step.ts'
import { createLoss } from '../train/losses.ts'
import { predictedClass } from '../train/metrics.ts'
import { readRunRecord, snapshotEpochs } from '../train/run-folder.ts'
import { decodePixels } from './decode.ts'
import { gradCam, lastConvolution, occlusion, saliency } from './explain.ts'
import { writeStagesFigure } from './figure.ts'
import type { Jobs } from './jobs.ts'
import { sampleFault } from './look.ts'
import type { Inspector } from './look.ts'
import { findDrivers, rankSamples } from './rank.ts'
import { samplesTensor } from './samples.ts'
import { lookThroughStages } from './stages.ts'

type Answer<M extends keyof EngineRequests> = Promise<Result<EngineRequests[M]['result']>>
type Params<M extends keyof EngineRequests> = EngineRequests[M]['params']

/** Asks a model why it answers as it does, and which samples say most about it. */
export interface Examiner {
  readonly explain: (params: Params<'inspect.explain'>) => Answer<'inspect.explain'>
  readonly rank: (params: Params<'inspect.rank'>) => Answer<'inspect.rank'>
  readonly drivers: (params: Params<'inspect.drivers'>) => Answer<'inspect.drivers'>
  readonly stages: (params: Params<'inspect.stages'>) => Answer<'inspect.stages'>
  readonly openPicture: (params: Params<'inspect.openPicture'>) => Answer<'inspect.openPicture'>
  readonly figure: (params: Params<'run.figure'>) => Answer<'run.figure'>
}

export interface ExaminerOptions {
  readonly backend: Backend
  readonly datasets: DatasetStore
  readonly decoders: DecoderPool
  readonly jobs: Jobs
  readonly looking: Pick<Inspector, 'open' | 'openConvolutions'>
}

/** Enough for the size in the header of every kind of picture but those with large notes before it. */
const headBytes = 65_536

export function createExaminer({ backend, datasets, decoders, jobs, looking }: ExaminerOptions): Examiner {
  const library = backend.tf
  const samples = { en: 'samples', ko: '샘플' }

  const stages: Examiner['stages'] = async ({ subject, samples: wanted, size }) => {
    const found = await (size === null ? looking.open(subject) : looking.openConvolutions(subject, size))
    if (!found.ok) return found
    const { opened, dataset, recipe } = found.value
    const faulty = wanted.map((sample) => sampleFault(dataset, opened, sample)).find((fault) => fault !== null)
    if (faulty !== undefined) return faulty
    const { readOut } = createLoss(library, recipe)
    return success(
      lookThroughStages({ backend, compiled: opened.compiled, readOut, dataset, isWhole: size === null }, wanted),
    )
  }

  return {
    stages,
    explain: async ({ subject, sample, settings, job }) => {
      const found = await looking.open(subject)
      if (!found.ok) return found
      const { opened, dataset, recipe } = found.value
      const fault = sampleFault(dataset, opened, sample)
      if (fault !== null) return fault
      const { model, compiled } = opened
      const { readOut } = createLoss(library, recipe)
      const { classes, task } = dataset.descriptor
      if (task === 'classification' && (settings.target ?? 0) >= classes.length)
        return failureIn('invalid-request', {
          en: `A class below ${classes.length} was expected. Received: ${settings.target}`,
          ko: `클래스 번호는 ${classes.length}보다 작아야 합니다. 받은 값: ${settings.target}`,
        })
      const input = samplesTensor(library, dataset, [sample])
      try {
        const { prediction } = lookInto(backend, compiled, readOut, input, [])
        const answer = predictedClass(prediction, 0, prediction.length, 0.5)
        const target = task === 'classification' ? (settings.target ?? answer) : null
        const question = { backend, model, compiled, readOut, input, target }
        if (settings.method === 'saliency') return success(saliency(question))
        if (settings.method === 'occlusion') {
          const words = {
            title: { en: 'Hiding patches', ko: '패치를 가리는 중' },
            unit: { en: 'patches', ko: '패치' },
          }
          return await jobs.run(job, words, (breathe) => occlusion(question, settings, breathe))
        }
        const node = lastConvolution(model, compiled)
        if (node !== null) return success(gradCam(question, node))
        return failureIn('unsupported', {
          en: `"${model.name}" has no convolution over its input, and Grad-CAM weighs the maps of the last one. Take the gradient or the occlusion instead.`,
          ko: `"${model.name}"에는 합성곱 층이 없습니다. Grad-CAM은 마지막 합성곱 층의 특징 맵에 가중치를 주는 방법이므로 쓸 수 없습니다. 기울기나 가림 방법을 쓰세요.`,
        })
      } finally {
        input.dispose()
      }
    },
    rank: async ({ subject, part, job }) => {
      const found = await looking.open(subject)
      if (!found.ok) return found
      const { opened, dataset, recipe } = found.value
      const fault = sampleFault(dataset, opened, { part: part === 'test' ? 'test' : 'train', index: 0 })
      if (fault !== null) return fault
      const words = { title: { en: 'Asking the model', ko: '모델에 묻는 중' }, unit: samples }
      return jobs.run(job, words, (breathe) =>
        rankSamples({ backend, compiled: opened.compiled, dataset, recipe }, part, breathe),
      )
    },
    drivers: async ({ subject, node, filter, part, job }) => {
      const found = await looking.open(subject)
      if (!found.ok) return found
      const { opened, dataset } = found.value
      const fault = sampleFault(dataset, opened, { part, index: 0 })
      if (fault !== null) return fault
      const maps = opened.compiled.layersModel.outputs[opened.compiled.order.indexOf(node)]?.shape.at(-1)
      if (maps === undefined || maps === null || filter >= maps)
        return failureIn('not-found', {
          en: `The layer "${node}" has no map ${filter + 1}.`,
          ko: `"${node}" 층에는 ${filter + 1}번 특징 맵이 없습니다.`,
        })
      const words = {
        title: { en: 'Looking for what drives it', ko: '가장 크게 반응하는 샘플을 찾는 중' },
        unit: samples,
      }
      return jobs.run(job, words, (breathe) =>
        findDrivers({ backend, compiled: opened.compiled, dataset }, { node, filter, part }, breathe),
      )
    },
    openPicture: async ({ source, path: file, size }) => {
      const found = await datasets.find(source)
      if (!found.ok) return found
      const [height, width, channels] = found.value.descriptor.shape
      const shape = size === null ? [height, width, channels] : [size, size, channels]
      const pixels = await decodePixels({ decoders, fit: fitOf(source) }, file, shape as number[])
      if (!pixels.ok) return pixels
      const head = await withFaultsAsFailures(async () =>
        readEntryHead({ kind: 'file', file, size: (await stat(file)).size }, headBytes),
      )
      const header = head.ok ? readPictureHeader(head.value) : null
      const turned = (header?.orientation ?? 1) >= 5
      return success({
        name: path.basename(file),
        shape: shape as number[],
        pixels: pixels.value,
        widthPx: (turned ? header?.height : header?.width) ?? 0,
        heightPx: (turned ? header?.width : header?.height) ?? 0,
      })
    },
    figure: async ({ folder, images, file }) => {
      const record = await readRunRecord(folder)
      if (!record.ok) return record
      const { dataset: source } = record.value.project
      const written: string[] = []
      for (const id of record.value.models) {
        const model = record.value.project.models.find((one) => one.id === id)
        const epochs = await snapshotEpochs(folder, id)
        const epoch = record.value.results[id] ?? epochs.at(-1) ?? 0
        const found = await looking.open({
          folder,
          model: id,
          moment: { epoch: epochs.includes(epoch) ? epoch : (epochs.at(-1) ?? 0) },
        })
        if (!found.ok) return found
        const { compiled } = found.value.opened
        const pictures = []
        for (const image of images) {
          const pixels = await decodePixels({ decoders, fit: fitOf(source) }, image, compiled.inputShape)
          if (!pixels.ok) return pixels
          pictures.push({ shape: compiled.inputShape, pixels: pixels.value })
        }
        const { readOut } = createLoss(library, found.value.recipe)
        const { dataset } = found.value
        const seen = lookThroughStages({ backend, compiled, readOut, dataset, isWhole: true }, pictures)
        if (model === undefined) return failure('not-found', `The run has no model "${id}".`)
        const { dir, name, ext } = path.parse(file)
        const target = record.value.models.length === 1 ? file : path.join(dir, `${name}-${id}${ext}`)
        const figure = await writeStagesFigure(target, {
          model,
          stages: seen,
          classes: dataset.descriptor.classes,
          titles: images.map((image) => path.basename(image)),
        })
        if (!figure.ok) return figure
        written.push(target)
      }
      return success(written)
    },
  }
}
