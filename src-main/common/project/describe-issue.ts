import type { z } from 'zod'
import type { Text } from '../layers/text.ts'

const list: Text = { en: 'a list', ko: '목록' }
const object: Text = { en: 'an object', ko: '객체' }
const nothing: Text = { en: 'nothing', ko: '없음' }
const kinds: Readonly<Record<string, Text>> = {
  string: { en: 'a text', ko: '글' },
  number: { en: 'a number', ko: '수' },
  int: { en: 'a whole number', ko: '정수' },
  boolean: { en: 'true or false', ko: 'true나 false' },
  null: { en: 'null', ko: 'null' },
  array: list,
  tuple: list,
  object,
  record: object,
}

export interface DescribedIssue {
  readonly path: readonly PropertyKey[]
  /** What was expected, then what came: "a number of at least 1 was expected. Received: 0". */
  readonly message: string
  /** The same in every language. */
  readonly text: Text
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
  const [expected, came] = [expectationOf(issue), received(valueAt(input, path))]
  const text = {
    en: `${expected.en} was expected. Received: ${came.en}`,
    ko: `맞는 값: ${expected.ko}. 받은 값: ${came.ko}`,
  }
  return [{ path, message: text.en, text }]
}

/** A path such as models[0].nodes[2].params.units. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
}

function expectationOf(issue: z.core.$ZodIssue): Text {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? { en: 'another kind of value', ko: '다른 종류의 값' }
    case 'invalid_value': {
      const [first] = issue.values
      if (issue.values.length === 1) return { en: JSON.stringify(first), ko: JSON.stringify(first) }
      const values = issue.values.map((value) => String(value)).join(', ')
      return { en: `one of ${values}`, ko: `${values} 가운데 하나` }
    }
    case 'too_small':
      return sized(issue.origin, issue.inclusive === false ? above : atLeast, issue.minimum)
    case 'too_big':
      return sized(issue.origin, issue.inclusive === false ? below : atMost, issue.maximum)
    case 'invalid_union': {
      const branches = issue.errors.flatMap(([first]) => (first ? [expectationOf(first)] : []))
      const several = branches.filter(({ en }, index) => branches.findIndex((other) => other.en === en) === index)
      const last = several.pop()
      if (last === undefined) return { en: 'one of the kinds that Convas knows', ko: 'Convas가 아는 종류의 값' }
      if (several.length === 0) return last
      const joined = (language: keyof Text) => several.map((one) => one[language]).join(', ')
      return { en: `${joined('en')} or ${last.en}`, ko: `${joined('ko')} 또는 ${last.ko}` }
    }
    default:
      return { en: 'another value', ko: '다른 값' }
  }
}

const above: Text = { en: 'above', ko: '초과' }
const atLeast: Text = { en: 'at least', ko: '이상' }
const below: Text = { en: 'below', ko: '미만' }
const atMost: Text = { en: 'at most', ko: '이하' }

function sized(origin: string, relation: Text, limit: number | bigint): Text {
  if (origin === 'string')
    return { en: `a text of ${relation.en} ${limit} letters`, ko: `${limit}자 ${relation.ko}의 글` }
  if (origin === 'array')
    return { en: `a list of ${relation.en} ${limit} entries`, ko: `항목이 ${limit}개 ${relation.ko}인 목록` }
  const [en, ko] = origin === 'int' ? ['a whole number', '정수'] : ['a number', '수']
  return {
    en: relation.en.startsWith('at') ? `${en} of ${relation.en} ${limit}` : `${en} ${relation.en} ${limit}`,
    ko: `${limit} ${relation.ko}의 ${ko}`,
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key]
  }
  return value
}

function received(value: unknown): Text {
  if (value === undefined) return nothing
  if (Array.isArray(value))
    return value.length === 0
      ? { en: 'an empty list', ko: '빈 목록' }
      : { en: `a list of ${value.length}`, ko: `항목이 ${value.length}개인 목록` }
  if (typeof value === 'object' && value !== null) return object
  const text = JSON.stringify(value)
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text
  return { en: short, ko: short }
}
