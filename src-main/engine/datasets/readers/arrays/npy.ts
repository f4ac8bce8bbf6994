import { InvalidData } from '../../invalid-data.ts'
import type { ArrayContainer, ArrayType } from './array-file.ts'
import { byteLength, readStretch, sizeOf } from './array-file.ts'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const largestTurnedBytes = 512e6
const header =
  /^\{\s*'descr':\s*'([<>|=]?)([a-zA-Z])(\d*)'\s*,\s*'fortran_order':\s*(True|False)\s*,\s*'shape':\s*\(([\d,\s]*)\)\s*,?\s*\}\s*$/

/** npy, NumPy's own format (numpy.lib.format): magic, version, a Python dictionary as text, the values. */
export const npy: ArrayContainer = {
  open: async (entry, head) => {
    if (!magic.every((byte, index) => head[index] === byte)) return null
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    if (head.length < 12)
      throw new InvalidData({
        en: `"${entry.path}" ends inside its header.`,
        ko: `"${entry.path}" 파일이 헤더 중간에서 끝납니다. 파일이 잘린 것입니다.`,
      })
    const isFirst = head[6] === 1
    const textLength = isFirst ? view.getUint16(8, true) : view.getUint32(8, true)
    const from = (isFirst ? 10 : 12) + textLength
    if (from > head.length)
      throw new InvalidData({
        en: `"${entry.path}" says that its header is ${textLength} bytes long, which cannot be.`,
        ko: `"${entry.path}" 파일에 적힌 헤더의 길이 ${textLength}바이트는 있을 수 없는 값입니다.`,
      })
    const text = new TextDecoder().decode(head.subarray(isFirst ? 10 : 12, from))
    const found = header.exec(text.trim())
    if (found === null) {
      const descr = /'descr':\s*([^]*?),\s*'fortran_order'/.exec(text)?.[1] ?? text.slice(0, 60)
      throw new InvalidData({
        en: `"${entry.path}" must hold plain numbers. Its type is ${descr.slice(0, 80)}.`,
        ko: `"${entry.path}" 파일에는 수만 있어야 합니다. 받은 자료형: ${descr.slice(0, 80)}.`,
      })
    }
    const [, order = '', letter = '', digits = '', fortran = '', lengths = ''] = found
    const name = entry.path.replace(/\.npy$/i, '')
    const type = typeOf(name, order, letter, Number(digits))
    const axes = lengths
      .split(',')
      .filter((length) => length.trim() !== '')
      .map(Number)
    // A single number has no axes.
    const shape = axes.length === 0 ? [1] : axes
    const count = byteLength(name, shape, type)
    const isTurned = fortran === 'True' && shape.length > 1
    if (isTurned && count > largestTurnedBytes)
      throw new InvalidData({
        en: `"${name}" is stored column by column and too large to be turned. Save it with numpy.ascontiguousarray.`,
        ko: `"${name}" 배열은 열 순서로 저장되어 있고 너무 커서 바꿀 수 없습니다. numpy.ascontiguousarray로 바꾸어 저장하세요.`,
      })
    return [
      {
        name,
        shape,
        type,
        isChannelsFirst: false,
        read: () =>
          isTurned ? readTurned(readStretch(entry, from, count), shape, type.bytes) : readStretch(entry, from, count),
      },
    ]
  },
}

/** NumPy's letters for types; objects are Python pickles and are refused, as anything else that is no number or text. */
export function typeOf(name: string, order: string, letter: string, size: number): ArrayType {
  const isLittle = order !== '>'
  if (letter === 'O')
    throw new InvalidData({
      en: `"${name}" holds Python objects (dtype object). They could run programs and are never read; save numbers instead.`,
      ko: `"${name}" 배열에 파이썬 객체(dtype object)가 들어 있습니다. 객체는 프로그램을 실행할 수 있어 읽지 않습니다. 수로 저장하세요.`,
    })
  if ((letter === 'u' || letter === 'i') && [1, 2, 4, 8].includes(size))
    return { kind: letter === 'u' ? 'uint' : 'int', bytes: size, isLittle }
  if (letter === 'f' && [2, 4, 8].includes(size)) return { kind: 'float', bytes: size, isLittle }
  if (letter === 'b' && size === 1) return { kind: 'bool', bytes: 1, isLittle }
  if (letter === 'U' && size >= 1 && size <= 1_000) return { kind: 'unicode', bytes: size * 4, isLittle }
  if (letter === 'S' && size >= 1 && size <= 4_000) return { kind: 'bytes', bytes: size, isLittle }
  throw new InvalidData({
    en: `"${name}" must hold numbers of up to 64 bits. Its type is ${letter}${size}.`,
    ko: `"${name}" 배열에는 64비트까지의 수가 있어야 합니다. 받은 자료형: ${letter}${size}.`,
  })
}

/** Values whose first axis runs fastest, in the usual order. */
async function* readTurned(
  pieces: AsyncIterable<Uint8Array>,
  shape: readonly number[],
  size: number,
): AsyncGenerator<Uint8Array> {
  const stored = new Uint8Array(sizeOf(shape) * size)
  let length = 0
  for await (const piece of pieces) {
    stored.set(piece, length)
    length += piece.length
  }
  const turned = new Uint8Array(stored.length)
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, count) => product * count, size))
  const place = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < turned.length; to += size) {
    for (let byte = 0; byte < size; byte++) turned[to + byte] = stored[from + byte] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [at, step] = [place[axis] as number, steps[axis] as number]
      if (at + 1 < (shape[axis] as number)) {
        place[axis] = at + 1
        from += step
        break
      }
      place[axis] = 0
      from -= at * step
    }
  }
  yield turned
}
