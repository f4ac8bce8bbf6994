const alignment = 4

/** Where an array lies among a file's numbers: both in floats. */
interface PackedArray {
  readonly floats: readonly [offset: number, length: number]
}

/**
 * Any plain value with its Float32Arrays as one file: magic (4 bytes), length of the header, the value as JSON, then all
 * numbers. Byte order is little-endian.
 */
export function pack(magic: string, value: unknown): Buffer {
  const arrays: Float32Array[] = []
  let length = 0
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (!(part instanceof Float32Array)) return part
    arrays.push(part)
    const floats = [length, part.length] as const
    length += part.length
    return { floats } satisfies PackedArray
  })
  const header = Buffer.from(text)
  const start = numbersAt(header.length)
  const content = Buffer.alloc(start + length * alignment, ' ')
  content.write(magic, 0, 'latin1')
  content.writeUInt32LE(header.length, 4)
  header.copy(content, 8)
  let offset = start
  for (const array of arrays) {
    content.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset)
    offset += array.byteLength
  }
  return content
}

/** What `pack` was given; throws where the content is another file's or cut off. */
export function unpack(magic: string, content: Buffer): unknown {
  if (content.toString('latin1', 0, 4) !== magic) throw new Error('it is not a file of this kind')
  const length = content.readUInt32LE(4)
  const start = numbersAt(length)
  return JSON.parse(content.toString('utf8', 8, 8 + length), (_, part: unknown) => {
    if (!isPackedArray(part)) return part
    const [offset, count] = part.floats
    const from = start + offset * alignment
    const to = from + count * alignment
    if (to > content.length) throw new Error('it is cut off')
    return new Float32Array(new Uint8Array(content.subarray(from, to)).buffer)
  })
}

function isPackedArray(value: unknown): value is PackedArray {
  return typeof value === 'object' && value !== null && 'floats' in value && Array.isArray(value.floats)
}

/** Numbers begin at a multiple of their size. */
function numbersAt(headerLength: number): number {
  return Math.ceil((8 + headerLength) / alignment) * alignment
}
