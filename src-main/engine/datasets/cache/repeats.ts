import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import type { Part } from '../../../common/data/dataset.ts'
import type { ImportReport } from '../../../common/data/imported.ts'

const blockBytes = 4 << 20
const mostTold = 1_000

export interface RepeatSearch {
  readonly file: (part: Part) => string
  readonly sampleBytes: number
  readonly counts: Readonly<Record<Part, number>>
  readonly isWanted: boolean
  /** Every byte of the training part, then of the test part: read once for all purposes. */
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onPartEnd: (part: Part) => void
}

/** Samples that are equal to the last bit: in both parts (leaks), and again within the training part. */
export async function findRepeats(
  search: RepeatSearch,
): Promise<Pick<ImportReport, 'leaks' | 'leakCount' | 'repeats'>> {
  const { file, sampleBytes, counts, isWanted, onBytes, onPartEnd } = search
  const first = new Map<number, number>()
  const suspects: (readonly [train: number, test: number])[] = []
  let repeats = 0
  const train = await open(file('train'), 'r')
  const test = await open(file('test'), 'r')
  try {
    await eachBlock(train, sampleBytes, counts.train, (bytes, start, samples) => {
      onBytes(bytes)
      for (let index = 0; isWanted && index < samples; index++) {
        const print = fingerprint(bytes, index * sampleBytes, sampleBytes)
        if (first.has(print)) repeats++
        else first.set(print, start + index)
      }
    })
    onPartEnd('train')
    await eachBlock(test, sampleBytes, counts.test, (bytes, start, samples) => {
      onBytes(bytes)
      for (let index = 0; isWanted && index < samples; index++) {
        const twin = first.get(fingerprint(bytes, index * sampleBytes, sampleBytes))
        if (twin !== undefined) suspects.push([twin, start + index])
      }
    })
    onPartEnd('test')
    const leaks: ImportReport['leaks'][number][] = []
    let leakCount = 0
    for (const [one, other] of suspects) {
      if (!(await areEqual(train, one, test, other, sampleBytes))) continue
      leakCount++
      if (leaks.length < mostTold)
        leaks.push({ train: { part: 'train', index: one }, test: { part: 'test', index: other } })
    }
    return { leaks, leakCount, repeats }
  } finally {
    await train.close()
    await test.close()
  }
}

async function eachBlock(
  file: FileHandle,
  sampleBytes: number,
  count: number,
  visit: (bytes: Uint8Array, start: number, samples: number) => void,
): Promise<void> {
  const atOnce = Math.max(1, Math.floor(blockBytes / sampleBytes))
  const block = new Uint8Array(Math.min(atOnce, Math.max(1, count)) * sampleBytes)
  for (let start = 0; start < count; start += atOnce) {
    const samples = Math.min(atOnce, count - start)
    const wanted = samples * sampleBytes
    const { bytesRead } = await file.read(block, 0, wanted, start * sampleBytes)
    if (bytesRead !== wanted) throw new Error(`${wanted} bytes of samples were expected. Received: ${bytesRead}`)
    visit(block.subarray(0, wanted), start, samples)
  }
}

async function areEqual(
  one: FileHandle,
  oneIndex: number,
  other: FileHandle,
  otherIndex: number,
  bytes: number,
): Promise<boolean> {
  const [left, right] = [Buffer.alloc(bytes), Buffer.alloc(bytes)]
  await one.read(left, 0, bytes, oneIndex * bytes)
  await other.read(right, 0, bytes, otherIndex * bytes)
  return left.equals(right)
}

/** 53 bits from two multiplicative hashes (FNV-1a and one with another factor). */
function fingerprint(bytes: Uint8Array, from: number, length: number): number {
  let one = 0x811c9dc5
  let other = 0x9747b28c
  for (let index = from; index < from + length; index++) {
    const value = bytes[index] as number
    one = Math.imul(one ^ value, 0x01000193)
    other = Math.imul(other + value, 0x85ebca6b) ^ (other >>> 15)
  }
  return (one >>> 0) * 2_097_152 + ((other >>> 11) & 0x1fffff)
}
