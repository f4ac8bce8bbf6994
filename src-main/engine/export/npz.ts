import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { once } from 'node:events'
import zlib from 'node:zlib'
import type { Shape } from '../../common/graph/graph.ts'
import { crc32 } from '../datasets/files/crc32.ts'
import { InvalidData } from '../datasets/invalid-data.ts'

/** An array of a .npz; `chunks` gives its numbers, row-major and little-endian, piece by piece. */
export interface NpzArray {
  readonly name: string
  readonly type: 'uint8' | 'int32' | 'float32'
  readonly shape: Shape
  readonly chunks: () => Iterable<Uint8Array>
}

/** Sizes in a plain zip have 32 bits. */
const mostBytes = 0xffff_ffff
const codes = { uint8: '|u1', int32: '<i4', float32: '<f4' } as const
const bytesEach = { uint8: 1, int32: 4, float32: 4 } as const

/** The bytes of a typed array, for `chunks`. */
export function bytesOf(values: Uint8Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** Writes arrays as NumPy's savez_compressed does; `step` is called after each piece with its bytes, and may throw. */
export async function writeNpz(
  file: string,
  arrays: readonly NpzArray[],
  step: (bytes: number) => Promise<void> = async () => undefined,
): Promise<void> {
  const sizes = arrays.map(
    ({ type, shape }) => bytesEach[type] * shape.reduce((product, length) => product * length, 1),
  )
  if (sizes.reduce((sum, size) => sum + size, 0) > mostBytes - 1_000_000)
    throw new InvalidData({
      en: 'At most 4 GB of numbers fit into one .npz. Export with fewer or smaller samples.',
      ko: '.npz 하나에는 수를 4 GB까지 담을 수 있습니다. 표본의 수나 크기를 줄여 내보내세요.',
    })
  const handle = await open(file, 'w')
  try {
    const directory: Buffer[] = []
    let offset = 0
    for (const array of arrays) {
      const name = Buffer.from(`${array.name}.npy`)
      const packed = await deflateInto(handle, offset + 30 + name.length, array, step)
      const fields = Buffer.alloc(26)
      fields.writeUInt16LE(20, 0)
      fields.writeUInt16LE(0x800, 2)
      fields.writeUInt16LE(8, 4)
      // 1 January 1980: the same arrays give the same file.
      fields.writeUInt16LE(0x21, 8)
      fields.writeUInt32LE(packed.crc, 10)
      fields.writeUInt32LE(packed.packedBytes, 14)
      fields.writeUInt32LE(packed.bytes, 18)
      fields.writeUInt16LE(name.length, 22)
      await handle.write(Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), fields, name]), 0, undefined, offset)
      const tail = Buffer.alloc(14)
      tail.writeUInt32LE((0o100644 << 16) >>> 0, 6)
      tail.writeUInt32LE(offset, 10)
      directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002', 'latin1'), Buffer.from([20, 3]), fields, tail, name]))
      offset += 30 + name.length + packed.packedBytes
    }
    const list = Buffer.concat(directory)
    const end = Buffer.alloc(22)
    end.write('PK\u0005\u0006', 'latin1')
    end.writeUInt16LE(arrays.length, 8)
    end.writeUInt16LE(arrays.length, 10)
    end.writeUInt32LE(list.length, 12)
    end.writeUInt32LE(offset, 16)
    await handle.write(Buffer.concat([list, end]), 0, undefined, offset)
  } finally {
    await handle.close()
  }
}

async function deflateInto(
  handle: FileHandle,
  start: number,
  { type, shape, chunks }: NpzArray,
  step: (bytes: number) => Promise<void>,
): Promise<{ readonly crc: number; readonly bytes: number; readonly packedBytes: number }> {
  const deflate = zlib.createDeflateRaw({ level: 4 })
  let packedBytes = 0
  const writing = (async () => {
    for await (const piece of deflate as AsyncIterable<Buffer>) {
      await handle.write(piece, 0, undefined, start + packedBytes)
      packedBytes += piece.length
    }
  })()
  // Whoever waits below is told.
  writing.catch(() => undefined)
  let crc = 0
  let bytes = 0
  const put = async (piece: Uint8Array) => {
    crc = crc32(piece, crc)
    bytes += piece.length
    if (!deflate.write(piece)) await Promise.race([once(deflate, 'drain'), writing])
    await step(piece.length)
  }
  try {
    await put(npyHeader(type, shape))
    for (const chunk of chunks()) await put(chunk)
    deflate.end()
    await writing
  } catch (error) {
    deflate.destroy()
    throw error
  }
  return { crc, bytes, packedBytes }
}

/** NumPy's format 1.0: magic, length, and a Python dictionary padded so that the numbers begin at a multiple of 64. */
function npyHeader(type: NpzArray['type'], shape: Shape): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${codes[type]}', 'fortran_order': False, 'shape': (${sizes}), }`
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const header = Buffer.alloc(10 + length, ' ')
  header.write('\u0093NUMPY\u0001\u0000', 'latin1')
  header.writeUInt16LE(length, 8)
  header.write(text, 10, 'latin1')
  header.write('\n', header.length - 1, 'latin1')
  return header
}
