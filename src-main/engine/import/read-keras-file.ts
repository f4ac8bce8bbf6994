import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { weightNames } from '../../common/export/keras-script.ts'
import type { ExportedLayer } from '../../common/export/exported-model.ts'
import type { ReadKerasModel } from '../../common/export/read-keras-model.ts'
import { readKerasModel } from '../../common/export/read-keras-model.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { NamedWeight } from '../compile/compile.ts'
import { compileModel } from '../compile/compile.ts'
import type { FileEntry } from '../datasets/files/file-tree.ts'
import { readEntry } from '../datasets/files/entry.ts'
import { listZip } from '../datasets/files/zip.ts'
import { InvalidData } from '../datasets/invalid-data.ts'
import type { Hdf5Reader } from '../export/hdf5.ts'
import { readHdf5 } from '../export/hdf5.ts'
import type { WeightList } from '../export/save-models.ts'

/** A model of Keras with its weights, whole. */
export interface ImportedModel {
  readonly read: ReadKerasModel
  readonly weights: WeightList
}

const mostFileBytes = 2 ** 30
const mostConfigBytes = 32 * 2 ** 20
const mostConfigDepth = 64

/**
 * Reads a .h5 or .keras file. Nothing in it is run: configurations are compared with what Convas knows, and numbers are read
 * only where the model has a weight of just that shape. Throws InvalidData.
 */
export async function readKerasFile(file: string, backend: Backend): Promise<Result<ImportedModel>> {
  const { size } = await stat(file)
  if (size > mostFileBytes)
    throw new InvalidData(
      {
        en: `A model file of at most 1 GB was expected. Received: ${size} bytes.`,
        ko: `모델 파일은 1 GB까지여야 합니다. 받은 크기: ${size}바이트.`,
      },
      'invalid-model',
    )
  const head = Buffer.alloc(4)
  const handle = await open(file, 'r')
  try {
    await handle.read(head, 0, 4, 0)
  } finally {
    await handle.close()
  }
  const title = path.basename(file).replace(/\.(h5|hdf5|keras)$/i, '') || 'model'
  if (head.toString('latin1') === 'PK\u0003\u0004') return readArchive(file, title, backend)
  const bytes = await readEntry({ kind: 'file', file, size }, mostFileBytes)
  return readHdf5(bytes, (reader) => {
    const text = reader.text('/', 'model_config')
    if (text === null)
      return failureIn('invalid-model', {
        en: 'The file holds no description of a model: weights alone do not say which layers they are of. Save the whole model with model.save().',
        ko: '파일에 모델 설명이 없습니다. 가중치만으로는 어떤 층인지 알 수 없으니 model.save()로 모델 전체를 저장하세요.',
      })
    const config = parseConfig(text)
    const version = Number((reader.text('/', 'keras_version') ?? '2').split('.')[0])
    return assemble(config, { title, version, backend }, (model) => weightsOfFile(reader, model))
  })
}

/** A .keras file: a zip of config.json, metadata.json and model.weights.h5. */
async function readArchive(file: string, title: string, backend: Backend): Promise<Result<ImportedModel>> {
  const { entries } = await listZip(file, '')
  const find = (name: string): FileEntry => {
    const entry = entries.find((one) => one.path === name)
    if (entry === undefined)
      throw new InvalidData(
        {
          en: `A .keras file with a "${name}" was expected. The archive holds none.`,
          ko: `.keras 파일에 "${name}" 항목이 있어야 합니다. 압축 파일에 없습니다.`,
        },
        'invalid-model',
      )
    return entry
  }
  const config = parseConfig(decode(await readEntry(find('config.json').location, mostConfigBytes)))
  const weights = await readEntry(find('model.weights.h5').location, mostFileBytes)
  return readHdf5(weights, (reader) =>
    assemble(config, { title, version: 3, backend }, (model) => weightsOfArchive(reader, model)),
  )
}

interface About {
  readonly title: string
  readonly version: number
  readonly backend: Backend
}

/** Paths of each layer's numbers, in the order of its weights in Keras. */
type FindPaths = (model: ReadKerasModel) => (layer: ExportedLayer) => readonly string[]
type ReadNumbers = { readonly reader: Hdf5Reader; readonly pathsOf: ReturnType<FindPaths> }

function assemble(
  config: unknown,
  { title, version, backend }: About,
  numbers: (model: ReadKerasModel) => ReadNumbers,
): Result<ImportedModel> {
  const read = readKerasModel(config, title, version)
  if (!read.ok) return read
  const { exported } = read.value
  // Built once, so that every weight's shape is known before a number is read.
  const compiled = compileModel(backend, exported.model, 1)
  if (!compiled.ok) return compiled
  const expected = compiled.value.weights.map(({ node, name, shape }) => ({ node, name, shape }))
  compiled.value.dispose()
  const { reader, pathsOf } = numbers(read.value)
  const weights = exported.layers.flatMap((layer) => readLayer(layer, expected, pathsOf(layer), reader))
  return success({ read: read.value, weights })
}

