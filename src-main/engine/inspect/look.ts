import type { TensorSlice } from '../../common/contract.ts'
import type { PictureRef } from '../../common/data/dataset.ts'
import type { EngineRequests } from '../../common/engine-protocol.ts'
import type { Model, Shape } from '../../common/graph/graph.ts'
import { fitOf } from '../../common/pictures/fit-picture.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failure, failureIn, success } from '../../common/result.ts'
import type { Evaluation } from '../../common/training/evaluation.ts'
import type { EngineSubject, GivenPicture, Sample } from '../../common/training/explanation.ts'
import type { Moment } from '../../common/training/moment.ts'
import { momentKey } from '../../common/training/moment.ts'
import type { Probe } from '../../common/training/probe.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { compileModel } from '../compile/compile.ts'
import type { CompiledModel } from '../compile/compile.ts'
import type { DecoderPool } from '../datasets/decoding/pool.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { DatasetStore } from '../datasets/store.ts'
import { outsidePart } from '../datasets/pages.ts'
import { splitFor } from '../train/batches.ts'
import { kernelsOf, lookInto, weightsOf, writeWeights } from '../train/eager-step.ts'
import { createLoss } from '../train/losses.ts'
import { predictedClass } from '../train/metrics.ts'
import { readRunRecord, readSnapshot, snapshotEpochs } from '../train/run-folder.ts'
import type { RunRecord, Snapshot } from '../train/run-folder.ts'
import { decodePicture } from './decode.ts'
import { evaluateModel, letOthersIn } from './evaluate.ts'
import type { Breathe } from './explain.ts'
import { forecastSeries, needsSeries } from './forecast.ts'
import { readModel } from './read-model.ts'
import { writeKernelPictures, writeMapPictures } from './pictures.ts'
import { positionsOf } from './rank.ts'
import { samplesTensor } from './samples.ts'
import { convolutionsOf } from './stages.ts'

const saysNoData: Text = {
  en: 'The run does not say which data it used.',
  ko: '실행 기록에 어떤 데이터를 썼는지 적혀 있지 않습니다.',
}

type Answer<M extends keyof EngineRequests> = Promise<Result<EngineRequests[M]['result']>>
type Params<M extends keyof EngineRequests> = EngineRequests[M]['params']

/** Looks into models that are not being trained: fresh ones, and those of finished runs. */
export interface Inspector {
  /** A model with the weights that are asked for; no other look may come between this and its use. */
  readonly open: (subject: EngineSubject) => Promise<Result<Subject>>
  /**
   * One model of a run with the weights of an epoch where the run keeps them, else with those that are its result; refused where
   * its data have changed since.
   */
  readonly openResult: (folder: string, model: string, epoch?: number) => Promise<Result<Subject>>
  /** Its convolutions and poolings alone, with the same weights, for pictures of another size. */
  readonly openConvolutions: (subject: EngineSubject, size: number) => Promise<Result<Subject>>
  readonly untrained: (params: Params<'inspect.untrained'>) => Answer<'inspect.untrained'>
  readonly probe: (params: Params<'run.probe'>) => Answer<'run.probe'>
  readonly evaluate: (params: Params<'run.evaluate'>) => Answer<'run.evaluate'>
  readonly confusion: (params: Params<'run.confusion'>) => Answer<'run.confusion'>
  readonly readings: (params: Params<'run.readings'>) => Answer<'run.readings'>
  readonly slice: (params: Params<'run.slice'>) => Answer<'run.slice'>
  readonly forecast: (params: Params<'run.forecast'>) => Answer<'run.forecast'>
  readonly predict: (params: Params<'run.predict'>) => Answer<'run.predict'>
  readonly kernels: (params: Params<'run.kernels'>) => Answer<'run.kernels'>
  readonly maps: (params: Params<'run.maps'>) => Answer<'run.maps'>
}

const changedData = failureIn('invalid-dataset', {
  en: 'The data that the run learnt from have changed since, so its answers to them say nothing about it. Train again on the data as they are.',
  ko: '실행이 학습한 데이터가 그 뒤에 바뀌어 이 데이터로는 실행을 평가할 수 없습니다. 지금 데이터로 다시 학습하세요.',
})

function hasOtherData({ data }: RunRecord, { descriptor }: Dataset): boolean {
  return data !== null && data.hash !== descriptor.hash
}

/** A model with its weights, the data that it was made for, and how it is trained. */
export interface Subject {
  readonly opened: OpenedModel
  readonly dataset: Dataset
  readonly recipe: Recipe
}

