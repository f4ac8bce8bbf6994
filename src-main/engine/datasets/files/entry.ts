import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { Text } from '../../../common/layers/text.ts'
import { formatCount } from '../../../common/thousands.ts'
import { InvalidData } from '../invalid-data.ts'
import { crc32 } from './crc32.ts'

const inflateRaw = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)

/** Where the bytes of a file lie: by itself, or inside a zip. Plain data, so that it can be sent to another process. */
export type EntryLocation =
  | { readonly kind: 'file'; readonly file: string; readonly size: number }
  | {
      readonly kind: 'zipped'
      readonly archive: string
      readonly headerOffset: number
      readonly compressedSize: number
      readonly size: number
      readonly isDeflated: boolean
      readonly crc: number
    }

/** All bytes of a file; refuses more than `limit` before any memory is taken. */
export async function readEntry(location: EntryLocation, limit: number): Promise<Uint8Array> {
  checkLimit(location.size, limit)
  const file = await open(location.kind === 'file' ? location.file : location.archive, 'r')
  try {
    if (location.kind === 'file') return await readExactly(file, 0, location.size)
    const from = await dataOffset(file, location.headerOffset)
    const stored = await readExactly(file, from, location.compressedSize)
    return checked(location.isDeflated ? await inflate(stored, location.size) : stored, location)
  } finally {
    await file.close()
  }
}

/** A zip's local header, without its name. */
const headerBytes = 30
const damagedEntry: Text = {
  en: 'The archive is damaged here: the file is not what it was when it was packed.',
  ko: '압축 파일의 이 부분이 손상되었습니다. 압축할 때와 내용이 다릅니다.',
}

async function inflate(stored: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    return await inflateRaw(stored, { maxOutputLength: Math.max(1, size) })
  } catch {
    throw new InvalidData(damagedEntry)
  }
}

/** The same without letting anything else happen meanwhile: quicker for small files, for processes that do nothing else. */
export function readEntryAtOnce(location: EntryLocation, limit: number): Uint8Array {
  checkLimit(location.size, limit)
  const file = openSync(location.kind === 'file' ? location.file : location.archive, 'r')
  try {
    if (location.kind === 'file') return readExactlyAtOnce(file, 0, location.size)
    const from = location.headerOffset + dataDistance(readExactlyAtOnce(file, location.headerOffset, headerBytes))
    const stored = readExactlyAtOnce(file, from, location.compressedSize)
    if (!location.isDeflated) return checked(stored, location)
    let bytes: Uint8Array
    try {
      bytes = zlib.inflateRawSync(stored, { maxOutputLength: Math.max(1, location.size) })
    } catch {
      throw new InvalidData(damagedEntry)
    }
    return checked(bytes, location)
  } finally {
    closeSync(file)
  }
}

function readExactlyAtOnce(file: number, from: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  for (let done = 0; done < count;) {
    const read = readSync(file, bytes, done, count - done, from + done)
    if (read === 0) throw tooShort(count, from)
    done += read
  }
  return bytes
}

function checkLimit(size: number, limit: number): void {
  if (size > limit)
    throw new InvalidData({
      en: `A file of at most ${limit.toLocaleString('en')} bytes was expected. Received: ${size}`,
      ko: `파일은 ${formatCount(limit)}바이트까지 읽습니다. 받은 크기: ${formatCount(size)}바이트`,
    })
}

/** The bytes of a packed file, if they are what was packed. */
function checked(bytes: Uint8Array, { size, crc }: Extract<EntryLocation, { kind: 'zipped' }>): Uint8Array {
  if (bytes.length !== size || crc32(bytes) !== crc) throw new InvalidData(damagedEntry)
  return bytes
}

function tooShort(count: number, from: number): InvalidData {
  return new InvalidData({
    en: `The file ends too early: ${count} bytes were expected at ${from}.`,
    ko: `파일이 중간에서 끝납니다. ${from}바이트 위치부터 ${count}바이트가 더 있어야 합니다.`,
  })
}

/** The first bytes of a file, fewer where it is shorter. */
export async function readEntryHead(location: EntryLocation, count: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of streamEntry(location)) {
      pieces.push(piece)
      length += piece.length
      if (length >= count) break
    }
  } catch (error) {
    if (length === 0) throw error
  }
  return Buffer.concat(pieces).subarray(0, count)
}

/** The bytes of a file piece by piece; throws at the end where a packed one is damaged. */
export async function* streamEntry(location: EntryLocation): AsyncGenerator<Uint8Array> {
  if (location.kind === 'file') {
    yield* createReadStream(location.file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
    return
  }
  const { archive, headerOffset, compressedSize, size, isDeflated } = location
  const file = await open(archive, 'r')
  let start: number
  try {
    start = await dataOffset(file, headerOffset)
  } finally {
    await file.close()
  }
  if (compressedSize === 0) return
  const stored = createReadStream(archive, { start, end: start + compressedSize - 1, highWaterMark: 256 * 1024 })
  const inflater = isDeflated ? zlib.createInflateRaw() : null
  if (inflater !== null) {
    stored.on('error', (error) => inflater.destroy(error))
    stored.pipe(inflater)
  }
  let length = 0
  let crc = 0
  try {
    for await (const piece of (inflater ?? stored) as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > size) throw new InvalidData(damagedEntry)
      crc = crc32(piece, crc)
      yield piece
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') === true) throw new InvalidData(damagedEntry)
    throw error
  } finally {
    stored.destroy()
    inflater?.destroy()
  }
  if (length !== size || crc !== location.crc) throw new InvalidData(damagedEntry)
}

/** Where the data of a zip's entry begin: behind its local header, whose own lengths may differ from the directory's. */
async function dataOffset(file: FileHandle, headerOffset: number): Promise<number> {
  return headerOffset + dataDistance(await readExactly(file, headerOffset, headerBytes))
}

function dataDistance(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  if (view.getUint32(0, true) !== 0x04034b50) throw new InvalidData(damagedEntry)
  return headerBytes + view.getUint16(26, true) + view.getUint16(28, true)
}

async function readExactly(file: FileHandle, from: number, count: number): Promise<Uint8Array> {
  const { size } = await file.stat()
  if (from + count > size) throw tooShort(count, from)
  const bytes = new Uint8Array(count)
  for (let done = 0; done < count;) {
    const { bytesRead } = await file.read(bytes, done, Math.min(count - done, 1 << 30), from + done)
    if (bytesRead === 0) throw tooShort(count, from)
    done += bytesRead
  }
  return bytes
}
