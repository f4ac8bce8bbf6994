import type { Activation } from '../shared-params.ts'
import type { SlidingWindow } from '../window-shapes.ts'
import type { Box, CellContext, CellRule, Place, Term, TermGroup, Values } from './cell.ts'
import { activated, formulaOf, groupOf, placeOf, requiredWeight, throughLastAxis, valueAt } from './cell.ts'
import { gridOf, isInside, placesUnder, reachUnder } from './sliding.ts'

/** A convolution over any number of axes: kernel [...size, in, out], the products summed up channel by channel. */
export function convolutionCell(window: SlidingWindow, activation: Activation): CellRule {
  const groupsOf = (context: CellContext, filter: number): readonly TermGroup[] => {
    const kernel = requiredWeight(context, 'kernel')
    return slices(window, context).map(({ channel, places }) =>
      groupOf(
        places.map(({ at, value, step }) => weighted(at, value, valueAt(kernel, [...step, channel, filter]))),
        channel,
      ),
    )
  }
  return convolving(window, activation, groupsOf, 'all')
}

/** A kernel [...size, in, multiplier] for each channel by itself; channel i makes the maps i·multiplier and following. */
export function depthwiseCell(window: SlidingWindow, multiplier: number, activation: Activation): CellRule {
  const groupsOf = (context: CellContext, filter: number): readonly TermGroup[] => {
    const kernel = requiredWeight(context, 'depthwiseKernel')
    const own = Math.floor(filter / multiplier)
    return slices(window, context, own).map(({ channel, places }) =>
      groupOf(
        places.map(({ at, value, step }) => weighted(at, value, valueAt(kernel, [...step, own, filter % multiplier]))),
        channel,
      ),
    )
  }
  return convolving(window, activation, groupsOf, activation === 'softmax' ? 'all' : multiplier)
}

/** Depthwise sums, each multiplied by a number of the 1×1 kernel [1, 1, in·multiplier, out] before they are added. */
export function separableCell(window: SlidingWindow, multiplier: number, activation: Activation): CellRule {
  const groupsOf = (context: CellContext, filter: number): readonly TermGroup[] => {
    const depthwise = requiredWeight(context, 'depthwiseKernel')
    const pointwise = requiredWeight(context, 'pointwiseKernel')
    return slices(window, context).flatMap(({ channel, places }) =>
      Array.from({ length: multiplier }, (_, one) =>
        groupOf(
          places.map(({ at, value, step }) => weighted(at, value, valueAt(depthwise, [...step, channel, one]))),
          channel,
          valueAt(pointwise, [0, 0, channel * multiplier + one, filter]),
        ),
      ),
    )
  }
  return convolving(window, activation, groupsOf, 'all')
}

