import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { EngineRequests } from '../../common/engine-protocol.ts'
import type { ExportedModel } from '../../common/export/exported-model.ts'
import { exportedModel } from '../../common/export/exported-model.ts'
import type { ExportOutcome } from '../../common/export/formats.ts'
import { fileOfModel } from '../../common/export/formats.ts'
import { writeKerasScript } from '../../common/export/keras-script.ts'
import { pythonNames } from '../../common/export/python.ts'
import type { WrittenScript } from '../../common/export/script.ts'
import { checkFileName, dataFileName, weightsFileName } from '../../common/export/script.ts'
import { writeTorchScript } from '../../common/export/torch-script.ts'
import type { Model } from '../../common/graph/graph.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, failureIn, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import { InvalidData, withFaultsAsFailures } from '../datasets/invalid-data.ts'
import { fillNewFolder } from '../datasets/new-folder.ts'
import type { Dataset, DecodedPart } from '../datasets/reader.ts'
import type { DatasetStore } from '../datasets/store.ts'
import type { Jobs } from '../inspect/jobs.ts'
import { randomSource } from '../random.ts'
import { makeBatch, splitFault, splitFor } from '../train/batches.ts'
import { writeWeights } from '../train/eager-step.ts'
import { readRunRecord, readSnapshot, snapshotEpochs } from '../train/run-folder.ts'
import type { NpzArray } from './npz.ts'
import { bytesOf, writeNpz } from './npz.ts'
import { faultForKeras, namedWeights, saveKerasFile, saveTfjsFolder } from './save-models.ts'
import type { WeightList } from './save-models.ts'

type ExportRequest = EngineRequests['model.export']['params']

export interface ExporterOptions {
  readonly backend: () => Promise<Result<Backend>>
  readonly datasets: DatasetStore
  readonly jobs: Jobs
}

/** Writes models for other programs; nothing is left half-written, whatever happens. */
export interface Exporter {
  readonly export: (request: ExportRequest) => Promise<Result<ExportOutcome>>
}

/** How many answers are kept beside a script, for it to compare its own with. */
const checkedSamples = 100
const rowsAtOnce = 512

/** Somebody does not want the result any more. */
class Cancelled extends Error {}

interface Subject {
  readonly exported: ExportedModel
  readonly name: string
  readonly weights: WeightList
  /** Null where the weights are those that the seed gives. */
  readonly epoch: number | null
}

