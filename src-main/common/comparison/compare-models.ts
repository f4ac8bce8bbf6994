import type { Text } from '../layers/text.ts'
import type { Project } from '../project/project.ts'
import type { Result } from '../result.ts'
import { failureIn, success } from '../result.ts'
import { areaUnderCurve } from '../statistics/area-under-curve.ts'
import { brierScore, calibrate } from '../statistics/calibration.ts'
import type { Calibration } from '../statistics/calibration.ts'
import { classScores } from '../statistics/class-scores.ts'
import type { ClassScores } from '../statistics/class-scores.ts'
import { holmCorrected } from '../statistics/holm.ts'
import { compareAnswers, describeComparison } from '../statistics/compare-answers.ts'
import type { PairComparison } from '../statistics/compare-answers.ts'
import { rocCurve } from '../statistics/roc-curve.ts'
import type { RocCurve } from '../statistics/roc-curve.ts'
import { wilsonInterval } from '../statistics/wilson-interval.ts'
import type { Interval } from '../statistics/wilson-interval.ts'
import { summarizeProject } from '../summary/summarize.ts'
import type { Evaluation } from '../training/evaluation.ts'
import type { TrainingEvent } from '../training/events.ts'
import { outcomeIn } from '../training/outcome.ts'
import type { RankedPart } from '../training/explanation.ts'
import { differencesOf, stoppedDifference } from './differences.ts'
import type { Difference } from './differences.ts'
import { bestEpochOf } from './judged-weights.ts'
import { letterOf } from './letters.ts'

/** A part of the data judged by a model; accuracy and its 95 % interval are null where the task has no classes. */
export interface JudgedPart {
  readonly samples: number
  readonly loss: number
  readonly accuracy: number | null
  readonly interval: Interval | null
}

/** Of predicted values, in the scale that the model learnt. */
export interface ValueErrors {
  readonly mse: number
  readonly mae: number
  readonly rSquared: number | null
}

/** One class against all others; the second of two classes alone, for the other is its mirror. */
export interface ClassCurve extends Omit<RocCurve, 'thresholds'> {
  readonly label: number
  readonly area: number
}

export interface ComparedModel {
  readonly run: string
  readonly model: string
  readonly name: string
  readonly parameters: number
  /** For one sample. */
  readonly multiplyAdds: number
  /** Mean over the epochs trained; null where none was. */
  readonly secondsPerEpoch: number | null
  /** By what the recipe watches; null where the run did not come to its end. */
  readonly bestEpoch: number | null
  /** The epoch whose weights were judged, and whether they are of a step within it. */
  readonly epoch: number
  readonly isWithin: boolean
  /** Null where there are no samples. */
  readonly validation: JudgedPart | null
  readonly test: JudgedPart | null
  /** What follows is of the comparison's part. Null where the task has no classes. */
  readonly scores: ClassScores | null
  /** Row-major, rows are true classes; empty where the task has none. */
  readonly counts: readonly number[]
  readonly roc: readonly ClassCurve[] | null
  /** Null where the loss makes no probabilities. */
  readonly calibration: (Calibration & { readonly brier: number | null }) | null
  /** Null where the task has classes. */
  readonly errors: ValueErrors | null
}

/** Two models by their places in the comparison. */
export interface ComparedPair extends PairComparison {
  readonly first: number
  readonly second: number
  /** `pValue`, corrected by Holm's method for all pairs of the comparison; what the sentence tells. */
  readonly corrected: number
  readonly text: Text
}

/** Models of one or several runs side by side on the same data, and every pair of them sample by sample. */
export interface Comparison {
  /** What they are compared on: the test part, or validation where the data have no test part. */
  readonly part: RankedPart
  readonly samples: number
  readonly classes: number
  readonly models: readonly ComparedModel[]
  readonly pairs: readonly ComparedPair[]
  /** What else than the models differs; empty where the comparison is fair. */
  readonly differences: readonly Difference[]
}

