import { readEntry } from '../../files/entry.ts'
import type { FileTree } from '../../files/file-tree.ts'
import { InvalidData } from '../../invalid-data.ts'
import type { ArrayContainer, NamedArray } from './array-file.ts'
import { readHead } from './array-file.ts'
import { cifarBinary } from './cifar-binary.ts'
import { cifarPython, labelNames } from './cifar-python.ts'
import { joinBatches } from './find-roles.ts'
import { idx } from './idx.ts'
import { looksPickled } from './pickle.ts'
import { npy } from './npy.ts'

/** Every kind of file that holds arrays. */
const containers: readonly ArrayContainer[] = [npy, idx, cifarPython, cifarBinary]
/** More files than that are pictures or something else. */
const mostFiles = 200
const largestNames = 1_000_000

const fashion = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]
const cifar10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

export interface OpenedArrays {
  readonly arrays: readonly NamedArray[]
  /** Names of the classes in the order of their labels; `areTold` by a file, else those of a data set that is known. */
  readonly classes: { readonly names: readonly string[]; readonly areTold: boolean } | null
}

/** Every array in the files, batches joined; null where there is none. Throws InvalidData for a damaged one. */
export async function openArrays(files: FileTree): Promise<OpenedArrays | null> {
  if (files.entries.length > mostFiles) return null
  const arrays: NamedArray[] = []
  let classes: readonly string[] | null = null
  for (const entry of files.entries) {
    if (entry.size === 0) {
      if (/\.(npy|npz|idx|bin|gz)$|ubyte/i.test(entry.path))
        throw new InvalidData({ en: `"${entry.path}" is empty.`, ko: `"${entry.path}" 파일이 비어 있습니다.` })
      continue
    }
    if (/(^|\/)(batches\.meta|fine_label_names)\.txt$/i.test(entry.path)) {
      const text = new TextDecoder().decode(await readEntry(entry.location, largestNames))
      classes = text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
      continue
    }
    const head = await readHead(entry)
    if (/(^|\/)(batches\.)?meta$/i.test(entry.path) && looksPickled(head)) {
      classes = labelNames(await readEntry(entry.location, largestNames))?.labels ?? classes
      continue
    }
    for (const container of containers) {
      const found = await container.open(entry, head)
      if (found === null) continue
      arrays.push(...found)
      break
    }
  }
  if (arrays.length === 0) return null
  const isFashion = /fashion/i.test(files.name) || files.entries.some(({ path }) => /fashion/i.test(path))
  const isCifar10 =
    arrays.some(({ isChannelsFirst, name }) => isChannelsFirst && /\/data$/.test(name)) &&
    arrays.every(({ name }) => !/fine_labels|coarse_labels/.test(name))
  const known = isFashion ? fashion : isCifar10 ? cifar10 : null
  const names = classes ?? known
  return { arrays: joinBatches(arrays), classes: names && { names, areTold: classes !== null } }
}
