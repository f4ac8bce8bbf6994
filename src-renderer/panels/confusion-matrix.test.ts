import { expect, test } from 'vitest'
import { confusionMatrix, rowShare } from './confusion-matrix.ts'

test('rows are true classes, and the diagonal is what was right', () => {
  expect(confusionMatrix(2, [8, 2, 1, 4])).toEqual({
    rows: [
      [8, 2],
      [1, 4],
    ],
    rowTotals: [10, 5],
    total: 15,
    accuracy: 0.8,
  })
})

test('shares are of the row, and 0 for a class that never came', () => {
  const matrix = confusionMatrix(2, [3, 1, 0, 0])
  expect([rowShare(matrix, 0, 1), rowShare(matrix, 1, 1), confusionMatrix(1, []).accuracy]).toEqual([0.25, 0, null])
})