/** A run that models come from. `dataHash` is null for runs of earlier versions, which do not tell it. */
export interface ComparedRun {
  readonly run: string
  readonly project: Project
  readonly events: readonly TrainingEvent[]
  readonly dataHash: string | null
}

export interface JudgedModel {
  readonly of: ComparedRun
  readonly test: Evaluation
  /** Null where it was not judged; without samples where nothing was held back. */
  readonly validation: Evaluation | null
}

/** A stored run as the comparison takes it. */
export function comparedRun({ run, project, events }: Omit<ComparedRun, 'dataHash'>): ComparedRun {
  const hashes = events.flatMap((event) => (event.type === 'run-started' ? [event.data?.hash ?? null] : []))
  return { run, project, events, dataHash: hashes.at(-1) ?? null }
}

/** The part that models are compared on: validation only where the data have no test part. */
export function comparedPart(judged: readonly Pick<JudgedModel, 'test'>[]): RankedPart {
  return judged.every(({ test }) => test.samples === 0) ? 'validation' : 'test'
}

/** Why runs cannot be compared: they learnt from other data; null where they can. */
export function dataFault(runs: readonly ComparedRun[]): Result<never> | null {
  const hashes = new Set(runs.flatMap(({ dataHash }) => (dataHash === null ? [] : [dataHash])))
  if (hashes.size <= 1) return null
  return failureIn('invalid-request', {
    en: 'Only models that learnt from the same data can be compared. Choose runs of one data set, or train the models together.',
    ko: '같은 데이터로 학습한 모델만 비교할 수 있습니다. 같은 데이터의 실행을 고르거나 모델들을 함께 학습하세요.',
  })
}

/** Compares what models made of the same data; refused where their data differ. */
export function compareModels(judged: readonly JudgedModel[]): Result<Comparison> {
  const runs = [...new Map(judged.map(({ of }) => [of.run, of])).values()]
  const fault = dataFault(runs)
  if (fault !== null) return fault
  const part = comparedPart(judged)
  const partOf = ({ test, validation }: JudgedModel) => (part === 'test' ? test : (validation ?? test))
  const models = judged.map((one) => describeModel(one, partOf(one)))
  const names = toldApart(models.map(({ name }) => name))
  const found = models.flatMap((_, one) =>
    models.slice(one + 1).flatMap((__, after) => {
      const other = one + 1 + after
      const [ours, theirs] = [partOf(judged[one] as JudgedModel), partOf(judged[other] as JudgedModel)]
      if (ours.accuracy === null || !isSameSamples(ours, theirs)) return []
      return [
        {
          first: one,
          second: other,
          ...compareAnswers(ours.answers.truths, ours.answers.classes, theirs.answers.classes),
        },
      ]
    }),
  )
  const corrected = holmCorrected(found.map(({ pValue }) => pValue))
  const pairs = found.map((pair, index): ComparedPair => {
    const pValue = corrected[index] ?? pair.pValue
    const text = describeComparison({ ...pair, pValue }, names[pair.first] ?? '', names[pair.second] ?? '')
    return { ...pair, corrected: pValue, text }
  })
  const [first] = judged.map(partOf)
  return success({
    part,
    samples: first?.samples ?? 0,
    classes: first?.classes ?? 0,
    models,
    pairs,
    differences: [...differencesOf(runs.map(({ project }) => project.recipe)), ...stoppedAmong(judged, names)],
  })
}

/** Names as they are, after the model's letter where several have the same: runs of one project have models of the same names. */
function toldApart(names: readonly string[]): readonly string[] {
  return names.map((name, index) =>
    names.filter((other) => other === name).length > 1 ? `${letterOf(index)} ${name}` : name,
  )
}

