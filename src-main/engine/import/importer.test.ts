import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Project } from '../../common/project/project.ts'
import { readProject } from '../../common/project/read-project.ts'
import { writeProject } from '../../common/project/write-project.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import { writeZip } from '../datasets/testing/zip-writer.ts'
import { createDatasetStore } from '../datasets/store.ts'
import { buildDecoders } from '../datasets/testing/decoders.ts'
import type { TestDecoders } from '../datasets/testing/decoders.ts'
import { writeHdf5 } from '../export/hdf5.ts'
import { openForTest } from '../testing/native.ts'
import { writeWeights } from '../train/eager-step.ts'
import { readSnapshot } from '../train/run-folder.ts'
import { createImporter } from './importer.ts'
import type { Importer } from './importer.ts'

interface Answer {
  readonly parameters: number
  readonly shape: readonly number[]
  readonly x: readonly number[]
  readonly y: readonly number[]
}

const fixtures = path.join(__dirname, 'fixtures')
let root: string
let decoders: TestDecoders
let backend: Backend
let importer: Importer
let answers: Readonly<Record<string, Answer>>

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-import-'))
  answers = JSON.parse(await readFile(path.join(fixtures, 'answers.json'), 'utf8')) as typeof answers
  decoders = await buildDecoders({ tensorflow: false })
  backend = ((await openForTest('tensorflow')) ?? (await openForTest('wasm'))) as Backend
  const datasets = createDatasetStore({
    cacheFolder: path.join(root, 'cache'),
    decoders: decoders.pool,
    tell: () => undefined,
  })
  importer = createImporter({ backend: async () => ({ ok: true, value: backend }), datasets })
})

afterAll(async () => {
  decoders.close()
  await rm(root, { recursive: true, force: true })
})

/** What a project's only model answers with the weights of a run's first moment. */
async function answersOf(project: Project, folder: string, { x, shape }: Answer): Promise<Float32Array> {
  const [model] = project.models
  if (model === undefined) throw new Error('no model')
  const compiled = compileModel(backend, model, 1)
  const snapshot = await readSnapshot(folder, model.id, { epoch: 0 })
  if (!compiled.ok || !snapshot.ok) throw new Error('no weights')
  writeWeights(
    backend,
    compiled.value,
    snapshot.value.weights.map(({ values }) => values),
  )
  const y = backend.tf.tidy(
    () => compiled.value.forward(backend.tf.tensor([...x], [4, ...shape])).output.dataSync() as never,
  ) as unknown as Float32Array
  compiled.value.dispose()
  return y
}

describe.each(['h5', 'keras'])('a .%s file that Keras saved', (ending) => {
  test.each(['every-picture-layer', 'every-series-layer', 'chain'])('%s answers as in Keras', async (name) => {
    const expected = answers[name] as Answer
    const folder = path.join(root, `${name}-${ending}`)
    const result = await importer.import({
      file: path.join(fixtures, `${name}.${ending}`),
      source: null,
      into: { folder, run: 'r' },
    })
    if (!result.ok) throw new Error(result.error.message)
    const { project } = result.value
    expect(readProject(writeProject(project))).toMatchObject({ ok: true, value: { notices: [] } })
    const y = await answersOf(project, folder, expected)
    expect(y.length).toBe(expected.y.length)
    const difference = Math.max(...expected.y.map((value, index) => Math.abs(value - (y[index] as number))))
    expect(difference).toBeLessThan(1e-5)
  })
})

async function refusal(file: string): Promise<string> {
  const folder = path.join(root, 'refused')
  const result = await importer.import({ file, source: null, into: { folder, run: 'r' } })
  expect(await readdir(folder).catch(() => 'no folder')).toBe('no folder')
  return result.ok ? 'taken' : `${result.error.code}: ${result.error.message}`
}

async function written(name: string, content: Uint8Array): Promise<string> {
  await writeFile(path.join(root, name), content)
  return path.join(root, name)
}

const chainOf = (...layers: readonly object[]) =>
  JSON.stringify({
    class_name: 'Sequential',
    config: {
      name: 's',
      layers: [{ class_name: 'InputLayer', config: { name: 'i', batch_shape: [null, 4, 4, 1] } }, ...layers],
    },
  })
const dense = (config: object) => ({ class_name: 'Dense', config: { name: 'd', units: 2, ...config } })

