import type { SeriesOptions } from '../../../common/data/reading.ts'

export type TextEncoding = SeriesOptions['encoding']

const byteOrderMarks: readonly (readonly [encoding: TextEncoding, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** What a text file is written in: by its mark, else UTF-8 or Korean where the bytes can be that, else Western. */
export function findEncoding(bytes: Uint8Array): TextEncoding {
  for (const [encoding, mark] of byteOrderMarks)
    if (mark.every((byte, index) => bytes[index] === byte) && isValid(bytes.subarray(mark.length), encoding))
      return encoding
  const head = bytes.subarray(0, 1_000)
  const zeros = [0, 1].map((rest) => head.filter((byte, index) => byte === 0 && index % 2 === rest).length)
  if ((zeros[1] ?? 0) > head.length / 4) return 'utf-16le'
  if ((zeros[0] ?? 0) > head.length / 4) return 'utf-16be'
  const text = withoutMark(bytes)
  if (isValid(text, 'utf-8')) return 'utf-8'
  return isValid(text, 'euc-kr') ? 'euc-kr' : 'windows-1252'
}

export function decodeText(bytes: Uint8Array, encoding: TextEncoding): string {
  const text = encoding.startsWith('utf') ? bytes : withoutMark(bytes)
  return new TextDecoder(encoding).decode(text)
}

/** Some programs put UTF-8's mark before anything. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

function isValid(bytes: Uint8Array, encoding: TextEncoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
