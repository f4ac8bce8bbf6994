import type { Shape } from '../../graph/graph.ts'
import type { Activation } from '../shared-params.ts'
import { activate } from './activate.ts'

/** Numbers with their shape, row-major and without a batch axis. */
export interface Values {
  readonly shape: Shape
  readonly data: ArrayLike<number>
}

/** A place in a tensor: an index for each axis, from 0. */
export type Place = readonly number[]

/** All places from `from` to `to`, both included; a window may reach over the edges of its input, into the padding. */
export interface Box {
  readonly from: Place
  readonly to: Place
}

/** One number that goes into a cell. */
export interface Term {
  /** Which of the layer's inputs it comes from. */
  readonly input: number
  /** Null in the padding. */
  readonly at: Place | null
  readonly value: number
  /** What it is multiplied by; null where it is not. */
  readonly weight: number | null
  readonly product: number
}

/** The terms of one input channel in reading order, or of all that has no channels. */
export interface TermGroup {
  readonly channel: number | null
  readonly terms: readonly Term[]
  readonly sum: number
  /** What the sum is multiplied by before it is added: the second kernel of a separable convolution. Null elsewhere. */
  readonly factor: number | null
}

/** The four numbers that a normalised value is made with, and the small one that keeps the root away from zero. */
export interface Normalisation {
  readonly mean: number
  readonly variance: number
  readonly gamma: number
  readonly beta: number
  readonly epsilon: number
}

/** How one cell of a layer's output comes about at inference, number by number, in double precision. */
export interface CellFormula {
  readonly operation: 'weighted-sum' | 'maximum' | 'mean' | 'sum' | 'product' | 'normalisation' | 'copy'
  readonly groups: readonly TermGroup[]
  /** Rows and columns in which the terms of a group lie; null where they have no such order. */
  readonly grid: readonly [rows: number, columns: number] | null
  /** What is divided by for a mean: padding does not count. */
  readonly count: number | null
  /** Which term of the only group is the largest; the first of equals. */
  readonly winner: number | null
  readonly normalisation: Normalisation | null
  readonly bias: number | null
  readonly beforeActivation: number
  readonly activation: AppliedActivation | null
  readonly value: number
}

/** An activation other than linear. `scores` are the values that a softmax looks at together; null for all others. */
export interface AppliedActivation {
  readonly name: Exclude<Activation, 'linear'>
  readonly scores: readonly number[] | null
}

/** What a cell is computed from. `inputs` in the order of the wires; weights by the names that tfjs gives them. */
export interface CellContext {
  readonly at: Place
  readonly inputs: readonly Values[]
  readonly output: Shape
  /** Null where the layer has no such weight, as a bias that was switched off. */
  readonly weight: (name: string) => Values | null
}

/** How the cells of one layer depend on its inputs. */
export interface CellRule {
  /** For each input the box that a box of the output is computed from; null where it does not touch that input. */
  readonly reach: (box: Box, inputs: readonly Shape[], output: Shape) => readonly (Box | null)[]
  readonly explain: (context: CellContext) => CellFormula
}

export function valueAt({ shape, data }: Values, at: Place): number {
  return data[offsetOf(shape, at)] ?? NaN
}

/** The position of a place in row-major order. */
export function offsetOf(shape: Shape, at: Place): number {
  return shape.reduce((offset, length, axis) => offset * length + (at[axis] ?? 0), 0)
}

/** The place of a position in row-major order. */
export function placeOf(shape: Shape, offset: number): Place {
  const place: number[] = []
  let rest = offset
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1
    place[axis] = rest % length
    rest = Math.floor(rest / length)
  }
  return place
}

/** A weight that the layer cannot do without. */
export function requiredWeight({ weight }: CellContext, name: string): Values {
  const found = weight(name)
  if (found === null) throw new Error(`The weight "${name}" was expected. Received: none`)
  return found
}

export function groupOf(
  terms: readonly Term[],
  channel: number | null = null,
  factor: number | null = null,
): TermGroup {
  return { channel, terms, sum: terms.reduce((sum, { product }) => sum + product, 0), factor }
}

/** A formula with what most layers do not have left out. */
export function formulaOf(
  given: Pick<CellFormula, 'operation' | 'groups' | 'beforeActivation'> & Partial<CellFormula>,
): CellFormula {
  return {
    grid: null,
    count: null,
    winner: null,
    normalisation: null,
    bias: null,
    activation: null,
    value: given.beforeActivation,
    ...given,
  }
}

/** The last steps of a layer with an activation. `scoreAt` gives the value before the activation for a place of the last axis. */
export function activated(
  activation: Activation,
  context: Pick<CellContext, 'at' | 'output'>,
  beforeActivation: number,
  scoreAt: (last: number) => number,
): Pick<CellFormula, 'beforeActivation' | 'activation' | 'value'> {
  if (activation === 'linear') return { beforeActivation, activation: null, value: beforeActivation }
  const last = context.at.at(-1) ?? 0
  const scores =
    activation === 'softmax'
      ? Array.from({ length: context.output.at(-1) ?? 1 }, (_, index) =>
          index === last ? beforeActivation : scoreAt(index),
        )
      : null
  return {
    beforeActivation,
    activation: { name: activation, scores },
    value: activate(activation, beforeActivation, scores),
  }
}

/** The box with its last axis as long as the shape's: what a softmax or a sum over all channels looks at. */
export function throughLastAxis(box: Box, shape: Shape): Box {
  return {
    from: [...box.from.slice(0, -1), 0],
    to: [...box.to.slice(0, -1), (shape.at(-1) ?? 1) - 1],
  }
}
