import { closeSync, openSync, writeSync } from 'node:fs'
import { describeFault } from '../invalid-data.ts'
import { readEntryAtOnce } from '../files/entry.ts'
import type { EntryLocation } from '../files/entry.ts'
import { decodePicture } from './decode-picture.ts'
import type { PictureTarget } from '../../../common/pictures/fit-picture.ts'
import type { DecodedPicture, Decoders } from './decode-picture.ts'

export const largestPictureBytes = 200_000_000
const atOnce = 3

export interface DecodingItem {
  readonly location: EntryLocation
  /** Where the samples lie that this one belongs among, and its place there; null where its bytes are wanted themselves. */
  readonly output: { readonly file: string; readonly position: number } | null
}

/** As `DecodedPicture`; the values are there only where they were not written. */
export type DecodingResult = DecodedPicture

/** Reads, decodes and stores pictures, a few at a time so that reading and decoding overlap. Answers in order. */
export async function decodeItems(
  items: readonly DecodingItem[],
  target: PictureTarget,
  decoders: Decoders,
): Promise<DecodingResult[]> {
  const results: DecodingResult[] = []
  const files = new Map<string, number>()
  const size = target.width * target.height * target.channels
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await decodeOne(items[index] as DecodingItem)
    }
  }
  const decodeOne = async ({ location, output }: DecodingItem): Promise<DecodingResult> => {
    let bytes: Uint8Array
    try {
      bytes = readEntryAtOnce(location, largestPictureBytes)
    } catch (error) {
      return { ok: false, reason: describeFault(error).text }
    }
    const decoded = await decodePicture(bytes, target, decoders)
    if (!decoded.ok || output === null) return decoded
    writeSync(files.get(output.file) as number, decoded.values, 0, size, output.position * size)
    return { ...decoded, values: noValues }
  }
  try {
    for (const { output } of items)
      if (output !== null && !files.has(output.file)) files.set(output.file, openSync(output.file, 'r+'))
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work))
    return results
  } finally {
    for (const file of files.values()) closeSync(file)
  }
}

const noValues = new Uint8Array(0)