test('an unknown layer is named and nothing is half imported', async () => {
  expect(await refusal(path.join(fixtures, 'unknown.keras'))).toBe(
    'unknown-layer: The model has layers that Convas does not know: "memory" (LSTM). Nothing was imported.',
  )
})

test('a setting without a counterpart is named', async () => {
  const conv = (config: object) => ({
    class_name: 'Conv2D',
    config: { name: 'c', filters: 2, kernel_size: [3, 3], ...config },
  })
  const cases = [
    [conv({ groups: 2 }), '"c" (Conv2D) is set to `groups` = 2'],
    [conv({ data_format: 'channels_first' }), '`data_format` = "channels_first"'],
    [conv({ padding: 'causal' }), '`padding` = "causal"'],
    [conv({ activation: 'gelu' }), '`activation` = "gelu"'],
    [conv({ activation: 'constructor' }), '`activation` = "constructor"'],
    [conv({ activation: 'hard_sigmoid' }), '`activation` = "hard_sigmoid"'],
    [conv({ constructor: 3 }), '`constructor` = 3'],
    [{ class_name: 'BatchNormalization', config: { name: 'b', axis: 1 } }, '"b" normalises another axis than the last'],
    [{ class_name: 'Lambda', config: { name: 'l', function: ['code'] } }, '"l" (Lambda)'],
  ] as const
  for (const [layer, words] of cases) {
    const content = await writeHdf5({
      attributes: { model_config: chainOf(layer), keras_version: '3.0.0' },
      groups: { model_weights: {} },
    })
    const said = await refusal(await written('setting.h5', content))
    expect(said).toContain(words)
    expect(said).toContain('Nothing was imported.')
  }
})

test('damaged and hostile files are answered with a sentence', async () => {
  const whole = await readFile(path.join(fixtures, 'chain.h5'))
  const archive = await readFile(path.join(fixtures, 'chain.keras'))
  const flat = [{ class_name: 'Flatten', config: { name: 'f' } }, dense({})]
  const huge = await writeHdf5({
    attributes: { model_config: chainOf(...flat), keras_version: '3.0.0' },
    groups: {
      model_weights: {
        groups: {
          d: {
            attributes: { weight_names: ['kernel', 'bias'] },
            arrays: {
              kernel: { shape: [15, 2], values: new Float32Array(30) },
              bias: { shape: [2], values: new Float32Array(2) },
            },
          },
        },
      },
    },
  })
  const config = (text: string) => writeHdf5({ attributes: { model_config: text }, groups: { model_weights: {} } })
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['empty.h5', new Uint8Array(0), /HDF5 file was expected/],
    ['words.h5', Buffer.from('hello, this is no model at all'), /HDF5 file was expected/],
    ['cut.h5', whole.subarray(0, 5_000), /ends too early: copy or save it again/],
    ['cut.keras', archive.subarray(0, 9_000), /cut off/],
    [
      'no-config.keras',
      writeZip([{ name: 'metadata.json', content: Buffer.from('{}') }]),
      /"config.json" was expected/,
    ],
    ['weights-only.h5', await writeHdf5({ groups: { model_weights: {} } }), /no description of a model/],
    ['no-json.h5', await config('{"class_name": '), /it is not JSON/],
    ['deep.h5', await config('['.repeat(200) + ']'.repeat(200)), /nested too deeply/],
    ['list.h5', await config('[1, 2]'), /an object was expected/],
    [
      'other.h5',
      await config('{"class_name":"Pipeline","config":{}}'),
      /A Sequential or functional model was expected/,
    ],
    ['shape.h5', huge, /kernel of "d" has the shape 16×2; the file holds 15×2/],
    ['none.h5', await config(chainOf(...flat)), /"d" has 2 weights \(kernel, bias\); the file holds 0/],
    [
      'wide.h5',
      await config(chainOf({ class_name: 'Flatten', config: { name: 'f' } }, dense({ units: 1e12 }))),
      /`units` = 1000000000000/,
    ],
    [
      'bomb.keras',
      writeZip([{ name: 'config.json', content: Buffer.alloc(10), claims: { size: 2 ** 31 } }]),
      /"config.json" was expected|at most/,
    ],
  ]
  for (const [name, content, words] of cases) expect(await refusal(await written(name, content))).toMatch(words)
})