function readLayer(
  layer: ExportedLayer,
  expected: readonly Pick<NamedWeight, 'node' | 'name' | 'shape'>[],
  paths: readonly string[],
  reader: Hdf5Reader,
): WeightList {
  const names = weightNames(layer)
  const shown = layer.node.name ?? layer.id
  if (paths.length !== names.length)
    throw new InvalidData(
      {
        en: `"${shown}" has ${names.length} weights (${names.join(', ')}); the file holds ${paths.length} for it. Nothing was imported.`,
        ko: `"${shown}" 층의 가중치는 ${names.length}개(${names.join(', ')})인데 파일에는 ${paths.length}개 있습니다. 아무것도 가져오지 않았습니다.`,
      },
      'invalid-model',
    )
  return names.map((name, index) => {
    const weight = expected.find((one) => one.node === layer.id && one.name === name)
    const place = paths[index] as string
    const shape = reader.shapeOf(place)
    if (weight === undefined || shape === null || shape.join() !== weight.shape.join())
      throw new InvalidData(
        {
          en: `The ${name} of "${shown}" has the shape ${weight?.shape.join('×') ?? '?'}; the file holds ${shape?.join('×') ?? 'nothing'} for it. Nothing was imported.`,
          ko: `"${shown}" 층의 ${name} 크기가 파일과 맞지 않습니다. 층: ${weight?.shape.join('×') ?? '?'}. 파일: ${shape?.join('×') ?? '없음'}. 아무것도 가져오지 않았습니다.`,
        },
        'invalid-model',
      )
    const values = reader.numbers(
      place,
      weight.shape.reduce((product, length) => product * length, 1),
    )
    return { node: layer.id, name, shape: weight.shape, values }
  })
}

/** `model_weights/<layer>`, whose attribute lists the paths below it in the order of the layer's weights. */
function weightsOfFile(reader: Hdf5Reader, { layers }: ReadKerasModel): ReadNumbers {
  const root = reader.names('/').includes('model_weights') ? '/model_weights' : ''
  return {
    reader,
    pathsOf: ({ id }) => {
      const { kerasName = id } = layers.get(id) ?? {}
      const group = `${root}/${kerasName}`
      return (reader.texts(group, 'weight_names') ?? []).map((name) => `${group}/${name}`)
    },
  }
}

/**
 * `layers/<class in snake_case, numbered>/vars/0`, …: groups say which layer they are of, those of the first versions of
 * Keras 3 only by counting the layers of each class.
 */
function weightsOfArchive(reader: Hdf5Reader, { layers, listed }: ReadKerasModel): ReadNumbers {
  const root = ['/layers', '/_layer_checkpoint_dependencies', '/_functional/layers'].find(
    (place) => reader.names(place).length > 0,
  )
  const groups = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const { kerasName, className } of listed) {
    const base = snakeClass(className)
    const count = counts.get(base) ?? 0
    counts.set(base, count + 1)
    groups.set(kerasName, `${root}/${count === 0 ? base : `${base}_${count}`}`)
  }
  for (const group of root === undefined ? [] : reader.names(root)) {
    const said = reader.text(`${root}/${group}/vars`, 'name')
    if (said !== null) groups.set(said, `${root}/${group}`)
  }
  return {
    reader,
    pathsOf: ({ id }) => {
      const { kerasName = id } = layers.get(id) ?? {}
      const place = `${groups.get(kerasName) ?? ''}/vars`
      return reader
        .names(place)
        .filter((name) => /^\d+$/.test(name))
        .sort((one, other) => Number(one) - Number(other))
        .map((name) => `${place}/${name}`)
    },
  }
}

/** As Keras's `to_snake_case`: "Conv2D" is "conv2d", "ReLU" is "re_lu". */
function snakeClass(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function parseConfig(text: string): unknown {
  if (text.length > mostConfigBytes)
    throw new InvalidData(
      { en: 'A description of at most 32 MB was expected.', ko: '모델 설명은 32 MB까지여야 합니다.' },
      'invalid-model',
    )
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]
    if (letter === '[' || letter === '{') deepest = Math.max(deepest, ++depth)
    else if (letter === ']' || letter === '}') depth--
  }
  if (deepest > mostConfigDepth)
    throw new InvalidData(
      { en: 'The description of the model is nested too deeply.', ko: '모델 설명이 너무 깊게 중첩되어 있습니다.' },
      'invalid-model',
    )
  try {
    // Python writes Infinity and NaN, which JSON does not have.
    return JSON.parse(text.replace(/(?<=[:[,]\s*)-?(Infinity|NaN)(?=\s*[,\]}])/g, 'null'))
  } catch {
    throw new InvalidData(
      {
        en: 'The description of the model is damaged: it is not JSON.',
        ko: '모델 설명이 손상되었습니다. JSON이 아닙니다.',
      },
      'invalid-model',
    )
  }
}
