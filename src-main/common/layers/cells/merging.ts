import type { Shape } from '../../graph/graph.ts'
import type { CellFormula, CellRule, Place } from './cell.ts'
import { formulaOf, groupOf, valueAt } from './cell.ts'

/** The same cell of every input, combined; an axis of length 1 is stretched. */
export function mergedCell(operation: 'sum' | 'product' | 'mean' | 'maximum'): CellRule {
  return {
    reach: ({ from, to }, inputs) =>
      inputs.map((shape) => ({ from: stretched(from, shape), to: stretched(to, shape) })),
    explain: ({ at, inputs }): CellFormula => {
      const terms = inputs.map((values, input) => {
        const place = stretched(at, values.shape)
        const value = valueAt(values, place)
        return { input, at: place, value, weight: null, product: value }
      })
      const values = terms.map(({ value }) => value)
      const group = groupOf(terms)
      switch (operation) {
        case 'sum':
          return formulaOf({ operation, groups: [group], beforeActivation: group.sum })
        case 'mean':
          return formulaOf({
            operation,
            groups: [group],
            count: terms.length,
            beforeActivation: group.sum / terms.length,
          })
        case 'product':
          return formulaOf({
            operation,
            groups: [group],
            beforeActivation: values.reduce((product, value) => product * value, 1),
          })
        case 'maximum': {
          const winner = values.indexOf(Math.max(...values))
          return formulaOf({ operation, groups: [group], winner, beforeActivation: values[winner] ?? NaN })
        }
      }
    },
  }
}

function stretched(at: Place, shape: Shape): Place {
  return at.map((index, axis) => (shape[axis] === 1 ? 0 : index))
}