/** A transposed convolution, kernel [height, width, out, in]: a cell adds up every input cell whose painted kernel covers it. */
export function transposedCell(window: Omit<SlidingWindow, 'dilation'>, activation: Activation): CellRule {
  /** Along one axis: where the kernel of input cell 0 begins, seen from the output. */
  const before = (axis: number, input: number, output: number) => {
    const total = (input - 1) * (window.strides[axis] ?? 1) + (window.size[axis] ?? 1) - output
    return window.padding === 'same' ? Math.floor(Math.max(0, total) / 2) : 0
  }
  const range = (axis: number, from: number, to: number, input: number, output: number) => {
    const [stride, shift] = [window.strides[axis] ?? 1, before(axis, input, output)]
    return {
      from: Math.ceil((from + shift - (window.size[axis] ?? 1) + 1) / stride),
      to: Math.floor((to + shift) / stride),
    }
  }
  const groupsOf = (context: CellContext, filter: number): readonly TermGroup[] => {
    const kernel = requiredWeight(context, 'kernel')
    const input = context.inputs[0] as Values
    const [rows, columns] = [0, 1].map((axis) => {
      const at = context.at[axis] ?? 0
      return range(axis, at, at, input.shape[axis] ?? 1, context.output[axis] ?? 1)
    }) as [{ from: number; to: number }, { from: number; to: number }]
    const step = (axis: number, index: number) =>
      (context.at[axis] ?? 0) +
      before(axis, input.shape[axis] ?? 1, context.output[axis] ?? 1) -
      index * (window.strides[axis] ?? 1)
    return Array.from({ length: input.shape[2] ?? 1 }, (_, channel) => {
      const terms: Term[] = []
      for (let row = rows.from; row <= rows.to; row++) {
        for (let column = columns.from; column <= columns.to; column++) {
          const at = [row, column, channel]
          const found = isInside(input.shape, at)
          const weight = valueAt(kernel, [step(0, row), step(1, column), filter, channel])
          terms.push(weighted(found ? at : null, found ? valueAt(input, at) : 0, weight))
        }
      }
      return groupOf(terms, channel)
    })
  }
  return {
    reach: (box, [input = []], output) => {
      const axes = [0, 1].map((axis) =>
        range(axis, box.from[axis] ?? 0, box.to[axis] ?? 0, input[axis] ?? 1, output[axis] ?? 1),
      )
      return [
        throughLastAxis({ from: [...axes.map(({ from }) => from), 0], to: [...axes.map(({ to }) => to), 0] }, input),
      ]
    },
    explain: (context) => {
      const input = context.inputs[0] as Values
      const [rows = 0, columns = 0] = [0, 1].map((axis) => {
        const at = context.at[axis] ?? 0
        const { from, to } = range(axis, at, at, input.shape[axis] ?? 1, context.output[axis] ?? 1)
        return Math.max(0, to - from + 1)
      })
      return summed(context, activation, groupsOf, [rows, columns])
    },
  }
}

type GroupsOf = (context: CellContext, filter: number) => readonly TermGroup[]

function convolving(
  window: SlidingWindow,
  activation: Activation,
  groupsOf: GroupsOf,
  channels: 'all' | number,
): CellRule {
  return {
    reach: (box, [input = []]) => {
      const moved = reachUnder(window, box, input)
      const own = (place: Place) => (channels === 'all' ? 0 : Math.floor((place.at(-1) ?? 0) / channels))
      const through: Box = { from: [...moved.from, own(box.from)], to: [...moved.to, own(box.to)] }
      return [channels === 'all' ? throughLastAxis(through, input) : through]
    },
    explain: (context) => summed(context, activation, groupsOf, gridOf(window.size)),
  }
}

function summed(
  context: CellContext,
  activation: Activation,
  groupsOf: GroupsOf,
  grid: readonly [number, number],
): ReturnType<CellRule['explain']> {
  const bias = context.weight('bias')
  const total = (groups: readonly TermGroup[], filter: number) =>
    groups.reduce((sum, group) => sum + group.sum * (group.factor ?? 1), 0) + (bias ? valueAt(bias, [filter]) : 0)
  const filter = context.at.at(-1) ?? 0
  const groups = groupsOf(context, filter)
  return formulaOf({
    operation: 'weighted-sum',
    groups,
    grid,
    bias: bias ? valueAt(bias, [filter]) : null,
    ...activated(activation, context, total(groups, filter), (other) => total(groupsOf(context, other), other)),
  })
}

/** The window's cells for each channel, or for one; padding counts as zeros. */
function slices(window: SlidingWindow, { at, inputs }: CellContext, only?: number) {
  const input = inputs[0] as Values
  const places = placesUnder(window, at, input.shape)
  const channels = only === undefined ? Array.from({ length: input.shape.at(-1) ?? 1 }, (_, index) => index) : [only]
  return channels.map((channel) => ({
    channel,
    places: places.map((place, index) => {
      const whole = [...place, channel]
      const found = isInside(input.shape, whole)
      return { at: found ? whole : null, value: found ? valueAt(input, whole) : 0, step: placeOf(window.size, index) }
    }),
  }))
}

function weighted(at: Place | null, value: number, weight: number): Term {
  return { input: 0, at, value, weight, product: value * weight }
}
