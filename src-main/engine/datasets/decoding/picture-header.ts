/** What the first bytes of a picture file tell. Sizes are as stored, before any turning. */
export interface PictureHeader {
  readonly kind: 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'bmp'
  /** 0 where the header does not tell. */
  readonly width: number
  readonly height: number
  /** EXIF's 1…8; 1 is upright. */
  readonly orientation: number
  /** JPEG: 1 grey, 3 colour, 4 CMYK. */
  readonly components: number
  /** PNG: whether anything can be transparent. */
  readonly hasAlpha: boolean
}

/** Formats that people have and that are not read, by their first bytes. */
const others: readonly (readonly [name: string, at: number, mark: string])[] = [
  ['HEIC', 4, 'ftypheic'],
  ['HEIC', 4, 'ftypheix'],
  ['HEIC', 4, 'ftypmif1'],
  ['AVIF', 4, 'ftypavif'],
  ['PSD', 0, '8BPS'],
  ['JPEG 2000', 4, 'jP  '],
  ['PDF', 0, '%PDF'],
]

/** The name of a picture format that Convas knows of but does not read; null for anything else. */
export function foreignPictureFormat(bytes: Uint8Array): string | null {
  const found = others.find(([, at, mark]) => ascii(bytes, at, mark.length) === mark)
  if (found !== undefined) return found[0]
  return /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg/i.test(ascii(bytes, 0, 512)) ? 'SVG' : null
}

/** The header of a picture of a kind that is read; null for anything else. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const plain = { orientation: 1, components: 3, hasAlpha: false, width: 0, height: 0 } as const
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { ...plain, ...readJpeg(bytes, view) }
    if (ascii(bytes, 1, 3) === 'PNG' && bytes[0] === 0x89)
      return {
        ...plain,
        kind: 'png',
        width: view.getUint32(16),
        height: view.getUint32(20),
        hasAlpha: ((bytes[25] ?? 0) & 4) !== 0 || hasTransparencyChunk(bytes, view),
      }
    if (/^GIF8[79]a/.test(ascii(bytes, 0, 6)))
      return { ...plain, kind: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
    if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP')
      return { ...plain, kind: 'webp', ...readWebp(bytes, view) }
    if (ascii(bytes, 0, 4) === 'II*\u0000' || ascii(bytes, 0, 4) === 'MM\u0000*') return { ...plain, kind: 'tiff' }
    // Any text may begin with "BM": the size of the second header tells.
    if (
      ascii(bytes, 0, 2) === 'BM' &&
      bytes.length >= 26 &&
      [12, 40, 52, 56, 64, 108, 124].includes(view.getUint32(14, true))
    )
      return { ...plain, kind: 'bmp', ...readBmpSize(view) }
    return null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length))
}

type JpegHeader = Pick<PictureHeader, 'kind' | 'width' | 'height' | 'orientation' | 'components'>

/** Goes from segment to segment to the frame's header. */
function readJpeg(bytes: Uint8Array, view: DataView): JpegHeader {
  let orientation = 1
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) break
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2
      continue
    }
    if (marker === 0xd9 || marker === 0xda) break
    const length = view.getUint16(at + 2)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame)
      return {
        kind: 'jpeg',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9] ?? 3,
        orientation,
      }
    if (marker === 0xe1 && ascii(bytes, at + 4, 6) === 'Exif\u0000\u0000')
      orientation = readOrientation(bytes.subarray(at + 10, at + 2 + length))
    at += 2 + length
  }
  return { kind: 'jpeg', width: 0, height: 0, components: 3, orientation }
}

/** Tag 0x0112 of the first directory of a TIFF block. */
function readOrientation(tiff: Uint8Array): number {
  try {
    const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
    const isLittle = tiff[0] === 0x49
    const directory = view.getUint32(4, isLittle)
    const count = view.getUint16(directory, isLittle)
    for (let index = 0; index < count; index++) {
      const entry = directory + 2 + index * 12
      if (view.getUint16(entry, isLittle) !== 0x0112) continue
      const value = view.getUint16(entry + 8, isLittle)
      return value >= 1 && value <= 8 ? value : 1
    }
  } catch {
    // A damaged EXIF block says nothing.
  }
  return 1
}

/** A palette's transparency stands before the pixels. */
function hasTransparencyChunk(bytes: Uint8Array, view: DataView): boolean {
  for (let at = 8; at + 8 <= bytes.length;) {
    const kind = ascii(bytes, at + 4, 4)
    if (kind === 'tRNS') return true
    if (kind === 'IDAT') return false
    at += 12 + view.getUint32(at)
  }
  return false
}

function readWebp(bytes: Uint8Array, view: DataView): { readonly width: number; readonly height: number } {
  const kind = ascii(bytes, 12, 4)
  const threeBytes = (at: number) => view.getUint16(at, true) | ((bytes[at + 2] ?? 0) << 16)
  if (kind === 'VP8X') return { width: threeBytes(24) + 1, height: threeBytes(27) + 1 }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
}

function readBmpSize(view: DataView): { readonly width: number; readonly height: number } {
  if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) }
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) }
}
