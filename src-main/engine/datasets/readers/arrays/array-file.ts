import zlib from 'node:zlib'
import type { Shape } from '../../../../common/graph/graph.ts'
import { readEntryHead, streamEntry } from '../../files/entry.ts'
import type { FileEntry } from '../../files/file-tree.ts'
import { InvalidData } from '../../invalid-data.ts'

/** One value of an array. Text has `bytes` for each value: UTF-32 ("U" of NumPy) or single bytes ("S"). */
export interface ArrayType {
  readonly kind: 'uint' | 'int' | 'float' | 'bool' | 'unicode' | 'bytes'
  readonly bytes: number
  readonly isLittle: boolean
}

/** An array in a file, whose bytes come row by row (the last axis runs fastest), a piece at a time. */
export interface NamedArray {
  readonly name: string
  /** The batch axis first. */
  readonly shape: Shape
  readonly type: ArrayType
  /** Pictures whose channels stand before their rows, as CIFAR has them. */
  readonly isChannelsFirst: boolean
  readonly read: () => AsyncIterable<Uint8Array>
}

/** One kind of file that holds arrays: one file, one line in the list of containers. */
export interface ArrayContainer {
  /** The arrays of a file, whose beginning is given; null where it is of another kind. Throws InvalidData. */
  readonly open: (entry: FileEntry, head: Uint8Array) => Promise<readonly NamedArray[] | null>
}

const headBytes = 64 * 1024
const mostValues = 2 ** 31

export function typeName({ kind, bytes }: ArrayType): string {
  return kind === 'bool' || kind === 'unicode' || kind === 'bytes' ? kind : `${kind}${bytes * 8}`
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** The bytes that an array takes; throws where its lengths are none, or more than anyone has. */
export function byteLength(name: string, shape: Shape, type: ArrayType): number {
  const isSound =
    shape.length >= 1 && shape.length <= 8 && shape.every((length) => Number.isSafeInteger(length) && length >= 0)
  if (!isSound || sizeOf(shape) > mostValues)
    throw new InvalidData({
      en: `"${name}" says that its shape is ${shape.join(' × ')}, which cannot be.`,
      ko: `"${name}" 배열에 있을 수 없는 크기가 적혀 있습니다. 적힌 크기: ${shape.join(' × ')}.`,
    })
  return sizeOf(shape) * type.bytes
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
}

/** A file's bytes, unpacked where it is a gzip. */
export async function* streamUnpacked(entry: FileEntry): AsyncGenerator<Uint8Array> {
  const stored = streamEntry(entry.location)
  const first = await stored.next()
  if (first.done === true) return
  if (!isGzip(first.value)) {
    yield first.value
    yield* stored
    return
  }
  const unpacker = zlib.createGunzip()
  const feed = async () => {
    try {
      for (let piece: IteratorResult<Uint8Array> = first; piece.done !== true; piece = await stored.next()) {
        if (unpacker.destroyed) return
        if (!unpacker.write(piece.value))
          await new Promise((resolve) => unpacker.once('drain', resolve).once('close', resolve))
      }
      unpacker.end()
    } catch (error) {
      unpacker.destroy(error as Error)
    }
  }
  const fed = feed()
  try {
    yield* unpacker as AsyncIterable<Buffer>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') === true)
      throw new InvalidData({
        en: `"${entry.path}" is a damaged gzip file.`,
        ko: `"${entry.path}" 파일은 손상된 gzip 파일입니다.`,
      })
    throw error
  } finally {
    unpacker.destroy()
    await fed
    await stored.return(undefined)
  }
}

export async function readHead(entry: FileEntry): Promise<Uint8Array> {
  const head = await readEntryHead(entry.location, headBytes)
  if (!isGzip(head)) return head
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of streamUnpacked(entry)) {
    pieces.push(piece)
    length += piece.length
    if (length >= headBytes) break
  }
  return Buffer.concat(pieces).subarray(0, headBytes)
}

/** A stretch of a file's bytes; throws where the file has fewer, or more behind it when nothing may follow. */
export async function* readStretch(
  entry: FileEntry,
  from: number,
  count: number,
  mayFollow = false,
): AsyncGenerator<Uint8Array> {
  let at = 0
  let given = 0
  for await (const piece of streamUnpacked(entry)) {
    const start = Math.max(0, from - at)
    const usable = piece.subarray(start, start + count - given)
    at += piece.length
    if (usable.length > 0 && start < piece.length) {
      given += usable.length
      yield usable
    }
    if (at > from + count && !mayFollow) throw lyingLength(entry, count)
    if (given === count && mayFollow) return
  }
  if (given < count) throw lyingLength(entry, count)
}

function lyingLength(entry: FileEntry, count: number): InvalidData {
  return new InvalidData({
    en: `"${entry.path}" says that it holds ${count} bytes of values. It holds another number; the file is damaged or cut off.`,
    ko: `"${entry.path}" 파일에 적힌 값의 길이는 ${count}바이트이지만 실제 길이가 다릅니다. 파일이 손상되었거나 잘렸습니다.`,
  })
}

