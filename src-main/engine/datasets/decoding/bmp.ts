import { InvalidData } from '../invalid-data.ts'
import type { Pixels } from '../../../common/pictures/pixels.ts'

/** A Windows bitmap: 1, 4, 8, 16, 24 or 32 bits a pixel, not run-length encoded. Throws RangeError where it is cut off. */
export function decodeBmp(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dataOffset = view.getUint32(10, true)
  const headerSize = view.getUint32(14, true)
  const isOld = headerSize === 12
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true)
  const signedHeight = isOld ? view.getInt16(20, true) : view.getInt32(22, true)
  const height = Math.abs(signedHeight)
  const bits = view.getUint16(isOld ? 24 : 28, true)
  const compression = isOld ? 0 : view.getUint32(30, true)
  if (compression !== 0 && compression !== 3)
    throw new InvalidData({
      en: `A bitmap without compression was expected. Received: compression ${compression}`,
      ko: `압축하지 않은 비트맵이어야 합니다. 받은 압축 방식: ${compression}`,
    })
  if (![1, 4, 8, 16, 24, 32].includes(bits) || width < 1 || height < 1)
    throw new InvalidData({
      en: `A bitmap of 1, 4, 8, 16, 24 or 32 bits was expected. Received: ${bits}`,
      ko: `비트맵은 1, 4, 8, 16, 24, 32비트 가운데 하나여야 합니다. 받은 값: ${bits}`,
    })
  const masks =
    compression === 3
      ? [54, 58, 62].map((at) => view.getUint32(at, true))
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff]
  const stride = Math.ceil((width * bits) / 32) * 4
  if (dataOffset + stride * height > bytes.length) throw new RangeError('The bitmap ends too early.')
  const palette = 14 + headerSize
  const entryBytes = isOld ? 3 : 4
  const values = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = dataOffset + (signedHeight > 0 ? height - 1 - row : row) * stride
    for (let column = 0; column < width; column++) {
      const to = (row * width + column) * 3
      if (bits === 24) {
        for (let channel = 0; channel < 3; channel++)
          values[to + channel] = bytes[from + column * 3 + 2 - channel] as number
      } else if (bits > 8) {
        const pixel = bits === 16 ? view.getUint16(from + column * 2, true) : view.getUint32(from + column * 4, true)
        masks.forEach((mask, channel) => (values[to + channel] = throughMask(pixel, mask)))
      } else {
        const byte = bytes[from + ((column * bits) >> 3)] as number
        const index = (byte >> (8 - bits - ((column * bits) & 7))) & ((1 << bits) - 1)
        for (let channel = 0; channel < 3; channel++)
          values[to + channel] = view.getUint8(palette + index * entryBytes + 2 - channel)
      }
    }
  }
  return { width, height, channels: 3, values }
}

/** The bits of a mask, spread to 0…255. */
function throughMask(pixel: number, mask: number): number {
  if (mask === 0) return 0
  const shift = 31 - Math.clz32(mask & -mask)
  const greatest = mask >>> shift
  return Math.round((((pixel & mask) >>> shift) / greatest) * 255)
}
