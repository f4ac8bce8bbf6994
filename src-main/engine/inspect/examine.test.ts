import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobProgress } from '../../common/contract.ts'
import type { EngineSubject } from '../../common/training/explanation.ts'
import type { Model } from '../../common/graph/graph.ts'
import type { Backend } from '../backends/backend.ts'
import { buildDecoders } from '../datasets/testing/decoders.ts'
import type { TestDecoders } from '../datasets/testing/decoders.ts'
import { greyPng, writeFiles } from '../datasets/testing/pictures.ts'
import { createDatasetStore } from '../datasets/store.ts'
import { chain, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { createExaminer } from './examine.ts'
import type { Examiner } from './examine.ts'
import { createJobs } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import { createInspector } from './look.ts'
import type { Inspector } from './look.ts'

const cnn = chain(
  'cnn',
  ['input', { shape: [8, 8, 1] }],
  ['conv2d', { filters: 2, kernelSize: 3, padding: 'same' }],
  ['maxPooling2d', { poolSize: 2 }],
  ['conv2d', { filters: 3, kernelSize: 3 }],
  ['flatten', {}],
  ['dense', { units: 1, activation: 'sigmoid' }],
)
const mlp = chain('mlp', ['input', { shape: [8, 8, 1] }], ['flatten', {}], ['dense', { units: 1 }])
const question = { method: 'gradCam', target: null, patch: 3, stride: 1 } as const

/** A folder of sixteen 8×8 pictures of two classes. */
async function writePets(folder: string): Promise<void> {
  const files = Array.from({ length: 16 }, (_, index) => [
    `pets/${index % 2 === 0 ? 'dark' : 'light'}/${index}.png`,
    greyPng(index % 2 === 0 ? 20 + index : 200 + index),
  ])
  await writeFiles(folder, Object.fromEntries(files) as Record<string, Uint8Array>)
}

describe('asking a model why', () => {
  let folder: string
  let decoders: TestDecoders
  let backend: Backend
  let inspector: Inspector
  let examiner: Examiner
  let jobs: Jobs
  let heard: (progress: JobProgress) => void = () => undefined
  let source: Extract<EngineSubject, { model: Model }>['source']
  const subjectOf = (model: Model) => ({ model, recipe: tinyProject([model]).recipe, source })
  const picture = { part: 'train', index: 0 } as const
  const given = (side: number, value = 90) => ({
    shape: [side, side, 1],
    pixels: new Uint8Array(side * side).fill(value),
  })

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'convas-examine-'))
    await writePets(folder)
    decoders = await buildDecoders({ tensorflow: false })
    backend = ((await openForTest('tensorflow')) ?? (await openForTest('wasm'))) as Backend
    const datasets = createDatasetStore({
      cacheFolder: path.join(folder, 'cache'),
      decoders: decoders.pool,
      tell: () => undefined,
    })
    source = {
      path: path.join(folder, 'pets'),
      options: { format: 'pictures', width: 8, height: 8, channels: 1, fit: 'stretch' },
    }
    jobs = createJobs((progress) => heard(progress))
    inspector = createInspector(backend, datasets, decoders.pool)
    examiner = createExaminer({ backend, datasets, decoders: decoders.pool, jobs, looking: inspector })
  })
  afterAll(async () => {
    decoders.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('a picture that was brought along is looked at like one of the data, and one of another size is refused', async () => {
    const subject = subjectOf(cnn)
    const asked = await examiner.explain({ subject, sample: given(8), settings: question, job: '' })
    expect(asked).toMatchObject({ ok: true, value: { shape: [8, 8], source: { node: 'conv2d3', shape: [2, 2] } } })
    const refused = await examiner.explain({ subject, sample: given(9), settings: question, job: '' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid-model' } })
  })

  test('a model without a convolution is told in both languages why Grad-CAM cannot be', async () => {
    const asked = await examiner.explain({ subject: subjectOf(mlp), sample: picture, settings: question, job: '' })
    expect(asked).toMatchObject({ ok: false, error: { code: 'unsupported' } })
    expect(asked.ok ? '' : asked.error.text?.en).toContain('no convolution')
    expect(asked.ok ? '' : asked.error.text?.ko).toContain('합성곱 층이 없습니다')
  })

  test('what takes a while tells how far it is and can be cancelled', async () => {
    const told: JobProgress['state'][] = []
    heard = ({ job, state }) => {
      if (job !== 'mine') return
      told.push(state)
      jobs.cancel('mine')
    }
    const settings = { ...question, method: 'occlusion', patch: 1 } as const
    const asked = await examiner.explain({ subject: subjectOf(cnn), sample: picture, settings, job: 'mine' })
    expect(asked).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    expect(told).toEqual(['running', 'cancelled'])
    heard = () => undefined
  })

  test('stages have what every layer makes of each sample, and the answer', async () => {
    const subject = subjectOf(cnn)
    const stages = await examiner.stages({ subject, samples: [picture, given(8)], size: null })
    const probe = await inspector.untrained({ ...subjectOf(cnn), picture, nodes: ['conv2d3'], weights: [] })
    if (!stages.ok || !probe.ok) throw new Error('both were expected')
    expect(stages.value.nodes).toEqual(cnn.nodes.map(({ id }) => id))
    expect(stages.value.rows.map(({ label, maps }) => [label, maps.length])).toEqual([
      [expect.any(Number), 6],
      [null, 6],
    ])
    expect(stages.value.rows[0]?.maps[3]).toEqual(probe.value.maps[0])
    expect(stages.value.rows[0]?.prediction).toEqual(probe.value.prediction)
  })

  test('at another size only the layers take part that work at any, with the same kernels', async () => {
    const subject = subjectOf(cnn)
    const stages = await examiner.stages({ subject, samples: [given(20)], size: 20 })
    if (!stages.ok) throw new Error(stages.error.message)
    expect(stages.value.rows[0]?.maps.map(({ node, shape }) => [node, shape])).toEqual([
      ['in', [20, 20, 1]],
      ['conv2d1', [20, 20, 2]],
      ['maxPooling2d2', [10, 10, 2]],
      ['conv2d3', [8, 8, 3]],
    ])
    // An even picture gives in the middle what the same kernels give at the model's own size.
    const own = await examiner.stages({ subject, samples: [given(8)], size: null })
    const middle = (side: number, maps?: { readonly data: Float32Array }) =>
      maps?.data.slice(((side / 2) * side + side / 2) * 2, ((side / 2) * side + side / 2) * 2 + 2)
    expect(middle(20, stages.value.rows[0]?.maps[1])).toEqual(
      middle(8, own.ok ? own.value.rows[0]?.maps[1] : undefined),
    )
    const refused = await examiner.stages({ subject: subjectOf(mlp), samples: [given(20)], size: 20 })
    expect(refused).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  })

  test('a picture file is resized as the data are, and what is no picture is told in a sentence', async () => {
    await writeFiles(folder, {
      'wide.png': greyPng(77, 30, 10),
      'notes.txt': 'no picture',
      'torn.png': greyPng(5).subarray(0, 40),
    })
    const open = (name: string, size: number | null = null) =>
      examiner.openPicture({ source, path: path.join(folder, name), size })
    expect(await open('wide.png')).toEqual({
      ok: true,
      value: { name: 'wide.png', shape: [8, 8, 1], pixels: new Uint8Array(64).fill(77), widthPx: 30, heightPx: 10 },
    })
    expect(await open('wide.png', 16)).toMatchObject({ ok: true, value: { shape: [16, 16, 1] } })
    for (const name of ['notes.txt', 'torn.png', 'missing.png', 'pets']) {
      const refused = await open(name)
      expect({ name, ok: refused.ok }).toEqual({ name, ok: false })
      expect(refused.ok ? '' : refused.error.message).toContain(name)
    }
  })
})