export interface OpenedModel {
  readonly model: Model
  readonly compiled: CompiledModel
  readonly epoch: number
  readonly step: number
}

/** `isAwaited` says whether somebody waits for the inspector: what takes long and can be asked for again then gives way. */
export function createInspector(
  backend: Backend,
  datasets: DatasetStore,
  decoders: DecoderPool,
  isAwaited: () => boolean = () => false,
): Inspector {
  const library = backend.tf
  const decodeFor = ({ project }: RunRecord, file: string, shape: Shape) =>
    decodePicture({ library, decoders, fit: fitOf(project.dataset) }, file, shape)
  /** The models last looked at: a slider over epochs asks for the same graph with other weights. */
  const compiledModels = new Map<string, CompiledModel>()
  const loaded = new Map<string, string>()

  const compileOnce = (
    model: Model,
    seed: number,
  ): Result<{ readonly key: string; readonly compiled: CompiledModel }> => {
    const key = JSON.stringify([model.nodes.map(({ id, layer, params }) => [id, layer, params]), model.edges, seed])
    const present = compiledModels.get(key)
    if (present !== undefined) {
      compiledModels.delete(key)
      compiledModels.set(key, present)
      return success({ key, compiled: present })
    }
    const compiled = compileModel(backend, model, seed)
    if (!compiled.ok) return compiled
    compiledModels.set(key, compiled.value)
    for (const [old, { dispose }] of [...compiledModels].slice(0, -comparedAtOnce)) {
      compiledModels.delete(old)
      loaded.delete(old)
      dispose()
    }
    return success({ key, compiled: compiled.value })
  }

  const loadSnapshot = (compiled: CompiledModel, snapshot: Pick<Snapshot, 'weights'>): Result<null> => {
    const values: Float32Array[] = []
    for (const { node, name, shape } of compiled.weights) {
      const stored = snapshot.weights.find((weight) => weight.node === node && weight.name === name)
      if (stored === undefined || stored.shape.join() !== shape.join())
        return failureIn('invalid-run', {
          en: `The stored weights do not fit the model: ${node}/${name} is missing or of another shape.`,
          ko: `저장된 가중치가 모델과 맞지 않습니다. 없거나 크기가 다른 가중치: ${node}/${name}`,
        })
      values.push(stored.values)
    }
    writeWeights(backend, compiled, values)
    return success(null)
  }

  const openModel = async (
    folder: string,
    record: RunRecord,
    id: string,
    moment: Moment,
  ): Promise<Result<OpenedModel>> => {
    const model = record.project.models.find((candidate) => candidate.id === id)
    if (model === undefined)
      return failureIn('not-found', {
        en: `The run has no model "${id}".`,
        ko: `이 실행에 "${id}" 모델이 없습니다.`,
      })
    const compiled = compileOnce(model, record.seed)
    if (!compiled.ok) return compiled
    const snapshot = await readSnapshot(folder, id, moment)
    if (!snapshot.ok) return snapshot
    const { epoch, step } = snapshot.value
    const mark = `${folder} ${id} ${momentKey(moment)} ${step}`
    if (loaded.get(compiled.value.key) !== mark) {
      const fits = loadSnapshot(compiled.value.compiled, snapshot.value)
      if (!fits.ok) return fits
      loaded.set(compiled.value.key, mark)
    }
    return success({ model, compiled: compiled.value.compiled, epoch, step })
  }

  /** The moment whose weights are the result of a run's model. */
  const resultOf = async (folder: string, record: RunRecord, id: string, wanted?: number): Promise<Moment> => {
    const epochs = await snapshotEpochs(folder, id)
    if (wanted !== undefined && epochs.includes(wanted)) return { epoch: wanted }
    const epoch = record.results[id] ?? epochs.at(-1) ?? 0
    return { epoch: epochs.includes(epoch) ? epoch : (epochs.at(-1) ?? 0) }
  }

  /** Every model of a run with the weights that are its result. */
  const eachResult = async <T>(
    folder: string,
    visit: (opened: OpenedModel, record: RunRecord) => Promise<Result<T>>,
    epochs: Readonly<Record<string, number>> = {},
  ): Promise<Result<readonly T[]>> => {
    const record = await readRunRecord(folder)
    if (!record.ok) return record
    const answers: T[] = []
    for (const id of record.value.models) {
      const opened = await openModel(folder, record.value, id, await resultOf(folder, record.value, id, epochs[id]))
      if (!opened.ok) return opened
      const answer = await visit(opened.value, record.value)
      if (!answer.ok) return answer
      answers.push(answer.value)
    }
    return success(answers)
  }

  /** A node's kernel as it is stored; nothing is computed for it. */
  const kernelAt = async (
    folder: string,
    model: string,
    moment: Moment,
    node: string,
  ): Promise<Result<TensorSlice>> => {
    const snapshot = await readSnapshot(folder, model, moment)
    if (!snapshot.ok) return snapshot
    const kernel = snapshot.value.weights.find((weight) => weight.node === node && /kernel$/i.test(weight.name))
    if (kernel === undefined)
      return failureIn('not-found', {
        en: `The node "${node}" has no kernel.`,
        ko: `"${node}" 층에는 커널이 없습니다.`,
      })
    return success({ shape: kernel.shape, data: kernel.values })
  }
  const probeOf = async (
    { opened, dataset, recipe }: Subject,
    picture: PictureRef,
    { nodes, weights, given }: Wanted,
  ): Promise<Result<Probe>> => {
    const fault = sampleFault(dataset, opened, given ?? picture)
    if (fault !== null) return fault
    const input = samplesTensor(library, dataset, [given ?? picture])
    const { readOut } = createLoss(library, recipe)
    const seen = lookInto(backend, opened.compiled, readOut, input, nodes)
    input.dispose()
    return success({
      model: opened.model.id,
      step: opened.step,
      epoch: opened.epoch,
      picture,
      ...seen,
      kernels: kernelsOf(opened.compiled, nodes),
      weights: weightsOf(opened.compiled, weights),
    })
  }

  /** Names for labels; empty where the run's data are not at hand any more. */
  const classNames = async (record: RunRecord): Promise<readonly string[]> => {
    if (record.project.dataset === null) return []
    const dataset = await datasets.open(record.project.dataset)
    return dataset.ok ? dataset.value.descriptor.classes : []
  }

  const openUntrained = (model: Model, recipe: Recipe): Result<OpenedModel> => {
    const compiled = compileOnce(model, recipe.seed)
    if (!compiled.ok) return compiled
    // The weights of a snapshot may be in it; then the seed's must come back.
    if (loaded.has(compiled.value.key)) {
      const fresh = compileModel(backend, model, recipe.seed)
      if (!fresh.ok) return fresh
      writeWeights(
        backend,
        compiled.value.compiled,
        fresh.value.weights.map(({ variable }) => variable.dataSync() as Float32Array),
      )
      fresh.value.dispose()
      loaded.delete(compiled.value.key)
    }
    return success({ model, compiled: compiled.value.compiled, epoch: 0, step: 0 })
  }

  const openStored = async (folder: string, model: string, moment: Moment): Promise<Result<Subject>> => {
    const record = await readRunRecord(folder)
    if (!record.ok) return record
    const { dataset: source, recipe } = record.value.project
    if (source === null) return failureIn('missing-dataset', saysNoData)
    // Data first: while they are waited for, another model could be given other weights.
    const dataset = await datasets.open(source)
    if (!dataset.ok) return dataset
    const opened = await openModel(folder, record.value, model, moment)
    return opened.ok ? success({ opened: opened.value, dataset: dataset.value, recipe }) : opened
  }
  /** One that fits the run's data, as those do that have not changed since. */
  const openFitting = async (folder: string, model: string, moment: Moment): Promise<Result<Subject>> => {
    const found = await openStored(folder, model, moment)
    if (!found.ok) return found
    return sampleFault(found.value.dataset, found.value.opened, { part: 'train', index: 0 }) ?? found
  }

  const open: Inspector['open'] = async (subject) => {
    if ('folder' in subject) return openStored(subject.folder, subject.model, subject.moment)
    const { model, recipe, source } = subject
    const dataset = await datasets.open(source)
    if (!dataset.ok) return dataset
    const opened = openUntrained(model, recipe)
    return opened.ok ? success({ opened: opened.value, dataset: dataset.value, recipe }) : opened
  }

  const openResult: Inspector['openResult'] = async (folder, model, epoch) => {
    const record = await readRunRecord(folder)
    if (!record.ok) return record
    const found = await openStored(folder, model, await resultOf(folder, record.value, model, epoch))
    return found.ok && hasOtherData(record.value, found.value.dataset) ? changedData : found
  }

  const openConvolutions: Inspector['openConvolutions'] = async (subject, size) => {
    const whole = await open(subject)
    if (!whole.ok) return whole
    const { model, compiled, epoch, step } = whole.value.opened
    const part = convolutionsOf(model, compiled, size)
    if (!part.ok) return part
    const built = compileOnce(part.value, whole.value.recipe.seed)
    if (!built.ok) return built
    const weights = compiled.weights.map(({ variable, ...weight }) => ({
      ...weight,
      values: variable.dataSync() as Float32Array,
    }))
    const fits = loadSnapshot(built.value.compiled, { weights })
    if (!fits.ok) return fits
    loaded.set(built.value.key, 'of another size')
    return success({ ...whole.value, opened: { model: part.value, compiled: built.value.compiled, epoch, step } })
  }

  return {
    open,
    openResult,
    openConvolutions,
    untrained: async ({ model, recipe, source, picture, ...wanted }) => {
      const subject = await open({ model, recipe, source })
      return subject.ok ? probeOf(subject.value, picture, wanted) : subject
    },
    probe: async ({ folder, model, moment, picture, ...wanted }) => {
      const subject = await open({ folder, model, moment })
      return subject.ok ? probeOf(subject.value, picture, wanted) : subject
    },
    evaluate: ({ folder, source, part, epochs }) => {
      const visit = async (opened: OpenedModel, record: RunRecord): Promise<Result<Evaluation>> => {
        const chosen = source ?? record.project.dataset
        if (chosen === null) return failure('missing-dataset', 'Say which data to evaluate on: the run does not.')
        const dataset = await datasets.open(chosen)
        if (!dataset.ok) return dataset
        if (source === null && hasOtherData(record, dataset.value)) return changedData
        const { recipe } = record.project
        const samples = positionsOf(dataset.value, recipe, part)
        // A run without validation samples has an answer too: nothing was judged.
        const index = part === 'test' ? 0 : samples.positions[0]
        const fault = index === undefined ? null : sampleFault(dataset.value, opened, { part: samples.part, index })
        if (fault !== null) return fault
        const subject = { opened, dataset: dataset.value, recipe }
        return success((await evaluateModel(library, subject, samples, letOthersIn)) as Evaluation)
      }
      return eachResult(folder, visit, epochs)
    },
    confusion: async ({ folder, model, moment }) => {
      const found = await openFitting(folder, model, moment)
      if (!found.ok) return found
      const { dataset, recipe } = found.value
      const { part, positions } = splitFor(dataset, recipe).validation
      if (dataset.descriptor.task !== 'classification' || positions.length === 0)
        return failureIn('unsupported', {
          en: 'A matrix needs data with classes, and samples to judge on.',
          ko: '혼동 행렬에는 클래스가 있는 데이터와 평가할 표본이 필요합니다.',
        })
      const giveWay: Breathe = async (...far) => (await letOthersIn(...far)) && !isAwaited()
      const evaluation = await evaluateModel(library, found.value, { part, positions }, giveWay)
      if (evaluation === null) return failure('cancelled', 'Something else is to be looked at first.')
      return success({ classes: evaluation.classes, counts: evaluation.counts })
    },
    readings: async ({ folder, model, moment }) => {
      const found = await openFitting(folder, model, moment)
      if (!found.ok) return found
      const { opened, dataset, recipe } = found.value
      const { epoch, step, compiled } = opened
      return success({ epoch, step, ...readModel({ backend, model: opened.model, compiled, dataset, recipe }) })
    },
    slice: async ({ folder, model, moment, node, what, index, picture, ...given }) => {
      if (what === 'kernels') {
        const kernel = await kernelAt(folder, model, moment, node)
        return kernel.ok ? sliceOf(kernel.value, index) : kernel
      }
      const subject = await openStored(folder, model, moment)
      if (!subject.ok) return subject
      const probe = await probeOf(subject.value, picture, { nodes: [node], weights: [], ...given })
      if (!probe.ok) return probe
      const maps = probe.value.maps[0]
      return maps
        ? sliceOf(maps, index)
        : failureIn('not-found', { en: `The model has no node "${node}".`, ko: `모델에 "${node}" 층이 없습니다.` })
    },
    forecast: async ({ folder, model, epoch, points, ahead }) => {
      const record = await readRunRecord(folder)
      if (!record.ok) return record
      const source = record.value.project.dataset
      if (source === null) return failureIn('missing-dataset', saysNoData)
      const epochs = await snapshotEpochs(folder, model)
      const chosen = epoch ?? record.value.results[model] ?? epochs.at(-1) ?? 0
      const opened = await openModel(folder, record.value, model, { epoch: chosen })
      if (!opened.ok) return opened
      const [dataset, stored] = [await datasets.open(source), await datasets.find(source)]
      if (!dataset.ok) return dataset
      if (!stored.ok) return stored
      const fault = sampleFault(dataset.value, opened.value, { part: 'test', index: 0 })
      if (fault !== null) return fault
      const rows = await stored.value.series()
      if (rows === null) return failureIn('unsupported', needsSeries)
      const { compiled } = opened.value
      const predict = (windows: Float32Array, count: number) =>
        library.tidy(() => {
          const pass = compiled.forward(library.tensor(windows, [count, ...compiled.inputShape]))
          return pass.output.dataSync() as unknown as tf.Tensor
        }) as unknown as Float32Array
      const forecast = await forecastSeries({ dataset: dataset.value, rows, predict, points, ahead })
      return forecast.ok ? success({ model, epoch: chosen, ...forecast.value }) : forecast
    },
    predict: async ({ folder, files }) => {
      const answers = await eachResult(folder, async (opened, record) => {
        const names = await classNames(record)
        const { readOut } = createLoss(library, record.project.recipe)
        const rows: EngineRequests['run.predict']['result'][number][] = []
        for (const file of files) {
          const picture = await decodeFor(record, file, opened.compiled.inputShape)
          if (!picture.ok) return picture
          const { prediction } = lookInto(backend, opened.compiled, readOut, picture.value, [])
          picture.value.dispose()
          const label = names[predictedClass(prediction, 0, prediction.length, 0.5)]
          rows.push({ file, model: opened.model.id, values: prediction, label: label ?? null })
        }
        return success(rows)
      })
      return answers.ok ? success(answers.value.flat()) : answers
    },
    kernels: async ({ folder, layer, out }) => {
      const written = await eachResult(folder, async (opened) => {
        const kernel = kernelsOf(opened.compiled, [layer])[0]
        return kernel === undefined ? success([]) : writeKernelPictures(out, opened.model.id, kernel)
      })
      if (!written.ok) return written
      const files = written.value.flat()
      if (files.length > 0) return success(files)
      return failure('not-found', `No model of the run has a convolution with the id "${layer}".`)
    },
    maps: async ({ folder, image, out }) => {
      const written = await eachResult(folder, async (opened, record) => {
        const picture = await decodeFor(record, image, opened.compiled.inputShape)
        if (!picture.ok) return picture
        const { readOut } = createLoss(library, record.project.recipe)
        const { maps } = lookInto(backend, opened.compiled, readOut, picture.value, opened.compiled.order)
        picture.value.dispose()
        return writeMapPictures(out, opened.model.id, maps)
      })
      return written.ok ? success(written.value.flat()) : written
    },
  }
}

