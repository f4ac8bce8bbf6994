import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ExportFormat } from '../../common/export/formats.ts'
import { layerTypes } from '../../common/layers/registry.ts'
import type { Model } from '../../common/graph/graph.ts'
import type { Project } from '../../common/project/project.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Result } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { createDatasetStore } from '../datasets/store.ts'
import type { DatasetStore } from '../datasets/store.ts'
import { buildDecoders } from '../datasets/testing/decoders.ts'
import type { TestDecoders } from '../datasets/testing/decoders.ts'
import { createImporter } from '../import/importer.ts'
import { createJobs } from '../inspect/jobs.ts'
import type { KerasPython } from '../testing/keras.ts'
import { findKeras } from '../testing/keras.ts'
import { chain, tinyCnn, tinyDataset, tinyMlp, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { createExporter } from './exporter.ts'
import type { Exporter } from './exporter.ts'

const fixtures = path.join(__dirname, '../import/fixtures')
let root: string
let decoders: TestDecoders
let backend: Backend
let exporter: Exporter
let python: KerasPython
/** Runs of imported models: together they have every layer type but those of Keras alone. */
const runs: { readonly name: string; readonly project: Project; readonly folder: string }[] = []

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'convas-export-'))
  python = await findKeras()
  if (!python.ok) console.warn(`Exported scripts are not run: ${python.reason}`)
  decoders = await buildDecoders({ tensorflow: false })
  backend = ((await openForTest('tensorflow')) ?? (await openForTest('wasm'))) as Backend
  const store = createDatasetStore({
    cacheFolder: path.join(root, 'cache'),
    decoders: decoders.pool,
    tell: () => undefined,
  })
  const opening = async () => ({ ok: true as const, value: backend })
  const importer = createImporter({ backend: opening, datasets: store })
  for (const name of ['every-picture-layer', 'every-series-layer']) {
    const folder = path.join(root, 'runs', name)
    const imported = await importer.import({
      file: path.join(fixtures, `${name}.keras`),
      source: null,
      into: { folder, run: name },
    })
    runs.push({ name, folder, project: valueOf(imported).project })
  }
  // 201 pictures, in memory.
  const datasets: DatasetStore = { ...store, open: async () => ({ ok: true, value: tinyDataset() }) }
  exporter = createExporter({ backend: opening, datasets, jobs: createJobs(() => undefined) })
}, 300_000)

afterAll(async () => {
  decoders.close()
  await rm(root, { recursive: true, force: true })
})

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

async function write(project: Project, as: ExportFormat, to: string, folder: string | null = null) {
  const models = project.models.map(({ id }) => id)
  return exporter.export({ project, folder, models, as, to: path.join(root, to), job: '' })
}

test('the models that are written have every layer type', () => {
  const present = new Set(
    runs.flatMap(({ project }) => project.models.flatMap(({ nodes }) => nodes.map((one) => one.layer))),
  )
  expect(layerTypes.filter((type) => !present.has(type))).toEqual([])
})

const everything: Partial<Recipe> = {
  optimizer: { type: 'adamw', learningRate: 0.003, weightDecay: 0.01 },
  schedule: { type: 'cosine', warmupSteps: 5, floor: 0.1 },
  clipping: { type: 'norm', limit: 1 },
  labelSmoothing: 0.1,
  classWeights: 'balanced',
  earlyStopping: { monitor: 'auc', patience: 2, minDelta: 0.001, restoreBest: true },
  epochs: 2,
}
const plateau: Partial<Recipe> = {
  optimizer: { type: 'rmsprop', learningRate: 0.003, momentum: 0.5, centered: true },
  schedule: { type: 'plateau', monitor: 'loss', factor: 0.5, patience: 1, minDelta: 0, cooldown: 1, minimum: 1e-4 },
  clipping: { type: 'globalNorm', limit: 1 },
  loss: 'hinge',
  classWeights: { left: 2 },
  epochs: 2,
}
const pair: Model = chain(
  'pair',
  ['input', { shape: [8, 8, 1] }],
  ['flatten', {}],
  ['dense', { units: 2, activation: 'softmax', kernelRegularizer: 'l1', regularizerStrength: 0.01 }],
)

/** Runs scripts and opens .h5 files in one process: loading Keras takes seconds. */
const driver = `
import json, runpy, sys
import keras, numpy as np
said = []
for what, *words in json.loads(sys.argv[1]):
    if what == "run":
        sys.argv = words
        try:
            runpy.run_path(words[0], run_name="__main__")
        except SystemExit as end:
            said.append(end.code)
    else:
        samples = np.load(words[1])
        answers = keras.models.load_model(words[0]).predict(samples["x"], verbose=0)
        said.append(float(np.abs(answers - samples["y"]).max()))
print(json.dumps(said))
`