export function createExporter({ backend, datasets, jobs }: ExporterOptions): Exporter {
  const untrained = async (model: Model, seed: number): Promise<Result<WeightList>> => {
    const opened = await backend()
    if (!opened.ok) return opened
    const compiled = compileModel(opened.value, model, seed)
    if (!compiled.ok) return compiled
    const weights = compiled.value.weights.map(({ node, name, shape, variable }) => ({
      node,
      name,
      shape,
      values: Float32Array.from(variable.dataSync()),
    }))
    compiled.value.dispose()
    return success(weights)
  }

  /** The models to write, each with the weights that are the run's result, or those that it would start with. */
  const subjectsOf = async (
    project: Project,
    folder: string | null,
    wanted: readonly string[],
  ): Promise<Result<readonly Subject[]>> => {
    const record = folder === null ? null : await readRunRecord(folder)
    if (record !== null && !record.ok) return record
    const names = pythonNames(wanted)
    const subjects: Subject[] = []
    for (const id of wanted) {
      const model = project.models.find((one) => one.id === id)
      if (model === undefined) {
        const ids = project.models.map((one) => one.id).join(', ')
        return failure('invalid-request', `A model of the project was expected (${ids}). Received: ${id}`)
      }
      const exported = exportedModel(model)
      if (!exported.ok) return exported
      let weights: Result<WeightList>
      let epoch: number | null = null
      if (folder === null || record === null) weights = await untrained(model, project.recipe.seed)
      else {
        const epochs = await snapshotEpochs(folder, id)
        const result = record.value.results[id] ?? epochs.at(-1) ?? 0
        epoch = epochs.includes(result) ? result : (epochs.at(-1) ?? 0)
        const snapshot = await readSnapshot(folder, id, { epoch })
        weights = snapshot.ok ? success(snapshot.value.weights) : snapshot
      }
      if (!weights.ok) return weights
      subjects.push({ exported: exported.value, name: names.get(id) ?? id, weights: weights.value, epoch })
    }
    return success(subjects)
  }

  /** What a model answers for some samples: [samples, ...output], as its graph says. */
  const answersOf = async ({ exported, weights }: Subject, project: Project, dataset: Dataset | null) => {
    const opened = await backend()
    if (!opened.ok) return opened
    const compiled = compileModel(opened.value, exported.model, project.recipe.seed)
    if (!compiled.ok) return compiled
    try {
      const values = compiled.value.weights.map(
        ({ node, name }) =>
          weights.find((one) => one.node === node && one.name === name)?.values ?? new Float32Array(0),
      )
      writeWeights(opened.value, compiled.value, values)
      const { shape, x } = samplesFor(opened.value, exported, dataset)
      const library = opened.value.tf
      const y = library.tidy(() => {
        const { output } = compiled.value.forward(library.tensor(x, [...shape]))
        return { shape: output.shape, values: Float32Array.from(output.dataSync()) } as never
      }) as unknown as { readonly shape: readonly number[]; readonly values: Float32Array }
      return success({ x: { shape, values: x }, y })
    } finally {
      compiled.value.dispose()
    }
  }

  const writeScripts = async (
    { as, to }: ExportRequest,
    project: Project,
    subjects: readonly Subject[],
    step: (done: number, total: number) => Promise<void>,
  ): Promise<Result<ExportOutcome>> => {
    let dataset: Dataset | null = null
    if (project.dataset !== null) {
      const found = await datasets.open(project.dataset)
      if (!found.ok) return found
      dataset = found.value
      const fault = splitFault(dataset, project.recipe)
      if (fault !== null) return { ok: false, error: fault }
    }
    const notes: Text[] = []
    if (dataset === null)
      notes.push({
        en: `The project has no data: put a ${dataFileName} with x_train, y_train, x_validation, y_validation, x_test and y_test beside the script.`,
        ko: `프로젝트에 데이터가 없습니다. x_train, y_train, x_validation, y_validation, x_test, y_test가 든 ${dataFileName}를 스크립트와 같은 폴더에 두세요.`,
      })
    const { task, classes } = dataset?.descriptor ?? {
      task: project.recipe.loss.startsWith('mean') || project.recipe.loss === 'huber' ? 'regression' : 'classification',
      classes: [],
    }
    const files: string[] = []
    const filled = await fillNewFolder<Result<null>>(to, async (place) => {
      if (dataset !== null) {
        const arrays = dataArrays(dataset, project)
        const total = arrays.reduce(
          (sum, { type, shape }) => sum + (type === 'uint8' ? 1 : 4) * shape.reduce((product, one) => product * one, 1),
          0,
        )
        let done = 0
        await writeNpz(path.join(place, dataFileName), arrays, async (bytes) => {
          done += bytes
          await step(Math.min(done, total), total)
        })
        files.push(dataFileName)
      }
      for (const subject of subjects) {
        const { exported, name, epoch, weights } = subject
        const write: (options: Parameters<typeof writeKerasScript>[0]) => WrittenScript =
          as === 'keras' ? writeKerasScript : writeTorchScript
        const script = write({ project, exported, name, task, classes, trainedEpoch: epoch })
        await writeFile(path.join(place, `${name}.py`), script.text)
        files.push(`${name}.py`)
        for (const note of script.notes) if (!notes.some(({ en }) => en === note.en)) notes.push(note)
        if (epoch === null) continue
        const asked = await answersOf(subject, project, dataset)
        // What is thrown inside takes the half-written folder away.
        if (!asked.ok)
          throw new InvalidData(
            asked.error.text ?? { en: asked.error.message, ko: asked.error.message },
            asked.error.code,
          )
        const arrayOf = (
          title: string,
          { shape, values }: { shape: readonly number[]; values: Float32Array },
        ): NpzArray => ({
          name: title,
          type: 'float32',
          shape,
          chunks: () => [bytesOf(values)],
        })
        await writeNpz(
          path.join(place, weightsFileName(name)),
          namedWeights(exported, weights).map((weight) => arrayOf(weight.name, weight)),
        )
        await writeNpz(path.join(place, checkFileName(name)), [
          arrayOf('x', asked.value.x),
          arrayOf('y', asked.value.y),
        ])
        files.push(weightsFileName(name), checkFileName(name))
      }
      return success(null)
    })
    return filled.ok ? success({ files: files.map((file) => path.join(to, file)), notes }) : filled
  }

  const write = async (
    request: ExportRequest,
    step: (done: number, total: number) => Promise<void>,
  ): Promise<Result<ExportOutcome>> => {
    const { as, to, project, folder, models } = request
    const found = await subjectsOf(project, folder, models)
    if (!found.ok) return found
    const subjects = found.value
    if (as === 'keras' || as === 'pytorch') return writeScripts(request, project, subjects, step)
    const files: string[] = []
    if (as === 'tfjs') {
      await fillNewFolder(to, async (place) => {
        for (const { exported, weights, name } of subjects) {
          const inner = subjects.length === 1 ? '' : name
          const written = await saveTfjsFolder(path.join(place, inner), exported, weights)
          files.push(...written.map((file) => path.join(to, inner, file)))
        }
      })
      return success({ files, notes: [] })
    }
    const fault = subjects.map(({ exported }) => faultForKeras(exported)).find((one) => one !== null)
    if (fault !== undefined) return fault
    if (!path.isAbsolute(to)) return failure('invalid-request', `A whole path was expected. Received: ${to}`)
    for (const { exported, weights, name } of subjects) {
      const file = subjects.length === 1 ? to : fileOfModel(to, name)
      await saveKerasFile(file, exported, weights)
      files.push(file)
    }
    return success({ files, notes: [] })
  }

  return {
    export: async (request) => {
      if (request.models.length === 0)
        return failureIn('invalid-request', { en: 'Choose at least one model.', ko: '모델을 하나 이상 고르세요.' })
      const words = {
        title: { en: 'Exporting', ko: '내보내는 중' },
        unit: { en: 'bytes', ko: '바이트' },
      }
      const done = await withFaultsAsFailures(() =>
        jobs.run(request.job, words, async (breathe) => {
          try {
            return await write(request, async (done, total) => {
              if (!(await breathe(done, total))) throw new Cancelled()
            })
          } catch (error) {
            if (error instanceof Cancelled) return null
            throw error
          }
        }),
      )
      if (!done.ok) return done
      return done.value.ok ? done.value.value : done.value
    },
  }
}