/** One position on the last axis: a filter of a kernel, a channel of maps. */
function sliceOf({ shape, data }: TensorSlice, index: number): Result<TensorSlice> {
  const count = shape.at(-1) ?? 1
  if (index >= count)
    return failureIn('not-found', {
      en: `There are ${count} of them. Received: number ${index + 1}`,
      ko: `모두 ${count}개입니다. 받은 번호: ${index + 1}`,
    })
  const values = Float32Array.from({ length: data.length / count }, (_, place) => data[place * count + index] as number)
  return success({ shape: shape.slice(0, -1), data: values })
}

/** As many models as are compared stay compiled. */
const comparedAtOnce = 8

interface Wanted {
  readonly nodes: readonly string[]
  readonly weights: readonly string[]
  readonly given?: GivenPicture
}

/** Why a model cannot look at a sample; null where it can. */
export function sampleFault(
  dataset: Dataset,
  { model, compiled }: OpenedModel,
  sample: Sample,
): ReturnType<typeof failure> | null {
  const { counts } = dataset.descriptor
  const shape = 'part' in sample ? dataset.descriptor.shape : sample.shape
  if (compiled.inputShape.join() !== shape.join())
    return failureIn('invalid-model', {
      en: `The input of "${model.name}" must have the sample's shape ${shape.join('×')}. Received: ${compiled.inputShape.join('×')}`,
      ko: `"${model.name}" 모델의 입력은 표본의 크기와 같아야 합니다. 표본: ${shape.join('×')}. 받은 크기: ${compiled.inputShape.join('×')}`,
    })
  if ('part' in sample && sample.index >= counts[sample.part])
    return failureIn('not-found', outsidePart(sample.part, counts[sample.part], sample.index))
  return null
}
