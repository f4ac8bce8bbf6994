import path from 'node:path'
import type { DistortedAnswers, DistortionCurves, DistortionKind } from '../../common/comparison/distortion.ts'
import { distortionLevels, undistorted } from '../../common/comparison/distortion.ts'
import type { EngineRequests, ModelInFolder } from '../../common/engine-protocol.ts'
import type { Failure, Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { Evaluation } from '../../common/training/evaluation.ts'
import type { Sample } from '../../common/training/explanation.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import type { Dataset } from '../datasets/reader.ts'
import { createLoss, readScores } from '../train/losses.ts'
import { predictedClass } from '../train/metrics.ts'
import { distortPicture } from './distort.ts'
import { evaluateModel } from './evaluate.ts'
import type { Breathe } from './explain.ts'
import type { Jobs } from './jobs.ts'
import { sampleFault } from './look.ts'
import type { Inspector, Subject } from './look.ts'
import { positionsOf } from './rank.ts'

type Answer<M extends keyof EngineRequests> = Promise<Result<EngineRequests[M]['result']>>
type Params<M extends keyof EngineRequests> = EngineRequests[M]['params']

/** Asks several models the same. */
export interface Comparer {
  readonly judge: (params: Params<'run.judge'>) => Answer<'run.judge'>
  readonly distorted: (params: Params<'inspect.distorted'>) => Answer<'inspect.distorted'>
  readonly sweep: (params: Params<'run.sweep'>) => Answer<'run.sweep'>
}

interface ComparerOptions {
  readonly backend: Backend
  readonly jobs: Jobs
  readonly looking: Pick<Inspector, 'open' | 'openResult'>
}

/** What was judged last stays at hand: a finished run does not change. */
const keptEvaluations = 64
const samplesAtOnce = 256
const samplesWord = { en: 'samples', ko: '샘플' }
const noModel = failureIn('invalid-request', {
  en: 'At least one model was expected. Received: none',
  ko: '모델이 하나 이상 있어야 합니다. 받은 값: 없음',
})
const noClasses = failureIn('unsupported', {
  en: 'Accuracy against a shift needs data with classes. Choose runs that tell classes apart.',
  ko: '변형에 따른 정확도는 클래스가 있는 데이터에서만 잴 수 있습니다. 분류를 학습한 실행을 고르세요.',
})
const asking = { title: { en: 'Asking the models', ko: '모델에 묻는 중' }, unit: samplesWord }

export function createComparer({ backend, jobs, looking }: ComparerOptions): Comparer {
  const library = backend.tf
  const evaluations = new Map<string, Evaluation>()
  const curves = new Map<string, readonly number[]>()

  const remember = <T>(kept: Map<string, T>, key: string, value: T): T => {
    kept.set(key, value)
    for (const old of [...kept.keys()].slice(0, -keptEvaluations)) kept.delete(old)
    return value
  }

  /** What an evaluation follows from: where a run went on, its weights are of another step. */
  const keyOf = ({ folder, model }: ModelInFolder, { opened, dataset }: Subject, ...more: readonly string[]) =>
    JSON.stringify([folder, model, opened.epoch, opened.step, dataset.descriptor.hash, ...more])

  const openFitting = async ({ folder, model, epoch }: ModelInFolder): Promise<Result<Subject>> => {
    const found = await looking.openResult(folder, model, epoch)
    if (!found.ok) return found
    return sampleFault(found.value.dataset, found.value.opened, { part: 'train', index: 0 }) ?? found
  }

  /** Goes through models one after the other as one job; null where it was cancelled, a failure ends it. */
  const throughAll = async <T>(
    models: readonly ModelInFolder[],
    samplesOf: (subject: Subject) => number,
    job: string,
    visit: (model: ModelInFolder, subject: Subject, breathe: Breathe) => Promise<T | null>,
  ): Promise<Result<readonly T[]>> => {
    let fault: Result<never> | null = null
    const answers = await jobs.run(job, asking, async (breathe) => {
      const told: T[] = []
      let before = 0
      for (const model of models) {
        const found = await openFitting(model)
        if (!found.ok) {
          fault = ofModel(model, found.error)
          return told
        }
        const own = samplesOf(found.value)
        const answer = await visit(model, found.value, (done) => breathe(before + done, own * models.length))
        if (answer === null) return null
        told.push(answer)
        before += own
      }
      return told
    })
    return fault ?? answers
  }

  return {
    judge: async ({ models, job }) => {
      const [first] = models
      if (first === undefined) return noModel
      const opened = await openFitting(first)
      if (!opened.ok) return opened
      const partsOf = ({ dataset, recipe }: Subject) =>
        (['test', 'validation'] as const).map((ranked) => positionsOf(dataset, recipe, ranked))
      const samplesOf = (subject: Subject) => partsOf(subject).reduce((sum, { positions }) => sum + positions.length, 0)
      const judged = await throughAll(models, samplesOf, job, async (model, subject, breathe) => {
        const both: Evaluation[] = []
        let before = 0
        for (const { part, positions } of partsOf(subject)) {
          const key = keyOf(
            model,
            subject,
            part,
            both.length === 0 ? 'test' : 'validation',
            JSON.stringify(subject.recipe),
          )
          const evaluation =
            evaluations.get(key) ??
            (await evaluateModel(library, subject, { part, positions }, (done) => breathe(before + done, 0)))
          if (evaluation === null) return null
          both.push(remember(evaluations, key, evaluation))
          before += positions.length
        }
        const [test, validation] = both
        return test && validation ? { test, validation } : null
      })
      if (!judged.ok) return judged
      return success({ judged: judged.value, classes: opened.value.dataset.descriptor.classes })
    },
    distorted: async ({ subjects, sample, distortion }) => {
      const answers: (readonly number[])[] = []
      let values: Float32Array | null = null
      let shape: readonly number[] = []
      for (const asked of subjects) {
        const found = await looking.open(asked)
        if (!found.ok) return found
        const { opened, dataset } = found.value
        const fault = sampleFault(dataset, opened, sample) ?? pictureFault(dataset)
        if (fault !== null) return fault
        if (values === null) {
          shape = dataset.descriptor.shape
          values = new Float32Array(shape.reduce((product, length) => product * length, 1))
          distortPicture({ ...pixelsOf(dataset, sample), shape, distortion, values, to: 0 })
        }
        answers.push(Array.from(probabilitiesOf(found.value, values, 1)))
      }
      if (values === null) return noModel
      return success({ shape, values, answers } satisfies DistortedAnswers)
    },
    sweep: async ({ models, kind, job }) => {
      const [first] = models
      if (first === undefined) return noModel
      const opened = await openFitting(first)
      if (!opened.ok) return opened
      const { dataset } = opened.value
      const fault = pictureFault(dataset)
      if (fault !== null) return fault
      if (dataset.descriptor.task !== 'classification') return noClasses
      const part = dataset.descriptor.counts.test > 0 ? 'test' : 'validation'
      const levels = distortionLevels[kind]
      const samplesOf = (subject: Subject) =>
        levels.length * positionsOf(subject.dataset, subject.recipe, part).positions.length
      const accuracy = await throughAll(models, samplesOf, job, async (model, subject, breathe) => {
        const key = keyOf(model, subject, part, kind)
        const known = curves.get(key) ?? (await curveOf(subject, part, kind, breathe))
        return known && remember(curves, key, known)
      })
      if (!accuracy.ok) return accuracy
      const { positions } = positionsOf(dataset, opened.value.recipe, part)
      return success({ kind, levels, samples: positions.length, accuracy: accuracy.value } satisfies DistortionCurves)
    },
  }

  async function curveOf(
    subject: Subject,
    ranked: 'test' | 'validation',
    kind: DistortionKind,
    breathe: Breathe,
  ): Promise<readonly number[] | null> {
    const { dataset, recipe } = subject
    const { part, positions } = positionsOf(dataset, recipe, ranked)
    const { inputs, targets } = dataset.parts[part]
    const { shape, classes } = dataset.descriptor
    const size = shape.reduce((product, length) => product * length, 1)
    const shares: number[] = []
    let done = 0
    for (const level of distortionLevels[kind]) {
      const distortion = { ...undistorted, [kind]: level }
      let right = 0
      for (let start = 0; start < positions.length; start += samplesAtOnce) {
        if (!(await breathe(done, 0))) return null
        const some = positions.subarray(start, start + samplesAtOnce)
        const values = new Float32Array(some.length * size)
        some.forEach((position, row) => {
          distortPicture({ inputs, position, shape, distortion, values, to: row * size })
        })
        const read = probabilitiesOf(subject, values, some.length)
        some.forEach((position, row) => {
          const answer = predictedClass(read, row * classes.length, classes.length, 0.5)
          if (answer === targets[position]) right++
        })
        done += some.length
      }
      shares.push(right / Math.max(1, positions.length))
    }
    return shares
  }

  /** [samples, classes], or the values predicted. */
  function probabilitiesOf({ opened, dataset, recipe }: Subject, values: Float32Array, samples: number): Float32Array {
    const { shape, classes } = dataset.descriptor
    const loss = createLoss(library, recipe)
    const read = library.tidy(() => {
      const pass = opened.compiled.forward(library.tensor(values, [samples, ...shape]))
      return readScores(loss.readOut, loss.fromLogits ? pass.logits : pass.output).dataSync() as unknown as tf.Tensor
    }) as unknown as Float32Array
    if (read.length !== samples || classes.length !== 2) return read
    return Float32Array.from({ length: 2 * samples }, (_, index) => {
      const second = read[index >> 1] as number
      return index % 2 === 0 ? 1 - second : second
    })
  }
}

/** Which of several models a refusal is about. */
function ofModel({ folder, model }: ModelInFolder, error: Failure): Result<never> {
  const run = path.basename(folder)
  const text = error.text ?? { en: error.message, ko: error.message }
  return failureIn(
    error.code,
    { en: `“${model}” of the run ${run}: ${text.en}`, ko: `실행 ${run}의 “${model}” 모델: ${text.ko}` },
    error.details,
  )
}

function pixelsOf(dataset: Dataset, sample: Sample) {
  return 'part' in sample
    ? { inputs: dataset.parts[sample.part].inputs, position: sample.index }
    : { inputs: sample.pixels, position: 0 }
}

function pictureFault({ descriptor }: Dataset): Result<never> | null {
  if (descriptor.shape.length === 3) return null
  return failureIn('unsupported', {
    en: 'Only pictures can be moved and turned; these data are no pictures.',
    ko: '그림만 옮기거나 돌릴 수 있습니다. 이 데이터는 그림이 아닙니다.',
  })
}
