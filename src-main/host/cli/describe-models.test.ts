import { expect, test } from 'vitest'
import type { Comparison } from '../../common/comparison/compare-models.ts'
import { describeModels } from './describe-models.ts'

test('the table tells shares with their intervals, and each pair with its counts', () => {
  const model = { run: 'r', model: 'cnn', name: 'CNN', parameters: 1_200, multiplyAdds: 3_400, secondsPerEpoch: 1.5 }
  const judged = { samples: 20, loss: 0.1, accuracy: 0.95, interval: { low: 0.764, high: 0.991 } }
  const rest = {
    bestEpoch: null,
    epoch: 4,
    isWithin: false,
    validation: null,
    test: judged,
    scores: null,
    counts: [],
    roc: null,
  }
  const one = { ...model, ...rest, calibration: null, errors: null }
  const comparison: Comparison = {
    part: 'test',
    samples: 20,
    classes: 2,
    models: [one, { ...one, model: 'mlp', name: 'MLP' }],
    pairs: [
      {
        first: 0,
        second: 1,
        onlyFirst: 11,
        onlySecond: 0,
        both: 8,
        neither: 1,
        pValue: 0.001,
        corrected: 0.001,
        text: { en: 'CNN is better.', ko: 'CNN이 낫습니다.' },
      },
    ],
    differences: [{ code: 'seed', text: { en: 'The seeds differ.', ko: '시드가 다릅니다.' } }],
  }
  const lines = describeModels(comparison).join('\n')
  expect(lines).toContain('95.0 % (76.4–99.1 %)')
  expect(lines).toContain('CNN is better.\nRight on the test part: only CNN 11, only MLP 0, both 8, neither 1.')
  expect(lines).toContain('The seeds differ.')
})
