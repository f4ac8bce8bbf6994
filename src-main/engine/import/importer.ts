import { mkdir } from 'node:fs/promises'
import type { EngineRequests } from '../../common/engine-protocol.ts'
import { catalogueIds } from '../../common/data/dataset.ts'
import type { DatasetDescriptor, DataSource } from '../../common/data/dataset.ts'
import { taskOf } from '../../common/graph/task-output.ts'
import { emptyProject } from '../../common/project/empty-project.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { LossType } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import { withFaultsAsFailures } from '../datasets/invalid-data.ts'
import type { DatasetStore } from '../datasets/store.ts'
import { splitCounts } from '../../common/data/split.ts'
import { openRunWriter } from '../train/run-folder.ts'
import type { ImportedModel } from './read-keras-file.ts'
import { readKerasFile } from './read-keras-file.ts'

type Import = EngineRequests['model.import']

export interface ImporterOptions {
  readonly backend: () => Promise<Result<Backend>>
  readonly datasets: DatasetStore
}

/** Takes models that other programs saved: as a project, and their weights as a run that was never trained here. */
export interface Importer {
  readonly import: (params: Import['params']) => Promise<Result<Import['result']>>
}

export function createImporter({ backend, datasets }: ImporterOptions): Importer {
  /** The data that a model may be looked at with: what was asked for, else what comes with Convas and fits. */
  const dataFor = async (
    imported: ImportedModel,
    wanted: DataSource | null,
  ): Promise<Result<{ readonly source: DataSource; readonly descriptor: DatasetDescriptor } | null>> => {
    const { inputShape, outputShape } = imported.read.exported
    const fits = (descriptor: DatasetDescriptor) =>
      descriptor.shape.join() === inputShape.join() && taskOf(descriptor).outputUnits === outputShape.at(-1)
    if (wanted !== null) {
      const found = await datasets.find(wanted)
      if (!found.ok) return found
      const { descriptor } = found.value
      if (fits(descriptor)) return success({ source: wanted, descriptor })
      const { outputUnits } = taskOf(descriptor)
      return failureIn('invalid-model', {
        en: `The data are ${descriptor.shape.join('×')} with ${outputUnits} output units; the model takes ${inputShape.join('×')} and gives ${outputShape.join('×')}. Nothing was imported.`,
        ko: `데이터는 ${descriptor.shape.join('×')}, 출력 ${outputUnits}개인데 모델은 ${inputShape.join('×')}을 받아 ${outputShape.join('×')}을 냅니다. 아무것도 가져오지 않았습니다.`,
      })
    }
    const shapes = new Map((await datasets.catalogue()).map(({ id, shape }) => [id, shape]))
    for (const id of catalogueIds) {
      if (shapes.get(id)?.join() !== inputShape.join()) continue
      const found = await datasets.find({ source: id })
      if (found.ok && fits(found.value.descriptor))
        return success({ source: { source: id }, descriptor: found.value.descriptor })
    }
    return success(null)
  }

  return {
    import: async ({ file, source, into }) => {
      const opened = await backend()
      if (!opened.ok) return opened
      const found = await withFaultsAsFailures(() => readKerasFile(file, opened.value))
      if (!found.ok) return found
      if (!found.value.ok) return found.value
      const imported = found.value.value
      const data = await dataFor(imported, source)
      if (!data.ok) return data
      const project = projectOf(imported, data.value?.source ?? null)
      const { notes } = imported.read
      if (into !== null) {
        const kept = await withFaultsAsFailures(() =>
          keepAsRun(imported, project, into, opened.value, data.value?.descriptor ?? null),
        )
        if (!kept.ok) return kept
      }
      return success({ project, notes })
    },
  }
}

function projectOf({ read }: ImportedModel, dataset: DataSource | null): Project {
  const { model, layers } = read.exported
  const activation = layers.at(-1)?.params['activation']
  const loss: LossType =
    activation === 'sigmoid'
      ? 'binaryCrossentropy'
      : activation === 'softmax'
        ? 'categoricalCrossentropy'
        : 'meanSquaredError'
  const empty = emptyProject(model.name)
  return { ...empty, dataset, models: [model], recipe: { ...empty.recipe, loss } }
}

/** A run of no epochs whose only moment, before the first step, has the weights of the file. */
async function keepAsRun(
  { read, weights }: ImportedModel,
  project: Project,
  { folder, run }: { readonly folder: string; readonly run: string },
  { status, tf }: Backend,
  descriptor: DatasetDescriptor | null,
): Promise<void> {
  const { model, parameters } = read.exported
  const now = new Date().toISOString()
  await mkdir(folder, { recursive: true })
  const writer = await openRunWriter(folder)
  try {
    await writer.snapshot(
      model.id,
      { epoch: 0 },
      {
        epoch: 0,
        step: 0,
        weights,
        values: weights.map(({ values }) => values),
      },
    )
    const counts =
      descriptor === null ? { train: 0, validation: 0 } : splitCounts(project.recipe.split.validation, descriptor)
    writer.event({
      type: 'run-started',
      run,
      dir: folder,
      backend: status.backend,
      device: status.device,
      models: [{ id: model.id, name: model.name, parameters }],
      samples: { ...counts, test: descriptor?.counts.test ?? 0 },
      ...(descriptor !== null && {
        data: { titles: descriptor.titles, shape: descriptor.shape, hash: descriptor.hash },
      }),
      epochs: project.recipe.epochs,
      stepsPerEpoch: Math.max(1, Math.ceil(counts.train / project.recipe.batchSize)),
    })
    writer.event({
      type: 'log',
      level: 'info',
      message: 'The weights were imported; nothing was trained here.',
      text: {
        en: 'The weights were imported; nothing was trained here.',
        ko: '가져온 가중치이며, 여기서 학습한 것은 없습니다.',
      },
      time: now,
    })
    writer.event({ type: 'moments', model: model.id, moments: [{ epoch: 0 }] })
    writer.event({ type: 'model-finished', model: model.id, reason: 'completed', epoch: 0, best: null, test: null })
    writer.event({ type: 'run-finished', run })
    await writer.record({
      format: 'convas-run',
      version: 1,
      run,
      started: now,
      finished: now,
      state: 'finished',
      project,
      models: [model.id],
      data: project.dataset === null || descriptor === null ? null : { source: project.dataset, hash: descriptor.hash },
      seed: project.recipe.seed,
      backend: { name: status.backend, device: status.device, version: status.version },
      versions: { tfjs: tf.version['tfjs-core'] ?? '', node: process.version },
      results: { [model.id]: 0 },
    })
  } finally {
    writer.close()
  }
}
