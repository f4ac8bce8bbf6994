import { InvalidData } from '../../invalid-data.ts'

/** A NumPy array as a pickle holds it. */
export interface PickledArray {
  readonly kind: 'array'
  shape: readonly number[]
  dtype: PickledType | null
  isFortran: boolean
  bytes: Uint8Array
}

export interface PickledType {
  readonly kind: 'dtype'
  readonly descr: string
  order: string
}

interface Callable {
  readonly kind: 'callable'
  readonly name: string
}

interface PickledTuple {
  readonly kind: 'tuple'
  readonly items: readonly Pickled[]
}

/** Texts of Python 2 and bytes are bytes; dictionaries have keys of either. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Pickled[]
  | PickledTuple
  | Map<string, Pickled>
  | PickledArray
  | PickledType
  | Callable

const mark = Symbol('mark')
type OnStack = Pickled | typeof mark

/** All that may be called: how NumPy writes arrays, types and single numbers, and how Python 3 writes bytes for Python 2. */
const callables: Readonly<Record<string, string>> = {
  'numpy.core.multiarray _reconstruct': 'reconstruct',
  'numpy._core.multiarray _reconstruct': 'reconstruct',
  'numpy.core.multiarray scalar': 'scalar',
  'numpy._core.multiarray scalar': 'scalar',
  'numpy.core.numeric _frombuffer': 'frombuffer',
  'numpy._core.numeric _frombuffer': 'frombuffer',
  'numpy ndarray': 'ndarray',
  'numpy dtype': 'dtype',
  '_codecs encode': 'encode',
}

/** Whether bytes begin as a pickle of a dictionary does: by its protocol, or as protocol 0 and 1 write one. */
export function looksPickled(head: Uint8Array): boolean {
  if (head[0] === 0x80) return (head[1] ?? 9) <= 5
  const start = Buffer.from(head.subarray(0, 12)).toString('latin1')
  return /^\(dp\d|^\}q/.test(start)
}

/**
 * What a pickle of plain data and NumPy arrays holds, protocols 0 to 5 (pickletools.py names the codes). Nothing is ever
 * imported or run: whatever a pickle asks for beyond a fixed list is refused by its name. Throws InvalidData.
 */
export function decodePickle(bytes: Uint8Array): Pickled {
  try {
    return new PickleMachine(bytes).run()
  } catch (error) {
    if (error instanceof RangeError)
      throw new InvalidData({
        en: 'The pickle ends too early; the file is damaged or cut off.',
        ko: '피클이 중간에서 끝납니다. 파일이 손상되었거나 잘렸습니다.',
      })
    throw error
  }
}

class PickleMachine {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #stack: OnStack[] = []
  readonly #memo = new Map<number, Pickled>()
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  run(): Pickled {
    for (;;) {
      const code = this.#view.getUint8(this.#at++)
      if (code === 0x2e) return this.#pop()
      this.#step(code)
    }
  }

