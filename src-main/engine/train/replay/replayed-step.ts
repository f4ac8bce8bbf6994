import type { Part } from '../../../common/data/dataset.ts'
import type { NodeTensor, NodeWeight } from '../../../common/training/probe.ts'
import type { Backend } from '../../backends/backend.ts'
import type { CompiledModel } from '../../compile/compile.ts'
import type { Dataset } from '../../datasets/reader.ts'
import type { Batch } from '../batches.ts'
import { kernelIndex } from '../eager-step.ts'
import { createLoss } from '../losses.ts'
import { createOptimizer } from '../optimizers.ts'
import { plainZeros } from '../plain-zeros.ts'
import type { StepRecipe, StepResult, StepState, TrainingStep } from '../step.ts'
import { tensorflowOf } from './binding.ts'
import { modelRecorder, weightKey } from './model-recordings.ts'
import { optimizerNodes } from './optimizer-nodes.ts'
import type { OptimizerMemory } from './optimizer-nodes.ts'
import { fuse } from './fuse.ts'
import { initialise } from './graph.ts'
import { openSession } from './session.ts'
import type { Fetched, FeedValues, Session } from './session.ts'
import { useFastGradients } from './fast-gradients.ts'
import type { Recording } from './recording.ts'
import { buildStepGraph, nodeNames, stateVariables } from './step-graph.ts'
import type { ResidentPart, StepGraphPlan } from './step-graph.ts'

export interface ReplayOptions {
  readonly backend: Backend
  readonly model: CompiledModel
  readonly recipe: StepRecipe
  readonly dataset: Dataset
  /** Batch sizes known beforehand; others cost a new session when they come. */
  readonly batches: { readonly training: readonly number[]; readonly evaluation: readonly number[] }
  /** What is said with fewer, faster ops than the eager step has; without any of it, the result is the same to the bit. */
  readonly fusion?: 'none' | 'optimizer' | 'all'
  /** More than this many bytes of data are fed batch by batch instead of living in the session. */
  readonly residentLimit?: number
  /** Whether training samples come with each batch, because they are varied; the others may still live in the session. */
  readonly feedsTraining?: boolean
  /** How many steps of the first batch size one call takes; by default several for small models. */
  readonly stepsAtOnce?: number
  /** As TensorFlow names it, such as /device:CPU:0; by default where TensorFlow puts each op, a GPU first. */
  readonly device?: string
}

const defaultResidentLimit = 512 * 2 ** 20
/** A step with fewer numbers than that is so short that calling TensorFlow for each one shows. */
const smallVolume = 16e6
const severalSteps = 4
/** How often the state is put aside, so that the last good weights can be computed again after a bad step. */
const savingIntervalMs = 2_000

interface TakenStep {
  readonly positions: Int32Array
  /** Where samples are fed: their values and targets, the same at each call. */
  readonly read: () => readonly [Float32Array, Float32Array]
  readonly learningRate: number
  readonly step: number
}

/** A state put aside in the session, and what has happened since. */
interface SavedState {
  readonly generation: 0 | 1
  readonly memory: OptimizerMemory
  /** Steps since the older saved state at the time of saving. */
  readonly length: number
}