function stoppedAmong(judged: readonly JudgedModel[], names: readonly string[]): readonly Difference[] {
  const stopped = judged.flatMap(({ of: { project, events }, test: { model } }, index) => {
    const { epoch, isWithin, reason } = outcomeIn(events, model, project.recipe)
    if (reason !== 'stopped') return []
    return [{ name: names[index] ?? model, epoch, isWithin, epochs: project.recipe.epochs }]
  })
  return stopped.length === 0 ? [] : [stoppedDifference(stopped)]
}

function isSameSamples(one: Evaluation, other: Evaluation): boolean {
  const [ours, theirs] = [one.answers.positions, other.answers.positions]
  return (
    one.answers.part === other.answers.part &&
    ours.length === theirs.length &&
    ours.every((position, index) => position === theirs[index])
  )
}

function describeModel({ of, test, validation }: JudgedModel, judged: Evaluation): ComparedModel {
  const { model, epoch } = test
  const { project, events, run } = of
  const summary = summarizeProject({ ...project, models: project.models.filter(({ id }) => id === model) }).models[0]
  const seconds = events.flatMap((event) => (event.type === 'epoch' && event.model === model ? [event.seconds] : []))
  const outcome = outcomeIn(events, model, project.recipe)
  return {
    run,
    model,
    name: summary?.name ?? model,
    parameters: summary?.parameters ?? 0,
    multiplyAdds: summary?.multiplyAdds ?? 0,
    secondsPerEpoch: seconds.length === 0 ? null : seconds.reduce((sum, value) => sum + value, 0) / seconds.length,
    bestEpoch: bestEpochOf(outcome),
    epoch,
    isWithin: outcome.isWithin && outcome.epoch === epoch,
    validation: judgedPart(validation),
    test: judgedPart(test),
    scores: judged.accuracy === null ? null : classScores(judged.counts, judged.classes),
    counts: judged.counts,
    roc: classCurves(judged),
    calibration: calibrationOf(judged),
    errors: errorsOf(judged),
  }
}

function judgedPart(evaluation: Evaluation | null): JudgedPart | null {
  if (evaluation === null || evaluation.samples === 0) return null
  const { accuracy, samples, loss } = evaluation
  const interval = accuracy === null ? null : wilsonInterval(Math.round(accuracy * samples), samples)
  return { samples, loss, accuracy, interval }
}

function errorsOf({ accuracy, metrics, samples }: Evaluation): ValueErrors | null {
  const { rootMeanSquaredError: rmse, meanAbsoluteError: mae, rSquared } = metrics
  if (accuracy !== null || samples === 0 || rmse === undefined || mae === undefined) return null
  return { mse: rmse * rmse, mae, rSquared: rSquared ?? null }
}

function classCurves({ answers: { scores, probabilities, truths }, classes }: Evaluation): ComparedModel['roc'] {
  const labels = scores === null ? Array.from({ length: classes }, (_, label) => label) : [1]
  const curves = labels.flatMap((label): readonly ClassCurve[] => {
    const speaking =
      scores ??
      (probabilities && Float64Array.from(truths, (_, sample) => probabilities[sample * classes + label] as number))
    if (speaking === null) return []
    const isOfClass = (sample: number) => truths[sample] === label
    const curve = rocCurve(speaking, isOfClass)
    const area = areaUnderCurve(
      speaking.filter((_, sample) => isOfClass(sample)),
      speaking.filter((_, sample) => !isOfClass(sample)),
    )
    if (curve === null || area === null) return []
    const { falsePositiveRates, truePositiveRates } = curve
    return [{ label, area, falsePositiveRates, truePositiveRates }]
  })
  return curves.length === 0 ? null : curves
}

function calibrationOf({
  answers: { probabilities, classes: said, truths },
  classes,
}: Evaluation): ComparedModel['calibration'] {
  if (probabilities === null) return null
  const confidences = Float64Array.from(said, (answer, sample) => probabilities[sample * classes + answer] as number)
  const calibration = calibrate(confidences, (sample) => said[sample] === truths[sample])
  return calibration && { ...calibration, brier: brierScore(probabilities, truths, classes) }
}
