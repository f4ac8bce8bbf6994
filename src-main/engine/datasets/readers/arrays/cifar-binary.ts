import type { ArrayContainer, ArrayType } from './array-file.ts'
import { readStretch } from './array-file.ts'

const pixels = 3 * 32 * 32
const byte: ArrayType = { kind: 'uint', bytes: 1, isLittle: true }

/** CIFAR's binary batches: one label (CIFAR-10) or a coarse and a fine one (CIFAR-100) before each picture. */
export const cifarBinary: ArrayContainer = {
  open: async (entry, head) => {
    if (!/\.bin$/i.test(entry.path)) return null
    const labels = [1, 2].find((count) => {
      const limits = count === 1 ? [10] : [20, 100]
      return entry.size > 0 && entry.size % (count + pixels) === 0 && fits(head, count, limits)
    })
    if (labels === undefined) return null
    const record = labels + pixels
    const count = entry.size / record
    const name = entry.path.replace(/\.bin$/i, '')
    const ofLabel = (label: string, place: number) => ({
      name: `${name}/${label}`,
      shape: [count],
      type: byte,
      isChannelsFirst: false,
      read: () => cutRecords(readStretch(entry, 0, entry.size), record, place, 1),
    })
    return [
      {
        name: `${name}/data`,
        shape: [count, 3, 32, 32],
        type: byte,
        isChannelsFirst: true,
        read: () => cutRecords(readStretch(entry, 0, entry.size), record, labels, pixels),
      },
      ...(labels === 1 ? [ofLabel('labels', 0)] : [ofLabel('coarse_labels', 0), ofLabel('fine_labels', 1)]),
    ]
  },
}

/** Whether every label in the head is one. */
function fits(head: Uint8Array, labels: number, limits: readonly number[]): boolean {
  for (let at = 0; at + labels <= head.length; at += labels + pixels)
    if (limits.some((limit, index) => (head[at + index] ?? 0) >= limit)) return false
  return true
}

/** The same stretch of every record. */
async function* cutRecords(
  pieces: AsyncIterable<Uint8Array>,
  record: number,
  from: number,
  count: number,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const piece of pieces) {
    const all = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const records = Math.floor(all.length / record)
    const cut = new Uint8Array(records * count)
    for (let index = 0; index < records; index++)
      cut.set(all.subarray(index * record + from, index * record + from + count), index * count)
    if (records > 0) yield cut
    rest = all.slice(records * record)
  }
}
