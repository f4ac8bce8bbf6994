import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { areaUnderCurve } from './area-under-curve.ts'
import type { ClassScore, ClassScores } from './class-scores.ts'
import { brierScore, calibrate } from './calibration.ts'
import { classScores } from './class-scores.ts'
import { compareAnswers, describeComparison } from './compare-answers.ts'
import { holmCorrected } from './holm.ts'
import { mcnemarExact } from './mcnemar.ts'
import { rocCurve } from './roc-curve.ts'
import type { RocCurve } from './roc-curve.ts'
import { wilsonInterval } from './wilson-interval.ts'
import type { Interval } from './wilson-interval.ts'

/** What make-fixtures.py has written down of SciPy and scikit-learn. */
const theirs = JSON.parse(readFileSync(new URL('fixtures/statistics.json', import.meta.url), 'utf8')) as {
  readonly wilson: readonly (Interval & { readonly right: number; readonly samples: number })[]
  readonly mcnemar: readonly { readonly onlyFirst: number; readonly onlySecond: number; readonly pValue: number }[]
  readonly roc: readonly (RocCurve & {
    readonly name: string
    readonly truths: readonly number[]
    readonly scores: readonly number[]
    readonly area: number
  })[]
  readonly scores: readonly (ClassScores & {
    readonly name: string
    readonly classes: number
    readonly counts: readonly number[]
  })[]
  readonly calibration: readonly {
    readonly name: string
    readonly classes: number
    readonly truths: readonly number[]
    readonly said: readonly number[]
    readonly probabilities: readonly number[]
    /** Of every bin. */
    readonly samples: readonly number[]
    /** Of the bins that have samples. */
    readonly accuracy: readonly number[]
    readonly confidence: readonly number[]
    readonly expectedError: number
    readonly brier: number
  }[]
}

function expectEqual(ours: readonly number[], expected: readonly number[]): void {
  expect(ours).toHaveLength(expected.length)
  ours.forEach((value, index) => expect(Math.abs(value - (expected[index] as number))).toBeLessThanOrEqual(1e-9))
}

test.each(theirs.wilson)('the interval of $right of $samples is SciPy’s', ({ right, samples, low, high }) => {
  const interval = wilsonInterval(right, samples)
  expectEqual([interval?.low ?? NaN, interval?.high ?? NaN], [low, high])
})

test('a share of nothing has no interval', () => {
  expect(wilsonInterval(0, 0)).toBeNull()
})

test.each(theirs.mcnemar)(
  'McNemar’s test of $onlyFirst against $onlySecond is SciPy’s, to nine digits however small',
  ({ onlyFirst, onlySecond, pValue }) => {
    expect(Math.abs(mcnemarExact(onlyFirst, onlySecond) / pValue - 1)).toBeLessThanOrEqual(1e-9)
  },
)

test('several tests at once are corrected by Holm’s step-down method', () => {
  expectEqual(holmCorrected([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
  expect(holmCorrected([0.2])).toEqual([0.2])
})

describe.each(theirs.roc)('ROC: $name', ({ truths, scores, area, ...curve }) => {
  test('the curve is scikit-learn’s', () => {
    const ours = rocCurve(scores, (sample) => truths[sample] === 1)
    expectEqual(ours?.falsePositiveRates ?? [], curve.falsePositiveRates)
    expectEqual(ours?.truePositiveRates ?? [], curve.truePositiveRates)
    expectEqual(ours?.thresholds.slice(1) ?? [], curve.thresholds)
  })

  test('the area is scikit-learn’s', () => {
    const of = (truth: number) => Float64Array.from(scores.filter((_, sample) => truths[sample] === truth))
    expectEqual([areaUnderCurve(of(1), of(0)) ?? NaN], [area])
  })
})

test('there is no curve where one class is missing or a score is no number', () => {
  expect(rocCurve([0.1, 0.9], () => true)).toBeNull()
  expect(rocCurve([0.1, NaN, 0.3], (sample) => sample === 0)).toBeNull()
})

test.each(theirs.scores)('precision, recall and F1 are scikit-learn’s: $name', ({ classes, counts, ...expected }) => {
  const ours = classScores(counts, classes)
  const values = (one: ClassScore) => [one.precision, one.recall, one.f1, one.support]
  expectEqual(ours.perClass.flatMap(values), expected.perClass.flatMap(values))
  const macro = (one: ClassScores['macro']) => [one.precision, one.recall, one.f1]
  expectEqual(macro(ours.macro), macro(expected.macro))
})

test('two models are counted sample by sample', () => {
  expect(compareAnswers([0, 1, 1, 0, 1], [0, 1, 0, 1, 1], [0, 0, 1, 1, 0])).toEqual({
    onlyFirst: 2,
    onlySecond: 1,
    both: 1,
    neither: 1,
    pValue: 1,
  })
})

test.each([
  [0, 13, '“MLP” is better than “CNN”; so large a difference would come by chance in 1 of 4\u202f100 tries.'],
  [13, 0, '“CNN” is better than “MLP”; so large a difference would come by chance in 1 of 4\u202f100 tries.'],
  [3, 5, 'No difference between “CNN” and “MLP” is shown: so large a one would come by chance in 73 of 100 tries.'],
  [4, 4, '“CNN” and “MLP” are right equally often.'],
  [
    0,
    1_000,
    '“MLP” is better than “CNN”; so large a difference would come by chance in 1 of more than a billion tries.',
  ],
])('%d against %d is said in words', (onlyFirst, onlySecond, words) => {
  const comparison = { onlyFirst, onlySecond, both: 9, neither: 1, pValue: mcnemarExact(onlyFirst, onlySecond) }
  expect(describeComparison(comparison, 'CNN', 'MLP').en).toBe(words)
})

describe.each(theirs.calibration)('calibration: $name', ({ classes, truths, said, probabilities, ...expected }) => {
  const confidences = said.map((answer, sample) => probabilities[sample * classes + answer] as number)
  const ours = calibrate(confidences, (sample) => said[sample] === truths[sample])

  test('the bins are scikit-learn’s', () => {
    const filled = ours?.bins.filter(({ samples }) => samples > 0) ?? []
    expect(ours?.bins.map(({ samples }) => samples)).toEqual(expected.samples)
    expectEqual(
      filled.map(({ confidence }) => confidence ?? NaN),
      expected.confidence,
    )
    expectEqual(
      filled.map(({ accuracy }) => accuracy ?? NaN),
      expected.accuracy,
    )
  })

  test('the expected error is NumPy’s, the Brier score scikit-learn’s', () => {
    expectEqual(
      [ours?.expectedError ?? NaN, brierScore(probabilities, truths, classes) ?? NaN],
      [expected.expectedError, expected.brier],
    )
  })
})
