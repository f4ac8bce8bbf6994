import zlib from 'node:zlib'
import { crc32 } from '../files/crc32.ts'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  /** What its directory entry says in place of the truth. */
  readonly claims?: {
    readonly size?: number
    readonly flags?: number
    readonly method?: number
    readonly offset?: number
    /** Unix mode. */
    readonly mode?: number
  }
}

/** A deflated zip, honest but for what an entry claims. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content, claims = {} } of entries) {
    const title = Buffer.from(name)
    const packed = zlib.deflateRawSync(content)
    const method = claims.method ?? 8
    const size = claims.size ?? content.length
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE((claims.flags ?? 0) | 0x800, 2)
    shared.writeUInt16LE(method, 4)
    shared.writeUInt32LE(crc32(content), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(size, 18)
    shared.writeUInt16LE(title.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, title, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((claims.mode ?? 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(claims.offset ?? offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), shared, tail, title]))
    pieces.push(local)
    offset += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...pieces, list, end])
}
