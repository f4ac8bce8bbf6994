import { expect, test } from 'vitest'
import type { Evaluation } from '../../common/engine-protocol.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import { sampleProject } from '../testing/sample-project.ts'
import { compareModels, describeModels } from './compare-models.ts'

const truths = Int32Array.from({ length: 20 }, (_, sample) => sample % 2)

/** A model that is wrong on the first `wrong` of twenty samples. */
function evaluation(model: string, wrong: number): Evaluation {
  const classes = truths.map((truth, sample) => (sample < wrong ? 1 - truth : truth))
  const counts = [0, 0, 0, 0]
  truths.forEach((truth, sample) => {
    const cell = truth * 2 + (classes[sample] as number)
    counts[cell] = (counts[cell] ?? 0) + 1
  })
  const answers = { positions: Int32Array.from(truths.keys()), truths, classes, scores: Float64Array.from(classes) }
  const accuracy = 1 - wrong / 20
  return { model, epoch: 4, loss: 0.1, accuracy, metrics: { accuracy }, samples: 20, classes: 2, counts, answers }
}

test('models stand side by side with intervals, and their difference is said in words', () => {
  const project = sampleProject()
  const [first, second] = project.models.map(({ id }) => id) as [string, string]
  const epoch = (seconds: number) => ({ type: 'epoch', model: first, seconds }) as TrainingEvent
  const comparison = compareModels({
    run: { project, events: [epoch(1), epoch(2)] },
    test: [evaluation(first, 1), evaluation(second, 12)],
    validation: [],
  })
  const [best] = comparison.models
  expect(best).toMatchObject({ secondsPerEpoch: 1.5, bestEpoch: null, epoch: 4, validation: null })
  expect(best?.test).toMatchObject({ accuracy: 0.95, samples: 20 })
  expect(best?.test?.interval.low).toBeCloseTo(0.7638688, 6)
  expect(comparison.pairs).toMatchObject([{ onlyFirst: 11, onlySecond: 0, both: 8, neither: 1 }])
  const lines = describeModels(comparison).join('\n')
  expect(lines).toContain('95.0 % (76.4–99.1 %)')
  expect(lines).toContain('is better than')
  expect(lines).toContain('in 1 of 1,000 tries')
})
