import type { Recipe } from './recipe.ts'

/** A field that two things differ in, as `optimizer.learningRate`; null where it is left out. */
export interface FieldDifference {
  readonly field: string
  readonly one: string | number | boolean | null
  readonly other: string | number | boolean | null
}

/** Every field in which two recipes differ, in the order of their names. */
export function recipeDifference(one: Recipe, other: Recipe): readonly FieldDifference[] {
  return fieldDifference(one, other)
}

/** The same of any two nested values. */
export function fieldDifference(one: unknown, other: unknown): readonly FieldDifference[] {
  const [left, right] = [leavesOf(one), leavesOf(other)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((field) => ({ field, one: left.get(field) ?? null, other: right.get(field) ?? null }))
    .filter((difference) => difference.one !== difference.other)
}

type Leaf = string | number | boolean

function leavesOf(value: unknown, path = '', found = new Map<string, Leaf>()): ReadonlyMap<string, Leaf> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) leavesOf(inner, path === '' ? key : `${path}.${key}`, found)
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    found.set(path, value)
  }
  return found
}