/** Trains a model as one TensorFlow graph. Throws NotReplayable where a step cannot be written down. */
export function createReplayedStep(options: ReplayOptions): TrainingStep {
  const { backend, model, recipe, dataset, fusion = 'all' } = options
  useFastGradients(backend)
  const native = tensorflowOf(backend)
  const { threshold } = createLoss(backend.tf, recipe)
  const recorder = modelRecorder(backend, model, recipe)
  const { slotCount, initialSlot, initialScalars } = createOptimizer(recipe.optimizer)
  const optimizer = optimizerNodes(recipe.optimizer, fusion !== 'none')
  const { task } = dataset.descriptor
  const resident = residentParts(dataset, options.residentLimit ?? defaultResidentLimit)

  const trainingRecordings = new Map<number, Recording>()
  const evaluationRecordings = new Map<number, Recording>()
  const shapes = new Map(model.weights.map(({ shape }, index) => [weightKey(index), shape]))
  const fused = (recording: Recording) =>
    fusion === 'all' ? fuse(recording, (key) => shapes.get(key) ?? []) : recording
  const recordTraining = (batch: number) => {
    trainingRecordings.set(batch, fused(recorder.trainingStep(batch)))
  }
  const recordEvaluation = (batch: number) => {
    evaluationRecordings.set(batch, fused(recorder.evaluation(batch)))
  }
  for (const batch of options.batches.training) recordTraining(batch)
  for (const batch of options.batches.evaluation) recordEvaluation(batch)
  const look = recorder.look()
  const [mainBatch = 0] = options.batches.training
  const isTrainResident = options.feedsTraining !== true && resident.some(({ part }) => part === 'train')
  const isSmall = (trainingRecordings.get(mainBatch)?.volume ?? Infinity) <= smallVolume
  const stepsAtOnce = isTrainResident ? (options.stepsAtOnce ?? (isSmall ? severalSteps : 1)) : 1

  const plan = (): StepGraphPlan => ({
    inputShape: model.inputShape,
    units: model.outputShape.at(-1) ?? 1,
    task,
    threshold,
    weights: model.weights,
    slotCount,
    optimizer,
    resident,
    feedsTraining: !isTrainResident,
    training: [...trainingRecordings].flatMap(([batch, recording]) =>
      (batch === mainBatch ? [...new Set([1, stepsAtOnce])] : [1]).map((steps) => ({ batch, steps, recording })),
    ),
    evaluation: [...evaluationRecordings].map(([batch, recording]) => ({ batch, recording })),
    look,
  })
  const state = stateVariables(plan())
  const weightNames = model.weights.map((_, index) => nodeNames.weight(index))
  const allIndices = model.weights.map((_, index) => index)
  const kernelIndices = model.order.flatMap((node) => {
    const index = kernelIndex(model, node)
    return index === -1 ? [] : [index]
  })
  const trainable = model.weights.filter((weight) => weight.trainable)

  let session: Session | null = null
  let calls = new Map<string, (...values: FeedValues[]) => Fetched[]>()
  const call = (feeds: readonly string[], fetches: readonly string[], values: readonly FeedValues[]): Fetched[] => {
    const key = `${feeds.join()}>${fetches.join()}`
    let prepared = calls.get(key)
    if (prepared === undefined) calls.set(key, (prepared = (session as Session).prepare(feeds, fetches)))
    return prepared(...values)
  }
  const close = () => {
    session?.close()
    session = null
  }
  const readAll = (names: readonly string[]) =>
    call([], names.map(nodeNames.value), []).map(({ data }) => data as Float32Array)

  const open = (values: readonly FeedValues[]) => {
    session = openSession(native, buildStepGraph(plan()), options.device)
    calls = new Map()
    // One call: the first of each kind takes long.
    const names = [
      ...state.map(({ name }) => name),
      ...resident.flatMap(({ part }) => [nodeNames.inputs(part), nodeNames.targets(part)]),
    ]
    const data = resident.flatMap(({ part }) => [dataset.parts[part].inputs, dataset.parts[part].targets])
    call(names.map(nodeNames.given), [initialise, ...names.map(nodeNames.set)], [...values, ...data])
  }

  let memory: OptimizerMemory = { step: 0, product: 1 }
  let saved: SavedState = { generation: 0, memory, length: 0 }
  let candidate: SavedState | null = null
  let taken: TakenStep[] = []
  let savedMs = 0

  const save = (generation: 0 | 1): SavedState => {
    call([], [nodeNames.save(generation)], [])
    savedMs = performance.now()
    return { generation, memory, length: taken.length }
  }
  const startAnew = () => {
    taken = []
    candidate = null
    saved = save(0)
  }
  /** A session with batches of another size; training goes on where it was. */
  const reopen = () => {
    const values = readAll(state.map(({ name }) => name))
    close()
    open(values)
    startAnew()
  }

  /** Takes steps in one call; all of one batch size. */
  const take = (steps: readonly TakenStep[]): StepResult[] => {
    const name = nodeNames.train(steps[0]?.positions.length ?? 0, steps.length)
    const numbers: number[] = []
    for (const { learningRate } of steps) {
      numbers.push(...optimizer.numbers(memory, learningRate))
      memory = optimizer.advance(memory)
    }
    const clock = Int32Array.from(steps, ({ step }) => step)
    const positions = joined(steps.map((step) => step.positions))
    const shared = [nodeNames.numbers(name), nodeNames.clock(name)]
    const [fetched] = isTrainResident
      ? call([...shared, nodeNames.positions(name)], [name], [Float32Array.from(numbers), clock, positions])
      : call(
          [...shared, nodeNames.fedInputs(name), nodeNames.fedTargets(name)],
          [name],
          [Float32Array.from(numbers), clock, ...(steps[0] as TakenStep).read()],
        )
    return steps.map((_, index) => ({
      loss: fetched?.data[2 * index] ?? Number.NaN,
      correct: task === 'classification' ? (fetched?.data[2 * index + 1] ?? 0) : null,
    }))
  }
  /** Back to the state after the first `count` of the steps taken since the saved state. */
  const goBack = (count: number) => {
    call([], [nodeNames.restore(saved.generation)], [])
    memory = saved.memory
    const again = taken.slice(0, Math.max(0, count))
    for (const one of again) take([one])
    taken = again
    candidate = null
  }

  const firstValues = [
    ...model.weights.map(({ variable }) => Float32Array.from(variable.dataSync())),
    ...state.slice(model.weights.length).map(({ shape }) => new Float32Array(sizeOf(shape)).fill(initialSlot)),
  ]
  try {
    open(firstValues)
    startAnew()
  } catch (error) {
    close()
    throw error
  }

  /** Takes steps, keeps what is good of them and remembers it. */
  const train = (steps: readonly TakenStep[]): readonly StepResult[] => {
    if (candidate === null && performance.now() - savedMs >= savingIntervalMs)
      candidate = save(saved.generation === 0 ? 1 : 0)
    const results = take(steps)
    const bad = results.findIndex(({ loss: value }) => !Number.isFinite(value))
    const good = bad === -1 ? steps.length : bad
    taken.push(...steps.slice(0, good))
    // Only a good step after them tells that the weights put aside were good.
    if (candidate !== null && good > 0) {
      taken = taken.slice(candidate.length)
      saved = candidate
      candidate = null
    }
    if (bad === -1) return results
    goBack(taken.length)
    return results.slice(0, bad + 1)
  }
  const readState = (): StepState => {
    const values = readAll(state.map(({ name }) => name))
    const ofTrainable = values.slice(model.weights.length)
    return {
      weights: values.slice(0, model.weights.length),
      optimizer: {
        step: memory.step,
        slots: Array.from({ length: slotCount }, (_, slot) =>
          trainable.map((_weight, index) => ofTrainable[index * slotCount + slot] as Float32Array),
        ),
        scalars: initialScalars.length > 0 ? [memory.product] : [],
      },
    }
  }
  const stepOf = (batch: Batch, learningRate: number, step: number): TakenStep => ({
    positions: Int32Array.from(batch.positions),
    read: () => {
      const [values, targets] = readSamples(dataset, 'train', batch.positions)
      return [batch.isAugmented ? batch.values() : values, targets]
    },
    learningRate,
    step,
  })

  return {
    train: (batch, learningRate, step) => {
      const size = batch.positions.length
      if (!trainingRecordings.has(size)) {
        recordTraining(size)
        reopen()
      }
      return train([stepOf(batch, learningRate, step)])[0] as StepResult
    },
    ...(stepsAtOnce > 1 && {
      several: {
        count: stepsAtOnce,
        train: (batches: readonly Batch[], learningRates: readonly number[], firstStep: number) =>
          train(batches.map((batch, index) => stepOf(batch, learningRates[index] as number, firstStep + index))),
      },
    }),
    evaluate: (batch) => {
      const size = batch.positions.length
      if (!evaluationRecordings.has(size)) {
        recordEvaluation(size)
        reopen()
      }
      const isResident = resident.some(({ part }) => part === batch.part)
      const name = nodeNames.evaluate(size, isResident ? batch.part : null)
      const fetches = [nodeNames.loss(name), nodeNames.scores(name)]
      const [mean, scores] = isResident
        ? call([nodeNames.positions(name)], fetches, [Int32Array.from(batch.positions)])
        : call(
            [nodeNames.fedInputs(name), nodeNames.fedTargets(name)],
            fetches,
            readSamples(dataset, batch.part, batch.positions),
          )
      return { loss: mean?.data[0] ?? Number.NaN, scores: scores?.data as Float32Array }
    },
    look: (input, wanted) => {
      // All of them, whatever is wanted: TensorFlow prepares every new choice anew, which takes longer than a hundred looks.
      const indices = wanted.weights.length > 0 ? allIndices : wanted.kernels.length > 0 ? kernelIndices : []
      const [answer, ...values] = call(
        [nodeNames.lookInput],
        [
          nodeNames.answer,
          ...model.order.map((_, index) => nodeNames.map(index)),
          ...indices.map((index) => nodeNames.value(nodeNames.weight(index))),
        ],
        [Float32Array.from(input.dataSync())],
      )
      const kernels = values.slice(model.order.length)
      return {
        maps: wanted.maps.flatMap((node): NodeTensor[] => {
          const value = values[model.order.indexOf(node)]
          return value === undefined
            ? []
            : [{ node, shape: value.shape.slice(1), data: plainZeros(value.data as Float32Array) }]
        }),
        kernels: wanted.kernels.flatMap((node): NodeTensor[] => {
          const value = kernels[indices.indexOf(kernelIndex(model, node))]
          return value === undefined ? [] : [{ node, shape: value.shape, data: value.data as Float32Array }]
        }),
        weights: model.weights.flatMap(({ node, name, shape }, index): NodeWeight[] => {
          const value = kernels[indices.indexOf(index)]
          if (value === undefined || !wanted.weights.includes(node)) return []
          return [{ node, name, shape, data: value.data as Float32Array }]
        }),
        prediction: Array.from(answer?.data ?? []),
      }
    },
    readWeights: () => readState().weights,
    writeWeights: (values) => {
      call(weightNames.map(nodeNames.given), weightNames.map(nodeNames.set), values)
      startAnew()
    },
    readState,
    writeState: ({ weights, optimizer: { step, slots, scalars } }) => {
      if (slots.length !== slotCount) throw new Error(`${slotCount} slots were expected. Received: ${slots.length}`)
      const ofTrainable = trainable.flatMap((_, index) => slots.map((slot) => slot[index] as Float32Array))
      const names = state.map(({ name }) => name)
      call(names.map(nodeNames.given), names.map(nodeNames.set), [...weights, ...ofTrainable])
      memory = { step, product: scalars[0] ?? 1 }
      startAnew()
    },
    undoLast: () => {
      goBack(taken.length - 1)
    },
    dispose: () => {
      close()
      model.dispose()
    },
  }
}