/** Some of the test part, else of the training part; made up, evenly between 0 and 1, where the data are not known. */
function samplesFor({ tf: library }: Backend, { inputShape }: ExportedModel, dataset: Dataset | null) {
  const size = inputShape.reduce((product, length) => product * length, 1)
  const part = dataset !== null && dataset.descriptor.counts.test > 0 ? 'test' : 'train'
  const fits = dataset !== null && dataset.descriptor.shape.join() === inputShape.join()
  const count = fits ? Math.min(checkedSamples, dataset.descriptor.counts[part]) : checkedSamples
  if (fits) {
    const batch = makeBatch(
      library,
      dataset,
      part,
      Int32Array.from({ length: count }, (_, index) => index),
    )
    return { shape: [count, ...inputShape], x: batch.values() }
  }
  const random = randomSource(1)
  return { shape: [count, ...inputShape], x: Float32Array.from({ length: count * size }, () => random.uniform()) }
}

/** The split of a recipe as arrays: samples as they are stored, targets as labels or values. */
function dataArrays(dataset: Dataset, { recipe }: Project): readonly NpzArray[] {
  const split = splitFor(dataset, recipe)
  const { test } = dataset.parts
  const all = Int32Array.from({ length: test.targets.length }, (_, index) => index)
  const held = split.validation
  return [
    ...partArrays('train', dataset, dataset.parts.train, split.train),
    ...partArrays('validation', dataset, dataset.parts[held.part], held.positions),
    ...partArrays('test', dataset, test, all),
  ]
}

function partArrays(
  name: string,
  { descriptor }: Dataset,
  { inputs, targets }: DecodedPart,
  positions: Int32Array,
): readonly NpzArray[] {
  const { shape, task } = descriptor
  const size = shape.reduce((product, length) => product * length, 1)
  const isPixels = inputs instanceof Uint8Array
  function* rows() {
    for (let start = 0; start < positions.length; start += rowsAtOnce) {
      const some = positions.subarray(start, start + rowsAtOnce)
      const piece = isPixels ? new Uint8Array(some.length * size) : new Float32Array(some.length * size)
      some.forEach((position, row) => {
        piece.set(inputs.subarray(position * size, (position + 1) * size), row * size)
      })
      yield bytesOf(piece)
    }
  }
  const labels = Array.from(positions, (position) => targets[position] as number)
  return [
    { name: `x_${name}`, type: isPixels ? 'uint8' : 'float32', shape: [positions.length, ...shape], chunks: rows },
    {
      name: `y_${name}`,
      type: task === 'classification' ? 'int32' : 'float32',
      shape: [positions.length],
      chunks: () => [bytesOf(task === 'classification' ? Int32Array.from(labels) : Float32Array.from(labels))],
    },
  ]
}
