import type { Shape } from '../../graph/graph.ts'
import type { Activation } from '../shared-params.ts'
import type { Box, CellRule, Place, Term, Values } from './cell.ts'
import { activated, formulaOf, groupOf, offsetOf, placeOf, throughLastAxis, valueAt } from './cell.ts'
import { isInside } from './sliding.ts'

/** The number as it is: dropout and noise do nothing at inference. */
export const sameCell: CellRule = copied(
  (at) => at,
  (box) => box,
)

/** The number at the same position in row-major order. */
export const reshapedCell: CellRule = copied(
  (at, input, output) => placeOf(input, offsetOf(output, at)),
  (box, input, output) =>
    between(placeOf(input, offsetOf(output, box.from)), placeOf(input, offsetOf(output, box.to)), input),
)

/** Every row and column of a picture `size` times. */
export function repeatedCell(size: readonly number[]): CellRule {
  const shrunk = (at: Place) => at.map((index, axis) => Math.floor(index / (size[axis] ?? 1)))
  return copied(shrunk, ({ from, to }) => ({ from: shrunk(from), to: shrunk(to) }))
}

/** A frame of zeros of `padding` cells on each side of an axis. */
export function paddedCell(padding: readonly number[]): CellRule {
  const moved = (at: Place) => at.map((index, axis) => index - (padding[axis] ?? 0))
  return copied(moved, ({ from, to }) => ({ from: moved(from), to: moved(to) }))
}

/** A function of each number by itself; softmax is one of all numbers along the last axis. */
export function activationCell(activation: Activation): CellRule {
  return {
    reach: (box, [input = []]) => [activation === 'softmax' ? throughLastAxis(box, input) : box],
    explain: (context) => {
      const input = context.inputs[0] as Values
      const { value } = copyOf(0, input, context.at)
      return formulaOf({
        operation: 'copy',
        groups: [groupOf([copyOf(0, input, context.at)], context.at.at(-1) ?? null)],
        ...activated(activation, context, value, (last) => valueAt(input, [...context.at.slice(0, -1), last])),
      })
    },
  }
}

/** The inputs behind one another along an axis, counted without the batch axis. */
export function joinedCell(axisOf: (rank: number) => number): CellRule {
  const starts = (inputs: readonly Shape[], axis: number) => {
    let start = 0
    return inputs.map((shape) => (start += shape[axis] ?? 0) - (shape[axis] ?? 0))
  }
  const shifted = (at: Place, axis: number, by: number) => at.map((index, one) => (one === axis ? index - by : index))
  return {
    reach: ({ from, to }, inputs, output) => {
      const axis = axisOf(output.length)
      return starts(inputs, axis).map((start, index): Box | null => {
        const last = (inputs[index]?.[axis] ?? 0) - 1
        const [first, end] = [(from[axis] ?? 0) - start, (to[axis] ?? 0) - start]
        if (end < 0 || first > last) return null
        const limited = (at: Place) =>
          shifted(at, axis, start).map((value, one) => (one === axis ? Math.min(last, Math.max(0, value)) : value))
        return { from: limited(from), to: limited(to) }
      })
    },
    explain: ({ at, inputs, output }) => {
      const axis = axisOf(output.length)
      const begins = starts(
        inputs.map(({ shape }) => shape),
        axis,
      )
      const input = begins.filter((start) => start <= (at[axis] ?? 0)).length - 1
      const term = copyOf(input, inputs[input] as Values, shifted(at, axis, begins[input] ?? 0))
      return formulaOf({ operation: 'copy', groups: [groupOf([term])], beforeActivation: term.value })
    },
  }
}

function copied(
  source: (at: Place, input: Shape, output: Shape) => Place,
  reach: (box: Box, input: Shape, output: Shape) => Box,
): CellRule {
  return {
    reach: (box, [input = []], output) => [reach(box, input, output)],
    explain: ({ at, inputs, output }) => {
      const input = inputs[0] as Values
      const term = copyOf(0, input, source(at, input.shape, output))
      return formulaOf({ operation: 'copy', groups: [groupOf([term])], beforeActivation: term.value })
    },
  }
}

function copyOf(input: number, values: Values, at: Place): Term {
  const found = isInside(values.shape, at)
  const value = found ? valueAt(values, at) : 0
  return { input, at: found ? at : null, value, weight: null, product: value }
}

/** The smallest box that holds all places between two of them in row-major order. */
function between(from: Place, to: Place, shape: Shape): Box {
  const differs = from.findIndex((index, axis) => index !== to[axis])
  if (differs < 0) return { from, to }
  return {
    from: from.map((index, axis) => (axis <= differs ? index : 0)),
    to: to.map((index, axis) => (axis <= differs ? index : (shape[axis] ?? 1) - 1)),
  }
}
