import type { z } from 'zod'

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
}

export interface DescribedIssue {
  readonly path: readonly PropertyKey[]
  /** What was expected, then what came: "a number of at least 1 was expected. Received: 0". */
  readonly message: string
}

/**
 * A schema's issue with `input`, in words of our own. Of a union, the issues of the branch that came furthest, so that
 * the path leads to the fault.
 */
export function describeIssue(
  issue: z.core.$ZodIssue,
  input: unknown,
  base: readonly PropertyKey[] = [],
): readonly DescribedIssue[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((branch) => branch.flatMap((inner) => describeIssue(inner, input, path)))
    const deepest = (issues: readonly DescribedIssue[]) => Math.max(0, ...issues.map((inner) => inner.path.length))
    const best = branches.reduce<readonly DescribedIssue[]>(
      (found, branch) => (deepest(branch) > deepest(found) ? branch : found),
      [],
    )
    if (deepest(best) > path.length) return best
  }
  return [{ path, message: `${expectationOf(issue)} was expected. Received: ${received(valueAt(input, path))}` }]
}

/** A path such as models[0].nodes[2].params.units. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
}

function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? 'another kind of value'
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((value) => String(value)).join(', ')}`
    case 'too_small':
      return sized(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum)
    case 'too_big':
      return sized(issue.origin, issue.inclusive === false ? 'below' : 'at most', issue.maximum)
    case 'invalid_union': {
      const branches = issue.errors.flatMap(([first]) => (first ? [expectationOf(first)] : []))
      const several = [...new Set(branches)]
      const last = several.pop()
      if (last === undefined) return 'one of the kinds that Convas knows'
      return several.length === 0 ? last : `${several.join(', ')} or ${last}`
    }
    default:
      return 'another value'
  }
}

function sized(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `a text of ${relation} ${limit} letters`
  if (origin === 'array') return `a list of ${relation} ${limit} entries`
  const kind = origin === 'int' ? 'a whole number' : 'a number'
  return relation.startsWith('at') ? `${kind} of ${relation} ${limit}` : `${kind} ${relation} ${limit}`
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key]
  }
  return value
}

function received(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
