import type { RunDetail } from '../../common/contract.ts'
import type { Evaluation } from '../../common/engine-protocol.ts'
import { classScores } from '../../common/statistics/class-scores.ts'
import type { ClassScores } from '../../common/statistics/class-scores.ts'
import { compareAnswers, describeComparison } from '../../common/statistics/compare-answers.ts'
import type { PairComparison } from '../../common/statistics/compare-answers.ts'
import { rocCurve } from '../../common/statistics/roc-curve.ts'
import type { RocCurve } from '../../common/statistics/roc-curve.ts'
import { wilsonInterval } from '../../common/statistics/wilson-interval.ts'
import type { Interval } from '../../common/statistics/wilson-interval.ts'
import { summarizeProject } from '../../common/summary/summarize.ts'
import { formatNumber, formatPercent, formatTable } from './table.ts'

/** A share of samples that were answered rightly, with its 95 % interval. */
interface JudgedShare {
  readonly accuracy: number
  readonly interval: Interval
  readonly samples: number
}

interface ComparedModel {
  readonly model: string
  readonly name: string
  readonly parameters: number
  /** For one sample. */
  readonly multiplyAdds: number
  /** Mean over the epochs trained; null where none was. */
  readonly secondsPerEpoch: number | null
  /** By what the recipe watches; null where the run did not come to its end. */
  readonly bestEpoch: number | null
  /** The epoch whose weights were judged. */
  readonly epoch: number
  /** Null where there are no samples, or no classes. */
  readonly validation: JudgedShare | null
  readonly test: JudgedShare | null
  /** Over the test part; null where the task has no classes. */
  readonly scores: ClassScores | null
  /** Of the second of two classes, over the test part. */
  readonly roc: Omit<RocCurve, 'thresholds'> | null
}

interface ComparedPair extends PairComparison {
  readonly first: string
  readonly second: string
  readonly text: string
}

/** The models of a run side by side, and every pair of them on the test part, sample by sample. */
export interface Comparison {
  readonly models: readonly ComparedModel[]
  readonly pairs: readonly ComparedPair[]
}

interface Compared {
  readonly run: Pick<RunDetail, 'project' | 'events'>
  readonly test: readonly Evaluation[]
  /** Empty where nothing was held back. */
  readonly validation: readonly Evaluation[]
}

export function compareModels({ run, test, validation }: Compared): Comparison {
  const summaries = new Map(summarizeProject(run.project).models.map((one) => [one.id, one]))
  const nameOf = (id: string) => summaries.get(id)?.name ?? id
  const models = test.map((one) => {
    const seconds = run.events.flatMap((event) =>
      event.type === 'epoch' && event.model === one.model ? [event.seconds] : [],
    )
    const finishes = run.events.flatMap((event) =>
      event.type === 'model-finished' && event.model === one.model ? [event] : [],
    )
    return {
      model: one.model,
      name: nameOf(one.model),
      parameters: summaries.get(one.model)?.parameters ?? 0,
      multiplyAdds: summaries.get(one.model)?.multiplyAdds ?? 0,
      secondsPerEpoch: seconds.length === 0 ? null : seconds.reduce((sum, value) => sum + value, 0) / seconds.length,
      bestEpoch: finishes.at(-1)?.best?.epoch ?? null,
      epoch: one.epoch,
      validation: shareOf(validation.find(({ model }) => model === one.model)),
      test: shareOf(one),
      scores: one.accuracy === null ? null : classScores(one.counts, one.classes),
      roc: rocOf(one),
    }
  })
  const pairs = test.flatMap((first, index) =>
    first.accuracy === null
      ? []
      : test.slice(index + 1).map((second) => {
          const { truths, classes } = first.answers
          const comparison = compareAnswers(truths, classes, second.answers.classes)
          const text = describeComparison(comparison, nameOf(first.model), nameOf(second.model)).en
          return { first: first.model, second: second.model, ...comparison, text }
        }),
  )
  return { models, pairs }
}

function shareOf(evaluation: Evaluation | undefined): JudgedShare | null {
  if (evaluation === undefined || evaluation.accuracy === null) return null
  const { accuracy, samples } = evaluation
  const interval = wilsonInterval(Math.round(accuracy * samples), samples)
  return interval === null ? null : { accuracy, interval, samples }
}

function rocOf({ answers: { scores, truths } }: Evaluation): ComparedModel['roc'] {
  const curve = scores === null ? null : rocCurve(scores, (sample) => truths[sample] === 1)
  if (curve === null) return null
  const { falsePositiveRates, truePositiveRates } = curve
  return { falsePositiveRates, truePositiveRates }
}

/** The comparison as a table, and what each pair's difference means; lines to print. */
export function describeModels({ models, pairs }: Comparison): readonly string[] {
  const right = { align: 'right' } as const
  const nameOf = (id: string) => models.find(({ model }) => model === id)?.name ?? id
  const columns = [
    { title: 'model' },
    { title: 'parameters', ...right },
    { title: 'multiply-adds', ...right },
    { title: 'seconds an epoch', ...right },
    { title: 'best epoch', ...right },
    { title: 'epoch judged', ...right },
    { title: 'validation (95 % interval)', ...right },
    { title: 'test (95 % interval)', ...right },
  ]
  const rows = models.map((one) => [
    one.model,
    one.parameters,
    one.multiplyAdds,
    one.secondsPerEpoch === null ? '–' : one.secondsPerEpoch.toFixed(2),
    one.bestEpoch ?? '–',
    one.epoch,
    formatShare(one.validation),
    formatShare(one.test),
  ])
  return [
    '',
    ...formatTable(columns, rows),
    ...pairs.flatMap(({ first, second, onlyFirst, onlySecond, both, neither, text }) => [
      '',
      text,
      `Right on the test part: only ${nameOf(first)} ${formatNumber(onlyFirst)}, only ${nameOf(second)} ${formatNumber(onlySecond)}, both ${formatNumber(both)}, neither ${formatNumber(neither)}.`,
    ]),
  ]
}

function formatShare(share: JudgedShare | null): string {
  if (share === null) return '–'
  const { low, high } = share.interval
  return `${formatPercent(share.accuracy)} (${(low * 100).toFixed(1)}–${formatPercent(high)})`
}
