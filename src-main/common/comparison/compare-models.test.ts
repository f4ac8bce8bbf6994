import { expect, test } from 'vitest'
import { emptyProject } from '../project/empty-project.ts'
import type { Project } from '../project/project.ts'
import type { Evaluation } from '../training/evaluation.ts'
import type { TrainingEvent } from '../training/events.ts'
import { compareModels, comparedRun } from './compare-models.ts'
import type { ComparedRun, Comparison, JudgedModel } from './compare-models.ts'

const samples = 20

/** A model that is wrong on the first `wrong` of the samples, and as sure of each answer. */
function evaluation(model: string, wrong: number, { classes = 2, sure = 0.8 } = {}): Evaluation {
  const truths = Int32Array.from({ length: samples }, (_, sample) => sample % classes)
  const said = truths.map((truth, sample) => (sample < wrong ? (truth + 1) % classes : truth))
  const counts = new Array<number>(classes * classes).fill(0)
  truths.forEach((truth, sample) => counts[truth * classes + (said[sample] as number)]!++)
  const probabilities = new Float32Array(samples * classes).fill((1 - sure) / (classes - 1))
  said.forEach((answer, sample) => (probabilities[sample * classes + answer] = sure))
  const answers = {
    part: 'test' as const,
    positions: Int32Array.from(truths.keys()),
    truths,
    classes: said,
    scores: classes === 2 ? Float64Array.from(said) : null,
    probabilities,
  }
  const accuracy = 1 - wrong / samples
  return { model, epoch: 4, loss: 0.1, accuracy, metrics: { accuracy }, samples, classes, counts, answers }
}

const twoModels: Project = {
  ...emptyProject('Two'),
  models: ['cnn', 'mlp'].map((id) => ({ id, name: id.toUpperCase(), nodes: [], edges: [] })),
}

function runOf(run: string, hash: string, recipe: Partial<Project['recipe']> = {}): ComparedRun {
  const events = [{ type: 'run-started', data: { hash } }] as unknown as TrainingEvent[]
  return comparedRun({ run, events, project: { ...twoModels, recipe: { ...twoModels.recipe, ...recipe } } })
}