function joined(vectors: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(vectors.reduce((sum, vector) => sum + vector.length, 0))
  let offset = 0
  for (const vector of vectors) {
    all.set(vector, offset)
    offset += vector.length
  }
  return all
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** The parts that fit into a session, the training part first. */
function residentParts(dataset: Dataset, limit: number): readonly ResidentPart[] {
  let left = limit
  return (['train', 'test'] as const).flatMap((part) => {
    const { inputs, targets } = dataset.parts[part]
    const bytes = inputs.byteLength + targets.byteLength
    if (targets.length === 0 || bytes > left) return []
    left -= bytes
    return [{ part, count: targets.length, isBytes: inputs instanceof Uint8Array }]
  })
}

/** Samples as they are fed: pixels 0…1, and the targets. */
function readSamples(dataset: Dataset, part: Part, positions: Int32Array): readonly [Float32Array, Float32Array] {
  const { inputs, targets } = dataset.parts[part]
  const size = sizeOf(dataset.descriptor.shape)
  const values = new Float32Array(positions.length * size)
  const divisor = inputs instanceof Uint8Array ? 255 : 1
  positions.forEach((position, row) => {
    for (let index = 0; index < size; index++)
      values[row * size + index] = (inputs[position * size + index] as number) / divisor
  })
  return [values, Float32Array.from(positions, (position) => targets[position] as number)]
}