test('exported Keras scripts and .h5 files run, and answer as Convas does for every layer', async (context) => {
  if (!python.ok) return context.skip(python.reason)
  const within = (...parts: readonly string[]) => path.join(root, ...parts)
  const jobs: (readonly string[])[] = []
  for (const { name, project, folder } of runs) {
    valueOf(await write(project, 'keras', `${name}-keras`, folder))
    valueOf(await write(project, 'keras-h5', `${name}.h5`, folder))
    // Holds shapes and counts against ours, and ends with 1 where an answer is further off than 1e-4.
    jobs.push(['run', within(`${name}-keras`, 'model.py'), '--check'])
    jobs.push(['open', within(`${name}.h5`), within(`${name}-keras`, 'model-check.npz')])
  }
  const projects = {
    everything: tinyProject([tinyCnn], everything),
    plateau: tinyProject([tinyMlp], plateau),
    pair: tinyProject([pair], {
      loss: 'sparseCategoricalCrossentropy',
      schedule: { type: 'step', stepSize: 1, gamma: 0.1 },
    }),
  }
  for (const [name, project] of Object.entries(projects)) {
    valueOf(await write(project, 'keras', name))
    jobs.push(['run', within(name, `${project.models[0]?.id}.py`), '--epochs', '2'])
  }
  const text = (await python.run('-c', driver, JSON.stringify(jobs))).trim().split('\n')
  const [checked, opened, second, third, ...trained] = JSON.parse(text.at(-1) ?? '[]') as number[]
  expect([checked, second, ...trained]).toEqual([0, 0, 0, 0, 0])
  expect(Math.max(opened as number, third as number)).toBeLessThan(1e-4)
  expect(text.filter((line) => /^test: accuracy \d\.\d+, (auc \d\.\d+, )?loss \d/.test(line)).length).toBe(3)
}, 240_000)

test('a .h5 that we wrote comes back with its weights, and tfjs answers as we do', async () => {
  const importer = createImporter({
    backend: async () => ({ ok: true, value: backend }),
    datasets: { catalogue: async () => [] } as unknown as DatasetStore,
  })
  const answers = JSON.parse(await readFile(path.join(fixtures, 'answers.json'), 'utf8')) as Record<string, object>
  for (const { name, project, folder } of runs) {
    const file = path.join(root, `${name}-again.h5`)
    valueOf(await exporter.export({ project, folder, models: ['model'], as: 'keras-h5', to: file, job: '' }))
    const again = path.join(root, 'again', name)
    const back = valueOf(await importer.import({ file, source: null, into: { folder: again, run: 'r' } }))
    const kinds = ({ models }: Project) => models[0]?.nodes.map(({ layer, params }) => [layer, params])
    expect(kinds(back.project)?.length).toBe(kinds(project)?.length)
    const snapshot = path.join('snapshots', 'model', 'epoch-0000.bin')
    const numbers = async (place: string) => (await readFile(path.join(place, snapshot))).subarray(-4_000, -32)
    expect(await numbers(again)).toEqual(await numbers(folder))

    valueOf(await write(project, 'tfjs', `${name}-tfjs`, folder))
    const place = path.join(root, `${name}-tfjs`)
    const description = JSON.parse(await readFile(path.join(place, 'model.json'), 'utf8')) as {
      readonly modelTopology: object
      readonly weightsManifest: readonly {
        readonly paths: readonly string[]
        readonly weights: { name: string; shape: number[]; dtype: 'float32' }[]
      }[]
    }
    const [group] = description.weightsManifest
    const bytes = Buffer.concat(await Promise.all((group?.paths ?? []).map((one) => readFile(path.join(place, one)))))
    const loaded = await backend.tf.loadLayersModel({
      load: async () => ({
        modelTopology: description.modelTopology,
        weightSpecs: group?.weights ?? [],
        weightData: new Uint8Array(bytes).buffer,
      }),
    })
    const { x, y, shape } = answers[name] as { readonly [key in 'x' | 'y' | 'shape']: number[] }
    const said = backend.tf.tidy(() => (loaded.predict(backend.tf.tensor(x, [4, ...shape])) as tf.Tensor).dataSync())
    expect(Math.max(...y.map((value, index) => Math.abs(value - (said[index] as number))))).toBeLessThan(1e-5)
    loaded.dispose()
  }
})

test('a script says what it leaves out, and names cannot end a string or a comment', async () => {
  const project = tinyProject([{ ...tinyCnn, name: 'a"""\nimport os\n"""\\' }], {
    augmentation: { horizontalFlip: true } as never,
    earlyStopping: { monitor: 'f1', patience: 2, minDelta: 0, restoreBest: true },
  })
  const { notes } = valueOf(await write(project, 'keras', 'notes'))
  expect(notes.map(({ en }) => en).join('\n')).toMatch(/Augmentation is left out[^]*"f1" as Convas does/)
  const script = await readFile(path.join(root, 'notes', 'cnn.py'), 'utf8')
  expect(script).toContain("- Keras does not measure 'f1' as Convas does")
  expect(script.split('\n')[0]).toBe(`"""a''' import os '''', of the project Tiny. Written by Convas.`)
})

test('what cannot be exported leaves nothing behind', async () => {
  const bent = chain(
    'bent',
    ['input', { shape: [8, 8, 1] }],
    ['flatten', {}],
    ['dense', { units: 1, activation: 'hardSigmoid' }],
  )
  const refused = await write(tinyProject([bent]), 'keras-h5', 'bent.h5')
  expect(refused).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  const open = chain('open', ['input', { shape: [8, 8, 1] }], ['conv2d', { filters: 0 }])
  expect(await write(tinyProject([open]), 'keras', 'open')).toMatchObject({
    ok: false,
    error: { code: 'invalid-model' },
  })
  expect(await write(tinyProject([tinyCnn]), 'keras', 'notes')).toMatchObject({ ok: false })
  const left = await readdir(root)
  expect(left.filter((name) => /bent|open|part/.test(name))).toEqual([])
})