function compare(...judged: readonly (readonly [ComparedRun, Evaluation])[]): Comparison {
  const result = compareModels(judged.map(([of, one]): JudgedModel => ({ of, test: one, validation: null })))
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

test('a model that was stopped within an epoch is judged by those weights, and it is said', () => {
  const run = runOf('one', 'a', { epochs: 5 })
  const end = { type: 'model-finished', model: 'cnn', reason: 'stopped', epoch: 4 } as TrainingEvent
  const of = { ...run, events: [...run.events, end] }
  const { models, differences } = compare([of, evaluation('cnn', 1)], [of, evaluation('mlp', 12)])
  expect(models.map(({ isWithin }) => isWithin)).toEqual([true, false])
  expect(differences.map(({ code }) => code)).toEqual(['stopped'])
  expect(differences[0]?.text.en).toContain('"CNN" within epoch 4 of 5.')
})

test('models of a run stand side by side with intervals, and their difference is said in words', () => {
  const run = runOf('one', 'a')
  const epochs = [1, 2].map((seconds) => ({ type: 'epoch', model: 'cnn', seconds }) as TrainingEvent)
  const of = { ...run, events: [...run.events, ...epochs] }
  const { models, pairs, part, differences } = compare([of, evaluation('cnn', 1)], [of, evaluation('mlp', 12)])
  expect(models[0]).toMatchObject({ name: 'CNN', secondsPerEpoch: 1.5, bestEpoch: null, epoch: 4, validation: null })
  expect(models[0]?.test).toMatchObject({ accuracy: 0.95, samples: 20 })
  expect(models[0]?.test?.interval?.low).toBeCloseTo(0.7638688, 6)
  expect(pairs).toMatchObject([{ first: 0, second: 1, onlyFirst: 11, onlySecond: 0, both: 8, neither: 1 }])
  expect(pairs[0]?.text.en).toContain('“CNN” is better than “MLP”')
  expect(pairs[0]?.text.en).toContain('in 1 of 1\u202f000 tries')
  expect([part, differences]).toEqual(['test', []])
})

test('what else than the models differs is said: seed, split and recipe', () => {
  const [one, other] = [
    runOf('one', 'a'),
    runOf('two', 'a', { seed: 7, batchSize: 8, split: { validation: 'test' }, evaluationBatchSize: 4 }),
  ]
  const { differences } = compare([one, evaluation('cnn', 1)], [other, evaluation('cnn', 2)])
  expect(differences.map(({ code }) => code)).toEqual(['seed', 'split', 'recipe', 'judged-on-test'])
  expect(differences[0]?.text.en).toContain('(1, 7)')
  expect(differences[2]?.text.en).toContain('differ: batch size.')
})

test('a recipe written in another order is the same recipe', () => {
  const { optimizer } = twoModels.recipe
  const turned = { learningRate: optimizer.learningRate, type: optimizer.type }
  const { differences } = compare(
    [runOf('one', 'a'), evaluation('cnn', 1)],
    [runOf('two', 'a', { optimizer: turned }), evaluation('cnn', 2)],
  )
  expect(differences).toEqual([])
})

test('models of other data are refused in words; a run that does not tell its data is not', () => {
  const judged = (hash: string | null): JudgedModel[] => [
    { of: runOf('one', 'a'), test: evaluation('cnn', 1), validation: null },
    { of: { ...runOf('two', ''), dataHash: hash }, test: evaluation('cnn', 1), validation: null },
  ]
  const refused = compareModels(judged('b'))
  expect(refused).toMatchObject({ ok: false, error: { code: 'invalid-request' } })
  expect(!refused.ok && refused.error.text?.ko).toContain('같은 데이터')
  expect(compareModels(judged(null)).ok).toBe(true)
})

test('data without a test part are compared on validation', () => {
  const nothing: Evaluation = { ...evaluation('cnn', 0), samples: 0, accuracy: 0, counts: [0, 0, 0, 0] }
  const of = runOf('one', 'a')
  const result = compareModels(
    ['cnn', 'mlp'].map((model, wrong) => ({ of, test: { ...nothing, model }, validation: evaluation(model, wrong) })),
  )
  expect(result.ok && result.value).toMatchObject({ part: 'validation', samples: 20, pairs: [{ onlyFirst: 1 }] })
})

test('answers to other samples make no pair', () => {
  const shifted = evaluation('mlp', 1)
  const { answers } = shifted
  const other = { ...shifted, answers: { ...answers, positions: answers.positions.map((position) => position + 1) } }
  const of = runOf('one', 'a')
  expect(compare([of, evaluation('cnn', 1)], [of, other]).pairs).toEqual([])
})

test('of two classes the second has a curve, of more each against the rest', () => {
  const of = runOf('one', 'a')
  const [two, three] = compare([of, evaluation('cnn', 5)], [of, evaluation('cnn', 5, { classes: 3 })]).models
  expect(two?.roc?.map(({ label }) => label)).toEqual([1])
  // A right answer of class 1 is in 8 of 10, one of class 0 in 7 of 10: half of (1 + 0.8 − 0.3).
  expect(two?.roc?.[0]?.area).toBeCloseTo(0.75, 9)
  expect(three?.roc?.map(({ label }) => label)).toEqual([0, 1, 2])
})

test('a model that is as sure as it is right is calibrated, one that is surer is not', () => {
  const of = runOf('one', 'a')
  const [calibrated, sure] = compare([of, evaluation('cnn', 4)], [of, evaluation('mlp', 12, { sure: 0.9 })]).models.map(
    ({ calibration }) => calibration,
  )
  expect(calibrated?.expectedError).toBeCloseTo(0, 6)
  expect(sure?.expectedError).toBeCloseTo(0.5, 6)
})

test('predicted values have their errors side by side and no classes', () => {
  const values: Evaluation = {
    ...evaluation('cnn', 0),
    accuracy: null,
    classes: 0,
    counts: [],
    metrics: { meanAbsoluteError: 0.2, rootMeanSquaredError: 0.5, rSquared: 0.9 },
    answers: {
      part: 'test',
      positions: new Int32Array(0),
      truths: new Int32Array(0),
      classes: new Int32Array(0),
      scores: null,
      probabilities: null,
    },
  }
  const of = runOf('one', 'a')
  const { models, pairs } = compare([of, values], [of, { ...values, model: 'mlp' }])
  expect(models[0]).toMatchObject({ errors: { mse: 0.25, mae: 0.2, rSquared: 0.9 }, scores: null, roc: null })
  expect(pairs).toEqual([])
})
