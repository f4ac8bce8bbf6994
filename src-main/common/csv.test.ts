import { expect, test } from 'vitest'
import { csvText } from './csv.ts'

test('numbers keep their figures, texts with commas, quotes and line breaks come back whole, formulas are none', () => {
  const rows = [
    ['모델', 'a "b", c', 'two\nlines'],
    ['=1+1', 0.1 + 0.2, null],
    ['-3', -3, 1e-12],
  ]
  expect(csvText(rows)).toBe('모델,"a ""b"", c","two\nlines"\n\'=1+1,0.30000000000000004,\n-3,-3,1e-12\n')
})