/** Values of a whole array as numbers; only for arrays as small as labels. */
export async function readNumbers(array: NamedArray): Promise<Float64Array> {
  const values = new Float64Array(sizeOf(array.shape))
  let at = 0
  for await (const block of blocksOf(array, 65_536 / Math.max(1, sizeOf(array.shape.slice(1))))) {
    values.set(toNumbers(block, array.type), at)
    at += block.length / array.type.bytes
  }
  return values
}

export async function readTexts(array: NamedArray): Promise<readonly string[]> {
  const texts: string[] = []
  const { bytes, kind, isLittle } = array.type
  for await (const block of blocksOf(array, 1_000)) {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
    for (let at = 0; at < block.length; at += bytes) {
      if (kind === 'bytes')
        texts.push(
          Buffer.from(block.subarray(at, at + bytes))
            .toString('utf8')
            .replace(/\0+$/, ''),
        )
      else {
        const points = Array.from({ length: bytes / 4 }, (_, index) => view.getUint32(at + index * 4, isLittle)).filter(
          (point) => point > 0 && point <= 0x10ffff,
        )
        texts.push(String.fromCodePoint(...points))
      }
    }
  }
  return texts
}

/** Pieces that each hold `rows` whole rows (fewer at the end). A piece is only good until the next one. */
export async function* blocksOf(array: NamedArray, rows: number): AsyncGenerator<Uint8Array> {
  const rowBytes = sizeOf(array.shape.slice(1)) * array.type.bytes
  if (rowBytes === 0) return
  const wanted = rowBytes * Math.max(1, Math.floor(rows))
  const total = rowBytes * (array.shape[0] ?? 0)
  let block = new Uint8Array(Math.min(wanted, total))
  let filled = 0
  let given = 0
  for await (const piece of array.read()) {
    for (let at = 0; at < piece.length;) {
      const taken = piece.subarray(at, at + block.length - filled)
      block.set(taken, filled)
      filled += taken.length
      at += taken.length
      if (filled < block.length) continue
      yield block
      given += filled
      filled = 0
      block = new Uint8Array(Math.min(wanted, total - given))
      if (block.length === 0 && at < piece.length)
        throw new InvalidData({
          en: `"${array.name}" holds more values than its shape says.`,
          ko: `"${array.name}" 배열에 적힌 크기보다 값이 더 많습니다.`,
        })
    }
  }
  if (given + filled < total || filled > 0)
    throw new InvalidData({
      en: `"${array.name}" holds fewer values than its shape says.`,
      ko: `"${array.name}" 배열에 적힌 크기보다 값이 적습니다.`,
    })
}

export function toNumbers(bytes: Uint8Array, { kind, bytes: size, isLittle }: ArrayType): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = readerFor(view, kind, size, isLittle)
  const values = new Float64Array(bytes.length / size)
  for (let index = 0; index < values.length; index++) values[index] = read(index * size)
  return values
}

function readerFor(view: DataView, kind: ArrayType['kind'], size: number, isLittle: boolean): (at: number) => number {
  if (kind === 'float') {
    if (size === 8) return (at) => view.getFloat64(at, isLittle)
    if (size === 4) return (at) => view.getFloat32(at, isLittle)
    return (at) => halfFloat(view.getUint16(at, isLittle))
  }
  const isSigned = kind === 'int'
  if (size === 8) return (at) => Number(isSigned ? view.getBigInt64(at, isLittle) : view.getBigUint64(at, isLittle))
  if (size === 4) return (at) => (isSigned ? view.getInt32(at, isLittle) : view.getUint32(at, isLittle))
  if (size === 2) return (at) => (isSigned ? view.getInt16(at, isLittle) : view.getUint16(at, isLittle))
  return (at) => (isSigned ? view.getInt8(at) : view.getUint8(at))
}

/** IEEE 754 half precision. */
function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Arrays of the same kind one after another, as one. */
export function joinArrays(name: string, arrays: readonly [NamedArray, ...NamedArray[]]): NamedArray {
  const [first] = arrays
  const different = arrays.find(
    ({ shape, type }) =>
      shape.slice(1).join() !== first.shape.slice(1).join() || typeName(type) !== typeName(first.type),
  )
  if (different !== undefined)
    throw new InvalidData({
      en: `"${first.name}" and "${different.name}" belong together and have different shapes: ${first.shape.join(' × ')} and ${different.shape.join(' × ')}.`,
      ko: `"${first.name}" 배열과 "${different.name}" 배열은 함께 쓰이므로 크기가 같아야 합니다. 받은 크기: ${first.shape.join(' × ')}, ${different.shape.join(' × ')}.`,
    })
  return {
    ...first,
    name,
    shape: [arrays.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0), ...first.shape.slice(1)],
    read: async function* () {
      for (const array of arrays) yield* array.read()
    },
  }
}