  #step(code: number): void {
    const view = this.#view
    switch (String.fromCharCode(code)) {
      case '\x80':
        this.#take(1)
        return
      case '\x95':
        this.#take(8)
        return
      case '(':
        this.#stack.push(mark)
        return
      case '0':
        this.#pop()
        return
      case 'N':
        return this.#push(null)
      case '\x88':
        return this.#push(true)
      case '\x89':
        return this.#push(false)
      case 'I': {
        const line = this.#line()
        return this.#push(line === '01' ? true : line === '00' ? false : this.#whole(line))
      }
      case 'L':
        return this.#push(this.#whole(this.#line().replace(/L$/, '')))
      case 'J':
        return this.#push(view.getInt32(this.#skip(4), true))
      case 'K':
        return this.#push(view.getUint8(this.#skip(1)))
      case 'M':
        return this.#push(view.getUint16(this.#skip(2), true))
      case '\x8a':
        return this.#push(this.#long(view.getUint8(this.#skip(1))))
      case 'F':
        return this.#push(Number(this.#line()))
      case 'G':
        return this.#push(view.getFloat64(this.#skip(8)))
      case 'S':
        return this.#push(unescapeText(this.#line()))
      case 'U':
      case 'C':
        return this.#push(this.#take(view.getUint8(this.#skip(1))))
      case 'T':
      case 'B':
        return this.#push(this.#take(view.getUint32(this.#skip(4), true)))
      case '\x8e':
      case '\x96':
        return this.#push(this.#take(this.#length8()))
      case 'V':
        return this.#push(
          this.#line().replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16))),
        )
      case 'X':
        return this.#push(utf8(this.#take(view.getUint32(this.#skip(4), true))))
      case '\x8c':
        return this.#push(utf8(this.#take(view.getUint8(this.#skip(1)))))
      case '\x8d':
        return this.#push(utf8(this.#take(this.#length8())))
      case ']':
        return this.#push([])
      case ')':
        return this.#push({ kind: 'tuple', items: [] })
      case '}':
        return this.#push(new Map())
      case 'l':
        return this.#push(this.#sinceMark())
      case 't':
        return this.#push({ kind: 'tuple', items: this.#sinceMark() })
      case '\x85':
      case '\x86':
      case '\x87':
        return this.#push({ kind: 'tuple', items: this.#several(code - 0x84) })
      case 'd':
        return this.#push(fill(new Map(), this.#sinceMark()))
      case 'a': {
        const [item = null] = this.#several(1)
        this.#list().push(item)
        return
      }
      case 'e': {
        const items = this.#sinceMark()
        const list = this.#list()
        for (const item of items) list.push(item)
        return
      }
      case 's': {
        const pair = this.#several(2)
        fill(this.#dictionary(), pair)
        return
      }
      case 'u': {
        const pairs = this.#sinceMark()
        fill(this.#dictionary(), pairs)
        return
      }
      case 'p':
        this.#memo.set(this.#whole(this.#line()), this.#top())
        return
      case 'q':
        this.#memo.set(view.getUint8(this.#skip(1)), this.#top())
        return
      case 'r':
        this.#memo.set(view.getUint32(this.#skip(4), true), this.#top())
        return
      case '\x94':
        this.#memo.set(this.#memo.size, this.#top())
        return
      case 'g':
        return this.#recall(this.#whole(this.#line()))
      case 'h':
        return this.#recall(view.getUint8(this.#skip(1)))
      case 'j':
        return this.#recall(view.getUint32(this.#skip(4), true))
      case 'c':
        return this.#push(callable(this.#line(), this.#line()))
      case '\x93': {
        const [module, name] = this.#several(2)
        return this.#push(callable(textOf(module), textOf(name)))
      }
      case 'R': {
        const [wanted, given] = this.#several(2)
        return this.#push(call(wanted, itemsOf(given)))
      }
      case 'b': {
        const [target, state] = this.#several(2)
        return this.#push(build(target, itemsOf(state)))
      }
      default:
        throw new InvalidData({
          en: `The pickle asks for code 0x${code.toString(16)} at ${this.#at - 1}, which plain data and arrays do not need. It is refused.`,
          ko: `피클의 ${this.#at - 1}번째 위치에 데이터와 배열에 필요하지 않은 명령이 있어 거부했습니다. 명령: 0x${code.toString(16)}.`,
        })
    }
  }

  #push(value: Pickled): void {
    this.#stack.push(value)
  }

  #pop(): Pickled {
    const value = this.#stack.pop()
    if (value === undefined || value === mark) throw damaged()
    return value
  }

  #top(): Pickled {
    const value = this.#stack.at(-1)
    if (value === undefined || value === mark) throw damaged()
    return value
  }

  #several(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.#pop()).reverse()
  }

  #sinceMark(): Pickled[] {
    const from = this.#stack.lastIndexOf(mark)
    if (from === -1) throw damaged()
    const items = this.#stack.splice(from + 1) as Pickled[]
    this.#stack.pop()
    return items
  }

  #list(): Pickled[] {
    const list = this.#top()
    if (!Array.isArray(list)) throw damaged()
    return list
  }

  #dictionary(): Map<string, Pickled> {
    const dictionary = this.#top()
    if (!(dictionary instanceof Map)) throw damaged()
    return dictionary
  }

  #recall(place: number): void {
    const value = this.#memo.get(place)
    if (value === undefined) throw damaged()
    this.#push(value)
  }

  #skip(count: number): number {
    const from = this.#at
    this.#at += count
    return from
  }

  #take(count: number): Uint8Array {
    const from = this.#skip(count)
    if (this.#at > this.#bytes.length) throw new RangeError('too short')
    return this.#bytes.subarray(from, this.#at)
  }

  #length8(): number {
    const length = this.#view.getBigUint64(this.#skip(8), true)
    if (length > BigInt(this.#bytes.length)) throw new RangeError('too short')
    return Number(length)
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at)
    if (end === -1) throw new RangeError('too short')
    const line = Buffer.from(this.#bytes.subarray(this.#at, end)).toString('latin1')
    this.#at = end + 1
    return line
  }

  #whole(text: string): number {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value)) throw damaged()
    return value
  }

  /** Two's complement, little-endian. */
  #long(count: number): number {
    let value = 0n
    const bytes = this.#take(count)
    bytes.forEach((byte, index) => (value |= BigInt(byte) << BigInt(8 * index)))
    if (count > 0 && ((bytes[count - 1] as number) & 0x80) !== 0) value -= 1n << BigInt(8 * count)
    return Number(value)
  }
}

