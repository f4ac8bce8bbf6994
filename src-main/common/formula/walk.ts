import type { CellFormula } from '../layers/cells/cell.ts'

/** A moment of a sum that is added up step by step. */
export interface Moment {
  /** The group and the term in it that is added now; null once all terms are in. */
  readonly term: { readonly group: number; readonly index: number } | null
  /** What the terms up to this one come to; for a maximum the largest so far. */
  readonly soFar: number
  /** How far the last steps have gone: the bias is in, the activation is applied. */
  readonly stage: 'terms' | 'bias' | 'activation'
}

/** How many steps a sum has: one for each term, then one for the bias and one for the activation, where there are. */
export function stepCount(formula: CellFormula): number {
  const terms = formula.groups.reduce((count, group) => count + group.terms.length, 0)
  return terms + (formula.bias === null ? 0 : 1) + (formula.activation === null ? 0 : 1)
}

/** The moment after step `step`, counted from 0. Takes time linear in the terms before it. */
export function momentAt(formula: CellFormula, step: number): Moment {
  let left = step
  let soFar = formula.operation === 'product' ? 1 : formula.operation === 'maximum' ? -Infinity : 0
  for (const [group, { terms, factor }] of formula.groups.entries()) {
    for (const [index, term] of terms.entries()) {
      if (formula.operation === 'maximum') soFar = term.at === null ? soFar : Math.max(soFar, term.value)
      else if (formula.operation === 'product') soFar *= term.product
      else soFar += term.product * (factor ?? 1)
      if (left === 0) return { term: { group, index }, soFar, stage: 'terms' }
      left--
    }
  }
  const isBias = formula.bias !== null && left === 0
  if (isBias) return { term: null, soFar: formula.beforeActivation, stage: 'bias' }
  return { term: null, soFar: formula.value, stage: 'activation' }
}
