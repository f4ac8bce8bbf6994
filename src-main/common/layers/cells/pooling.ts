import type { Shape } from '../../graph/graph.ts'
import type { SlidingWindow } from '../window-shapes.ts'
import type { CellContext, CellRule, Term, Values } from './cell.ts'
import { formulaOf, groupOf, valueAt } from './cell.ts'
import { gridOf, isInside, placesUnder, reachUnder } from './sliding.ts'

/** The largest value of a window, channel by channel; null is a window over everything. Padding never wins. */
export function maximumPoolCell(window: SlidingWindow | null): CellRule {
  return pooling(window, (terms, grid, channel) => {
    const winner = terms.reduce((best, term, index) => {
      const value = terms[best]?.at ? (terms[best]?.value ?? -Infinity) : -Infinity
      return term.at !== null && term.value > value ? index : best
    }, firstInside(terms))
    return formulaOf({
      operation: 'maximum',
      groups: [groupOf(terms, channel)],
      grid,
      winner,
      beforeActivation: terms[winner]?.value ?? NaN,
    })
  })
}

/** The mean of a window, channel by channel; null is a window over everything. Padding is not counted, as in TensorFlow. */
export function meanPoolCell(window: SlidingWindow | null): CellRule {
  return pooling(window, (terms, grid, channel) => {
    const group = groupOf(terms, channel)
    const count = terms.filter(({ at }) => at !== null).length
    return formulaOf({ operation: 'mean', groups: [group], grid, count, beforeActivation: group.sum / count })
  })
}

function pooling(
  window: SlidingWindow | null,
  combine: (
    terms: readonly Term[],
    grid: readonly [number, number],
    channel: number,
  ) => ReturnType<CellRule['explain']>,
): CellRule {
  const windowOver = (input: Shape): SlidingWindow => {
    const size = input.slice(0, -1)
    const ones = size.map(() => 1)
    return window ?? { size, strides: ones, padding: 'valid', dilation: ones }
  }
  /** The place along the moving axes: a layer over everything has none in its output. */
  const moving = (at: readonly number[], input: Shape) =>
    window === null ? input.slice(0, -1).map(() => 0) : at.slice(0, -1)
  return {
    reach: ({ from, to }, [input = []]) => {
      const moved = reachUnder(windowOver(input), { from: moving(from, input), to: moving(to, input) }, input)
      return [{ from: [...moved.from, from.at(-1) ?? 0], to: [...moved.to, to.at(-1) ?? 0] }]
    },
    explain: ({ at, inputs }: CellContext) => {
      const input = inputs[0] as Values
      const channel = at.at(-1) ?? 0
      const over = windowOver(input.shape)
      const terms = placesUnder(over, moving(at, input.shape), input.shape).map((place): Term => {
        const whole = [...place, channel]
        const found = isInside(input.shape, whole)
        const value = found ? valueAt(input, whole) : 0
        return { input: 0, at: found ? whole : null, value, weight: null, product: value }
      })
      return combine(terms, gridOf(over.size), channel)
    },
  }
}

function firstInside(terms: readonly Term[]): number {
  return Math.max(
    0,
    terms.findIndex(({ at }) => at !== null),
  )
}
