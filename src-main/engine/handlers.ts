import type { EngineHandlers, EngineStart, FromEngine } from '../common/engine-protocol.ts'
import type { Pictures } from '../common/contract.ts'
import type { Part } from '../common/data/dataset.ts'
import type { Result } from '../common/result.ts'
import { failure, success } from '../common/result.ts'
import type { Backend } from './backends/backend.ts'
import { openBackend } from './backends/select.ts'
import type { Dataset } from './datasets/reader.ts'
import { createDatasetStore } from './datasets/store.ts'
import { createEventBatch } from './event-batch.ts'
import { createInspector } from './inspect/look.ts'
import type { Inspector } from './inspect/look.ts'
import { startTraining } from './train/loop.ts'
import type { TrainingControl } from './train/run-control.ts'

/** Everything an engine answers. The backend is opened when it is first needed, or by `warmUp`. */
export function createHandlers(
  start: EngineStart,
  send: (message: FromEngine) => void,
): { readonly handlers: EngineHandlers; readonly warmUp: () => void } {
  const datasets = createDatasetStore(start.cacheFolder, (progress) => {
    send({ kind: 'progress', progress })
  })
  let opening: Promise<Result<Backend>> | null = null
  let inspector: Inspector | null = null
  let training: TrainingControl | null = null

  const backend = () => (opening ??= openBackend(start.backend))
  let lastLook: Promise<unknown> = Promise.resolve()
  /** One at a time: looks share compiled models, and another one must not change their weights half-way. */
  const inspect = <T>(use: (inspector: Inspector) => Promise<Result<T>>): Promise<Result<T>> => {
    const look = lastLook.then(async () => {
      const opened = await backend()
      if (!opened.ok) return opened
      inspector ??= createInspector(opened.value, datasets)
      return use(inspector)
    })
    lastLook = look.catch(() => undefined)
    return look
  }
  const control = async (use: (training: TrainingControl) => void): Promise<Result<null>> => {
    if (training === null) return failure('invalid-request', 'No run is under way in this engine.')
    use(training)
    return success(null)
  }

  const handlers = {
    backend: async () => {
      const opened = await backend()
      return opened.ok ? success(opened.value.status) : opened
    },
    'dataset.catalogue': async () => success(await datasets.catalogue()),
    'dataset.describe': async ({ source, job }) => {
      const dataset = await datasets.open(source, job)
      return dataset.ok ? success(dataset.value.descriptor) : dataset
    },
    'dataset.pictures': async ({ source, part, indices }) => {
      const dataset = await datasets.open(source)
      return dataset.ok ? picturesOf(dataset.value, part, indices) : dataset
    },
    'job.cancel': async ({ job }) => {
      datasets.cancel(job)
      return success(null)
    },
    'inspect.untrained': (params) => inspect((inspector) => inspector.untrained(params)),
    'run.probe': (params) => inspect((inspector) => inspector.probe(params)),
    'run.evaluate': (params) => inspect((inspector) => inspector.evaluate(params)),
    'run.predict': (params) => inspect((inspector) => inspector.predict(params)),
    'run.kernels': (params) => inspect((inspector) => inspector.kernels(params)),
    'run.maps': (params) => inspect((inspector) => inspector.maps(params)),
    'training.start': async ({ run, folder, project, models }) => {
      if (training !== null) return failure('invalid-request', 'A run is already under way in this engine.')
      if (project.dataset === null) return failure('missing-dataset', 'Choose data before you train.')
      const opened = await backend()
      if (!opened.ok) return opened
      const dataset = await datasets.open(project.dataset, run)
      if (!dataset.ok) return dataset
      const started = await startTraining({
        backend: opened.value,
        dataset: dataset.value,
        run,
        folder,
        project,
        models,
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
      return success(null)
    },
    'training.pause': () => control((run) => run.pause()),
    'training.resume': () => control((run) => run.resume()),
    'training.stop': () => control((run) => run.stop()),
    'training.watch': (params) => control((run) => run.watch(params)),
  } satisfies EngineHandlers

  return { handlers, warmUp: () => void backend() }
}

function picturesOf(dataset: Dataset, part: Part, indices: readonly number[]): Result<Pictures> {
  const { shape, counts } = dataset.descriptor
  const outside = indices.find((index) => index >= counts[part])
  if (outside !== undefined)
    return failure('not-found', `The ${part} part has ${counts[part]} samples. Received: number ${outside}`)
  const { inputs, targets } = dataset.parts[part]
  const size = shape.reduce((product, length) => product * length, 1)
  const isPicture = inputs instanceof Uint8Array
  const pixels = new Uint8Array(isPicture ? indices.length * size : 0)
  const numbers = isPicture ? null : new Float32Array(indices.length * size)
  indices.forEach((index, row) => {
    if (isPicture) pixels.set(inputs.subarray(index * size, (index + 1) * size), row * size)
    else numbers?.set(inputs.subarray(index * size, (index + 1) * size), row * size)
  })
  return success({ shape, indices, labels: indices.map((index) => targets[index] as number), pixels, numbers })
}
