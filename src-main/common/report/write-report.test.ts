import { expect, test } from 'vitest'
import { comparedRun, compareModels } from '../comparison/compare-models.ts'
import type { DatasetDescriptor } from '../data/dataset.ts'
import { exportedModel } from '../export/exported-model.ts'
import type { Project } from '../project/project.ts'
import { templateById } from '../templates/registry.ts'
import type { Evaluation } from '../training/evaluation.ts'
import type { TrainingEvent } from '../training/events.ts'
import type { Recipe } from '../training/recipe.ts'
import { graphPicture, lineChart } from './svg.ts'
import { writeReport } from './write-report.ts'

const hostile = '<img src=x onerror=alert(1)>"\'&'
const template = templateById('lenet-cat-dog')
if (template === null) throw new Error('no template')
const project: Project = {
  ...template.project,
  name: hostile,
  models: template.project.models.map((model) => ({ ...model, name: `${model.id} ${hostile}` })),
}

const data: DatasetDescriptor = {
  title: 'Doodles',
  titles: { en: `Doodles ${hostile}`, ko: '낙서' },
  shape: [32, 32, 1],
  task: 'classification',
  classes: ['cat', hostile],
  counts: { train: 80, test: 8 },
  classCounts: [40, 40],
  testClassCounts: [4, 4],
  heldOut: 0,
  kind: 'pictures',
  values: null,
  series: null,
  origin: 'drawn',
  about: { en: '', ko: '' },
  hash: 'abc123',
}

/** Answers to eight samples, the first `wrong` of them wrong. */
function judged(model: string, wrong: number): Evaluation {
  const truths = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1)
  const classes = truths.map((label, index) => (index < wrong ? 1 - label : label))
  const counts = [0, 0, 0, 0]
  truths.forEach((label, index) => {
    counts[label * 2 + (classes[index] as number)] = (counts[label * 2 + (classes[index] as number)] ?? 0) + 1
  })
  return {
    model,
    epoch: 2,
    loss: 0.3,
    accuracy: 1 - wrong / 8,
    metrics: {},
    samples: 8,
    classes: 2,
    counts,
    answers: {
      part: 'test',
      positions: Int32Array.from({ length: 8 }, (_, index) => index),
      truths,
      classes,
      scores: null,
      probabilities: null,
    },
  }
}

const events = project.models.flatMap(({ id }): TrainingEvent[] =>
  [1, 2].map((epoch) => ({
    type: 'epoch',
    model: id,
    epoch,
    loss: 1 / epoch,
    accuracy: 0.5,
    valLoss: 2 / epoch,
    valAccuracy: 0.6,
    learningRate: 0.001,
    seconds: 1,
    samplesPerSecond: 1,
  })),
)

interface Asked {
  readonly language?: 'en' | 'ko'
  readonly recipe?: Partial<Recipe>
  readonly series?: DatasetDescriptor['series']
  /** Each is a run of the same two models with this seed. */
  readonly seeds?: readonly number[]
}

function report({ language = 'en', seeds = [1], recipe = {}, series = null }: Asked = {}): string {
  const runs = seeds.map((seed, index) => ({
    run: `r${index + 1}`,
    name: index === 0 ? '' : `Seed ${seed}`,
    project: { ...project, recipe: { ...project.recipe, ...recipe, seed } },
    events,
    versions: { convas: '1.2.3' },
  }))
  const comparison = compareModels(
    runs.flatMap((run) =>
      project.models.map(({ id }, index) => ({ of: comparedRun(run), test: judged(id, index * 4), validation: null })),
    ),
  )
  if (!comparison.ok) throw new Error(comparison.error.message)
  return writeReport({
    language,
    runs,
    data: { ...data, series },
    comparison: comparison.value,
    shift: [
      {
        kind: 'across',
        levels: [-1, 0, 1],
        samples: 8,
        accuracy: runs.flatMap(() => [
          [0.25, 1, 0.5],
          [0, 0.5, 0],
        ]),
      },
    ],
    written: '2026-01-02T00:00:00Z',
    models: runs.flatMap((_, run) =>
      project.models.map((model) => {
        const exported = exportedModel(model)
        if (!exported.ok) throw new Error(exported.error.message)
        const kernels = ['data:image/png;base64,AA==']
        return {
          run,
          exported: exported.value,
          notation: null,
          epoch: 2,
          pictures: [
            { layer: 'in', isInput: true, kernels: [], maps: [[0, 1, 2]], count: 1 },
            { layer: 'C1', isInput: false, kernels, maps: [], count: 6 },
          ],
        }
      }),
    ),
  })
}

