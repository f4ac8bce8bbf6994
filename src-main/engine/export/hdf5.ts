import type { Dataset, File, Group } from 'h5wasm'
import type { Shape } from '../../common/graph/graph.ts'
import { InvalidData } from '../datasets/invalid-data.ts'

/** HDF5 compiled to WebAssembly: it sees a file system of its own in memory, never the machine's. */
async function openLibrary() {
  const library = await import('h5wasm')
  const { FS } = await library.ready
  return { library, FS }
}

export interface Hdf5Array {
  readonly shape: Shape
  readonly values: Float32Array
}

/** A group to write: attributes of text, arrays and further groups by name. */
export interface Hdf5Tree {
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>
  readonly arrays?: Readonly<Record<string, Hdf5Array>>
  readonly groups?: Readonly<Record<string, Hdf5Tree>>
}

let counter = 0

/** The bytes of an HDF5 file; strings are UTF-8 of any length, numbers float32. */
export async function writeHdf5(tree: Hdf5Tree): Promise<Uint8Array> {
  const { library, FS } = await openLibrary()
  const name = `/written-${++counter}.h5`
  const file = new library.File(name, 'w')
  try {
    fill(file, tree)
    file.flush()
  } finally {
    file.close()
  }
  try {
    return FS.readFile(name)
  } finally {
    FS.unlink(name)
  }
}

function fill(group: Group, { attributes = {}, arrays = {}, groups = {} }: Hdf5Tree): void {
  for (const [name, value] of Object.entries(attributes))
    group.create_attribute(name, typeof value === 'string' ? value : [...value], null, 'S')
  for (const [name, { shape, values }] of Object.entries(arrays))
    group.create_dataset({ name, data: values, shape: [...shape], dtype: '<f' })
  for (const [name, inner] of Object.entries(groups)) fill(group.create_group(name), inner)
}

/** Somebody's HDF5 file, open while it is read. Paths that are not there give null. */
export interface Hdf5Reader {
  readonly text: (path: string, attribute: string) => string | null
  readonly texts: (path: string, attribute: string) => readonly string[] | null
  readonly names: (path: string) => readonly string[]
  /** Sizes of an array of numbers, without reading it; null where there is none. */
  readonly shapeOf: (path: string) => Shape | null
  /** Numbers as float32; at most `mostNumbers`, checked before memory is taken for them. Throws InvalidData. */
  readonly numbers: (path: string, mostNumbers: number) => Float32Array
}

/** Opens the bytes of a file and closes it after `use`. Throws InvalidData where it is no HDF5 file or a damaged one. */
export async function readHdf5<T>(bytes: Uint8Array, use: (reader: Hdf5Reader) => T): Promise<T> {
  const isHdf5 = Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from('\u0089HDF\r\n\u001a\n', 'latin1'))
  if (!isHdf5)
    throw new InvalidData({
      en: 'An HDF5 file was expected. Its first bytes are those of another kind of file.',
      ko: 'HDF5 파일이어야 합니다. 파일의 첫 바이트가 다른 종류의 파일입니다.',
    })
  const { library, FS } = await openLibrary()
  const name = `/read-${++counter}.h5`
  FS.writeFile(name, bytes)
  let file: File | null = null
  try {
    file = new library.File(name, 'r')
    return use(readerOf(file))
  } catch (error) {
    if (error instanceof InvalidData) throw error
    throw new InvalidData({
      en: 'A whole HDF5 file was expected. This one is damaged or ends too early: copy or save it again.',
      ko: '온전한 HDF5 파일이어야 합니다. 이 파일은 손상되었거나 중간에 끊겼습니다. 다시 복사하거나 저장하세요.',
    })
  } finally {
    try {
      file?.close()
    } finally {
      FS.unlink(name)
    }
  }
}

function readerOf(file: File): Hdf5Reader {
  const at = (path: string): Group | Dataset | null => {
    const found = path === '/' ? file : file.get(path)
    return found !== null && 'attrs' in found ? (found as Group | Dataset) : null
  }
  const arrayAt = (path: string): Dataset | null => {
    const found = at(path)
    return found !== null && found.type.valueOf() === 'Dataset' ? (found as Dataset) : null
  }
  const attribute = (path: string, name: string): unknown => at(path)?.attrs[name]?.value
  const textOf = (value: unknown): string | null =>
    typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : null
  return {
    text: (path, name) => textOf(attribute(path, name)),
    texts: (path, name) => {
      const value = attribute(path, name)
      if (!Array.isArray(value)) return null
      return value.map((one) => textOf(one) ?? '')
    },
    names: (path) => {
      const found = at(path)
      return found !== null && found.type.valueOf() === 'Group' ? (found as Group).keys() : []
    },
    shapeOf: (path) => arrayAt(path)?.shape ?? null,
    numbers: (path, mostNumbers) => {
      const array = arrayAt(path)
      if (array === null)
        throw new InvalidData({
          en: `Numbers were expected at "${path}". Nothing is there.`,
          ko: `"${path}" 위치에 수가 있어야 합니다. 아무것도 없습니다.`,
        })
      const count = (array.shape ?? []).reduce((product, length) => product * length, 1)
      if (!(count <= mostNumbers))
        throw new InvalidData({
          en: `At most ${mostNumbers} numbers were expected at "${path}". It claims ${count}.`,
          ko: `"${path}" 위치의 수는 ${mostNumbers}개까지여야 합니다. 적힌 개수: ${count}.`,
        })
      const { type, size } = array.metadata
      if (type !== 1 && type !== 0)
        throw new InvalidData({ en: `Numbers were expected at "${path}".`, ko: `"${path}" 위치에 수가 있어야 합니다.` })
      const value = array.value
      if (value instanceof Float32Array) return value
      if (typeof value === 'number') return Float32Array.of(value)
      if (ArrayBuffer.isView(value) && size <= 8) return Float32Array.from(value as Float64Array, Number)
      throw new InvalidData({
        en: `Numbers of at most 64 bits were expected at "${path}".`,
        ko: `"${path}" 위치에 64비트까지의 수가 있어야 합니다.`,
      })
    },
  }
}
