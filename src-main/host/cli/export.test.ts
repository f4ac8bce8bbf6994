import { expect, test } from 'vitest'
import { faultOf } from './export.ts'

const shared = { language: 'en', out: 'out', weights: 'best', backend: 'auto', json: false } as const

test.each([
  [['one', 'two'], { ...shared, to: 'keras' as const }, 'only a report takes several runs. Received: 2'],
  [['one'], { ...shared, to: 'graph-svg' as const, shift: ['across' as const] }, '`--shift` is of a report'],
])('%j with %j is refused with a sentence', (words, options, text) => {
  expect(faultOf(words, options)).toContain(text)
})

test('a report may be of several runs, with curves of changed pictures', () => {
  expect(faultOf(['one', 'two'], { ...shared, to: 'report', shift: ['across', 'noise'] })).toBeNull()
})
