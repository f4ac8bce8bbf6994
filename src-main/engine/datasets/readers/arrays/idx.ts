import { InvalidData } from '../../invalid-data.ts'
import type { ArrayContainer, ArrayType } from './array-file.ts'
import { byteLength, readStretch } from './array-file.ts'

const types: Readonly<Record<number, Omit<ArrayType, 'isLittle'>>> = {
  0x08: { kind: 'uint', bytes: 1 },
  0x09: { kind: 'int', bytes: 1 },
  0x0b: { kind: 'int', bytes: 2 },
  0x0c: { kind: 'int', bytes: 4 },
  0x0d: { kind: 'float', bytes: 4 },
  0x0e: { kind: 'float', bytes: 8 },
}
const mostAxes = 6

/** idx, the format of MNIST: two zeros, a type, the number of axes, their lengths and the values, all big-endian. */
export const idx: ArrayContainer = {
  open: async (entry, head) => {
    const type = types[head[2] ?? 0]
    const axes = head[3] ?? 0
    if (head[0] !== 0 || head[1] !== 0 || type === undefined || axes < 1 || axes > mostAxes) return null
    const from = 4 + 4 * axes
    if (head.length < from)
      throw new InvalidData({
        en: `"${entry.path}" ends inside its header.`,
        ko: `"${entry.path}" 파일이 헤더 중간에서 끝납니다. 파일이 잘린 것입니다.`,
      })
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis))
    const count = byteLength(entry.path, shape, { ...type, isLittle: false })
    return [
      {
        name: entry.path,
        shape,
        type: { ...type, isLittle: false },
        isChannelsFirst: false,
        read: () => readStretch(entry, from, count),
      },
    ]
  },
}
