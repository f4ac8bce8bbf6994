import type { KerasValue } from '../layers/keras.ts'

/** A value as Python writes it; lists are tuples. */
export function pythonLiteral(value: KerasValue): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return pythonString(value)
  if (typeof value === 'number') return pythonNumber(value)
  if (Array.isArray(value)) {
    const items = (value as readonly KerasValue[]).map(pythonLiteral)
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`
  }
  const entries = Object.entries(value as Record<string, KerasValue>)
  return `{${entries.map(([key, one]) => `${pythonString(key)}: ${pythonLiteral(one)}`).join(', ')}}`
}

/** Never more than a string: what people type as a name cannot end it. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) =>
    /[가-힣ᄀ-ᇿㄱ-ㆎ]/.test(unit) ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What people wrote, as a comment or part of a docstring: one line that ends neither. */
export function pythonComment(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/["\\]/g, "'")
}

export function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return `float("${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}")`
  return String(value)
}

/** Keyword arguments; what is undefined is left out. */
export function keywordArguments(values: Readonly<Record<string, KerasValue | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${pythonLiteral(value)}`]))
    .join(', ')
}

const keywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    // Names that the scripts use themselves.
    'import in is lambda nonlocal not or pass raise return try while with yield keras layers np torch nn F self x inputs'
  ).split(' '),
)

/** Names by id that Python takes as variables and Keras as layers: letters, digits and underscores, each once. */
export function pythonNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const id of ids) {
    const plain = id.replace(/[^A-Za-z0-9_]/g, '_').replace(/^_+/, '')
    const base = plain === '' || /^\d/.test(plain) || keywords.has(plain) ? `layer_${plain}` : plain
    let name = base
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${base}_${count}`
    taken.add(name.toLowerCase())
    names.set(id, name)
  }
  return names
}
