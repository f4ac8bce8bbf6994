const table = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** The CRC-32 of zip and PNG (ISO 3309), going on from that of the bytes before. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before
  for (let index = 0; index < bytes.length; index++)
    value = (table[(value ^ (bytes[index] as number)) & 0xff] as number) ^ (value >>> 8)
  return ~value >>> 0
}
