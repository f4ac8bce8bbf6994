import { readEntry } from '../../files/entry.ts'
import { InvalidData } from '../../invalid-data.ts'
import type { ArrayContainer, NamedArray } from './array-file.ts'
import { byteLength, sizeOf } from './array-file.ts'
import { typeOf } from './npy.ts'
import { decodePickle, itemsOf, looksPickled, textOf } from './pickle.ts'
import type { Pickled, PickledArray } from './pickle.ts'

const largestBytes = 400_000_000
const pixels = 3 * 32 * 32

/** Python batches: pickles of a dictionary with `data` [count, 3072] and labels, as CIFAR-10 and -100 come. */
export const cifarPython: ArrayContainer = {
  open: async (entry, head) => {
    if (!looksPickled(head)) return null
    const content = decodePickle(await readEntry(entry.location, largestBytes))
    if (!(content instanceof Map))
      throw new InvalidData({
        en: `"${entry.path}" is a pickle without a dictionary, as CIFAR's batches have one.`,
        ko: `"${entry.path}" 피클에 CIFAR 배치와 같은 딕셔너리가 없습니다.`,
      })
    const arrays: NamedArray[] = []
    for (const [key, value] of content) {
      const name = `${entry.path}/${key}`
      if (isArray(value)) arrays.push(fromArray(name, value))
      else if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number'))
        arrays.push(fromNumbers(name, value))
    }
    return arrays
  },
}

/** The names of the classes that a `batches.meta` (CIFAR-10) or `meta` (CIFAR-100) lists; null in any other file. */
export function labelNames(
  bytes: Uint8Array,
): { readonly labels: readonly string[]; readonly coarse: readonly string[] } | null {
  const content = decodePickle(bytes)
  if (!(content instanceof Map)) return null
  const list = (key: string) => {
    const names = content.get(key)
    return names === undefined ? null : itemsOf(names).map(textOf)
  }
  const labels = list('label_names') ?? list('fine_label_names')
  return labels === null ? null : { labels, coarse: list('coarse_label_names') ?? [] }
}

function isArray(value: Pickled): value is PickledArray {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'array'
}

function fromArray(name: string, { shape, dtype, isFortran, bytes }: PickledArray): NamedArray {
  const found = /^([a-zA-Z])(\d+)$/.exec(dtype?.descr ?? '')
  if (dtype === null || found === null)
    throw new InvalidData({
      en: `"${name}" must be an array of plain numbers. Its type is ${dtype?.descr ?? 'unknown'}.`,
      ko: `"${name}"에는 수로 된 배열이 있어야 합니다. 받은 자료형: ${dtype?.descr ?? '알 수 없음'}.`,
    })
  const type = typeOf(name, dtype.order, found[1] ?? '', Number(found[2]))
  if (byteLength(name, shape, type) !== bytes.length)
    throw new InvalidData({
      en: `"${name}" says that its shape is ${shape.join(' × ')}, and holds ${bytes.length} bytes.`,
      ko: `"${name}" 배열에 적힌 크기는 ${shape.join(' × ')}인데 실제로는 ${bytes.length}바이트가 들어 있습니다.`,
    })
  if (isFortran && shape.length > 1)
    throw new InvalidData({
      en: `"${name}" is stored column by column, which is not read.`,
      ko: `"${name}" 배열은 열 순서로 저장되어 있어 읽을 수 없습니다.`,
    })
  const isPictures = shape.length === 2 && shape[1] === pixels && type.kind === 'uint' && type.bytes === 1
  return {
    name,
    shape: isPictures ? [shape[0] ?? 0, 3, 32, 32] : shape.length === 0 ? [sizeOf(shape)] : shape,
    type,
    isChannelsFirst: isPictures,
    read: () => once(bytes),
  }
}

function fromNumbers(name: string, numbers: readonly number[]): NamedArray {
  const values = Float64Array.from(numbers)
  return {
    name,
    shape: [numbers.length],
    type: { kind: 'float', bytes: 8, isLittle: true },
    isChannelsFirst: false,
    read: () => once(new Uint8Array(values.buffer)),
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield bytes
}