test('a report asks nothing of any network and runs nothing', () => {
  const html = report()
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
  expect(html).not.toMatch(/<script|<link|<iframe|url\(|@import|href=|<img(?! alt="" src="data:image\/png)/)
  const addresses = html.match(/https?:\/\/[^"' ]*/g) ?? []
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']))
})

test('names of models, classes and data cannot become markup', () => {
  expect(report()).not.toContain('<img src=x')
  expect(report().split('&#60;img src=x onerror=alert(1)&#62;').length).toBeGreaterThan(10)
})

test('a report tells results with intervals, the pair in words, the data and the seed, in both languages', () => {
  const english = report()
  // 8 of 8, by Wilson's interval; the better one stands out.
  expect(english).toContain('<span class="best">100.0 % <small>(67.6–100.0)</small></span>')
  expect(english).toContain('<td>50.0 % <small>(21.5–78.5)</small></td>')
  expect(english).toContain('only A right 4 · only B right 0 · both right 4 · neither right 0 · p = 0.1250')
  for (const words of ['abc123', 'convas 1.2.3', 'drawn by a program', 'keras.Sequential', '<h2>Curves</h2>'])
    expect(english).toContain(words)
  expect(english).toContain('<th scope="row">Validation</th><td>25 % of the training part for validation</td>')
  const korean = report({ language: 'ko' })
  expect(korean).toContain('<html lang="ko">')
  expect(korean).toContain('<h2>학습 곡선</h2>')
  expect(korean).not.toContain('<h2>Curves</h2>')
})

test('models of several runs have their run beside their name, and what the recipes differ in stands out', () => {
  const html = report({ seeds: [1, 7] })
  const results = /<table class="results"><thead>(.*?)<\/thead>/u.exec(html)?.[1] ?? ''
  expect([...results.matchAll(/>([A-D])<\/b>[^<]*<small>([^<]*)/gu)].map(([, letter, run]) => [letter, run])).toEqual([
    ['A', 'Run 1'],
    ['B', 'Run 1'],
    ['C', 'Seed 7'],
    ['D', 'Seed 7'],
  ])
  expect(html).toContain('<th scope="row">Seed</th><td><b>1</b></td><td><b>7</b></td>')
  expect(html).toContain('<th scope="row">Batch size</th><td>32</td><td>32</td>')
  expect(html).toContain('Run 1 <small>r1</small>')
  expect(html).toContain('“A cnn')
  // Of six pairs at once the chance is told corrected, in the sentence too.
  expect(html).toContain('p = 0.1250 · corrected for the number of pairs (Holm) 0.7500')
  expect(html).toContain('by chance in 75 of 100 tries')
  expect(html).toContain('The seeds differ (1, 7)')
  // Six pairs of four models, a curve and a file of code for each.
  expect(html.match(/<li><b class="badge/gu)).toHaveLength(4 + 4 + 6)
  expect([...html.matchAll(/· ([a-z_]+)\.py/gu)].map(([, name]) => name)).toEqual(['cnn_a', 'mlp_b', 'cnn_c', 'mlp_d'])
  expect(report()).not.toContain('<b>1</b>')
})

test('the recipe is told in words, and what is neutral is left out', () => {
  const recipe: Partial<Recipe> = {
    optimizer: { type: 'adamw', learningRate: 0.01, weightDecay: 0, amsgrad: true },
    loss: 'categoricalCrossentropy',
    schedule: { type: 'cosine', warmupSteps: 5, decaySteps: 90, floor: 0 },
    clipping: { type: 'globalNorm', limit: 1 },
    earlyStopping: { monitor: 'topK', patience: 3, minDelta: 0, restoreBest: true },
    augmentation: { shift: 0.1, flipVertical: false },
  }
  const rowsOf = (html: string) =>
    [...html.matchAll(/<th scope="row">([^<]+)<\/th><td>([^<]+)<\/td>/gu)].map(([, name, value]) => `${name}: ${value}`)
  expect(rowsOf(report({ recipe }))).toEqual(
    expect.arrayContaining([
      'Optimiser: AdamW · Learning rate 0.01 · Beta 1 0.9 · Beta 2 0.999 · Epsilon 1e-7 · AMSGrad',
      'Loss: Categorical cross-entropy',
      'Learning-rate schedule: Cosine with warm-up · Warm-up steps 5 · Decay steps 90',
      'Clipping: Global norm · Limit 1',
      'Early stopping: Watches Top-k accuracy · Patience 3 · Keep the best',
      'Augmentation: Shift 0.1',
    ]),
  )
  expect(rowsOf(report({ recipe, language: 'ko' }))).toContain('손실 함수: 범주형 교차 엔트로피')
})

test('of a series the report says how much of it is seen and how far ahead it looks', () => {
  const series = { rows: 2_000, lookBack: 288, horizon: 1, stride: 1, stepSeconds: 300 }
  expect(report({ series })).toContain('<th scope="row">Look-back</th><td>288 rows</td>')
  expect(report()).not.toContain('Look-back')
})

test('the sample that the maps are of is shown once, a series as a line', () => {
  const html = report()
  expect(html.match(/<h4>The sample/gu)).toHaveLength(1)
  expect(html).toContain('<polyline class="line" points="0.0,38.0 75.0,20.0 150.0,2.0"/>')
})

test('accuracy on changed pictures is told as curves and as numbers', () => {
  const html = report()
  expect(html).toContain('<h2>Accuracy on changed pictures</h2>')
  expect(html).toContain('<tr><th scope="row">−1</th><td class="n">25.0 %</td><td class="n">0.0 %</td></tr>')
})

const line = (letter: string, points: readonly (readonly [number, number])[]) => ({
  letter,
  index: 0,
  isDashed: false,
  points,
})
const titles = { title: 'Loss', x: 'Epoch' }

test('a chart has round marks and leaves out what is no number', () => {
  const chart = lineChart(titles, [
    line('A', [
      [1, 0.9],
      [2, NaN],
      [3, 0.1],
    ]),
  ])
  expect(chart).not.toContain('NaN')
  expect([...chart.matchAll(/class="end"[^>]*>([\d.]+)</g)].map(([, mark]) => mark)).toEqual([
    '0.0',
    '0.2',
    '0.4',
    '0.6',
    '0.8',
    '1.0',
  ])
  expect(lineChart(titles, [line('A', [[1, NaN]])])).toBe('')
  expect(lineChart(titles, [line('A', [[1, 5]])])).toContain('<circle')
})

test('letters of lines that end at the same place do not lie over one another', () => {
  const end = (letter: string) =>
    line(letter, [
      [1, 1],
      [2, 0],
    ])
  const chart = lineChart(titles, ['A', 'B', 'C'].map(end))
  const heights = [...chart.matchAll(/class="letter[^>]*y="([\d.]+)"/gu)].map(([, y]) => Number(y))
  expect(heights).toHaveLength(3)
  heights.slice(1).forEach((y, index) => {
    expect(y - (heights[index] ?? 0)).toBeGreaterThanOrEqual(13)
  })
  expect(Math.max(...heights)).toBeLessThan(230)
})

test('a graph has thin spaces in its counts, and texts that are too long end in an ellipsis', () => {
  const [model] = templateById('mnist-cnn')?.project.models ?? []
  if (model === undefined) throw new Error('no model')
  const exported = exportedModel(model)
  if (!exported.ok) throw new Error(exported.error.message)
  const layers = exported.value.layers.map((layer) => ({ ...layer, title: 'a name that is too long for a box' }))
  const svg = graphPicture({ ...exported.value, layers }, { standsAlone: true })
  expect(svg).toContain('1\u202f179\u202f776')
  expect(svg).not.toMatch(/\d,\d{3}</u)
  expect(svg).toContain('>a name that is too long…<')
})