function damaged(): InvalidData {
  return new InvalidData({ en: 'The pickle is damaged.', ko: '피클이 손상되었습니다.' })
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** The text of a name, whether it was pickled as text or, by Python 2, as bytes. */
export function textOf(value: Pickled | undefined): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return utf8(value)
  throw damaged()
}

export function itemsOf(value: Pickled | undefined): readonly Pickled[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tuple') return value.items
  throw damaged()
}

function fill(dictionary: Map<string, Pickled>, pairs: readonly Pickled[]): Map<string, Pickled> {
  if (pairs.length % 2 !== 0) throw damaged()
  for (let index = 0; index < pairs.length; index += 2) {
    const key = pairs[index]
    dictionary.set(typeof key === 'number' ? String(key) : textOf(key), pairs[index + 1] as Pickled)
  }
  return dictionary
}

/** A Python string literal, as protocol 0 of Python 2 writes texts. */
function unescapeText(literal: string): Uint8Array {
  const quote = literal[0]
  if ((quote !== "'" && quote !== '"') || literal.length < 2 || literal.at(-1) !== quote) throw damaged()
  const simple: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' }
  const text = literal
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|(.))/gi, (_, digits: string | undefined, letter: string | undefined) =>
      digits !== undefined ? String.fromCharCode(parseInt(digits, 16)) : (simple[letter ?? ''] ?? `\\${letter}`),
    )
  return Buffer.from(text, 'latin1')
}

function callable(module: string, name: string): Callable {
  const known = callables[`${module} ${name}`]
  if (known === undefined)
    throw new InvalidData({
      en: `The pickle asks for ${module}.${name}, which is no part of plain data or arrays. It is refused; nothing was run.`,
      ko: `피클이 요구하는 ${module}.${name} 기능은 데이터나 배열이 아니어서 거부했습니다. 아무것도 실행하지 않았습니다.`,
    })
  return { kind: 'callable', name: known }
}

function call(wanted: Pickled | undefined, given: readonly Pickled[]): Pickled {
  if (typeof wanted !== 'object' || wanted === null || !('kind' in wanted) || wanted.kind !== 'callable')
    throw damaged()
  switch (wanted.name) {
    case 'reconstruct':
      return { kind: 'array', shape: [], dtype: null, isFortran: false, bytes: new Uint8Array(0) }
    case 'dtype':
      return { kind: 'dtype', descr: textOf(given[0]), order: '|' }
    case 'encode': {
      const [text, encoding] = [given[0], given[1]]
      if (typeof text !== 'string' || !/^latin-?1$/i.test(textOf(encoding))) throw damaged()
      return Buffer.from(text, 'latin1')
    }
    case 'frombuffer': {
      const [bytes, dtype, shape, order] = given
      if (!(bytes instanceof Uint8Array)) throw damaged()
      return {
        kind: 'array',
        shape: itemsOf(shape).map(Number),
        dtype: asType(dtype),
        isFortran: textOf(order) === 'F',
        bytes,
      }
    }
    case 'scalar': {
      const [dtype, bytes] = given
      if (!(bytes instanceof Uint8Array)) throw damaged()
      return wholeOf(asType(dtype), bytes)
    }
    default:
      throw damaged()
  }
}

function build(target: Pickled | undefined, state: readonly Pickled[]): Pickled {
  if (typeof target !== 'object' || target === null || !('kind' in target)) throw damaged()
  if (target.kind === 'dtype') {
    target.order = textOf(state[1])
    return target
  }
  if (target.kind !== 'array') throw damaged()
  const [, shape, dtype, isFortran, bytes] = state
  target.shape = itemsOf(shape).map(Number)
  target.dtype = asType(dtype)
  target.isFortran = isFortran === true || isFortran === 1
  if (!(bytes instanceof Uint8Array))
    throw new InvalidData({
      en: 'The pickle holds an array of Python objects (dtype object), which is never read.',
      ko: '피클에 파이썬 객체의 배열(dtype object)이 들어 있습니다. 이런 배열은 읽지 않습니다.',
    })
  target.bytes = bytes
  return target
}

function asType(value: Pickled | undefined): PickledType {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'dtype') return value
  throw damaged()
}

function wholeOf({ descr, order }: PickledType, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isLittle = order !== '>'
  if (descr === 'i8') return Number(view.getBigInt64(0, isLittle))
  if (descr === 'i4') return view.getInt32(0, isLittle)
  if (descr === 'u1') return view.getUint8(0)
  if (descr === 'f8') return view.getFloat64(0, isLittle)
  throw new InvalidData({
    en: `The pickle holds single numbers of the type ${descr}; i4, i8, u1 or f8 were expected.`,
    ko: `피클에 있는 수의 자료형은 i4, i8, u1, f8 가운데 하나여야 합니다. 받은 자료형: ${descr}`,
  })
}
