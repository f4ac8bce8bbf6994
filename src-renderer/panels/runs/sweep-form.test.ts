import { expect, test } from 'vitest'
import { findField } from '../../../src-main/common/sweep/fields.ts'
import { templateById } from '../../../src-main/common/templates/registry.ts'
import { readAxis, readWhole } from './sweep-form.ts'

const { project } = templateById('traffic-conv1d')!
function read(word: string, text: string) {
  const field = findField(project, word)
  if (!field.ok) throw new Error(field.error.message)
  return readAxis(field.value, text, { ranges: true })
}

test('the form takes the ranges of the command line, and refuses what a field cannot have', () => {
  expect(read('optimizer.learningRate', '1e-4..1e-1:log')).toMatchObject({
    axis: { from: 0.0001, to: 0.1, scale: 'log' },
  })
  expect(read('optimizer.learningRate', '0.1..0.5')).toMatchObject({ axis: { scale: 'linear' } })
  expect(read('data.lookBack', '0')).toEqual({ ok: false, value: '0' })
  expect(read('data.lookBack', '60, 60')).toMatchObject({ axis: { values: [60] } })
})

test('folds are a whole number within their limits', () => {
  expect([readWhole('99999', 2, 100), readWhole('1', 2, 100), readWhole('5', 2, 100)]).toEqual([
    undefined,
    undefined,
    5,
  ])
})
