import { expect, test } from 'vitest'
import { comparedRun, compareModels } from '../comparison/compare-models.ts'
import type { DatasetDescriptor } from '../data/dataset.ts'
import { exportedModel } from '../export/exported-model.ts'
import type { Project } from '../project/project.ts'
import { templateById } from '../templates/registry.ts'
import type { Evaluation } from '../training/evaluation.ts'
import type { TrainingEvent } from '../training/events.ts'
import { lineChart } from './svg.ts'
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

function report(language: 'en' | 'ko'): string {
  const of = comparedRun({ run: 'r1', project, events })
  const comparison = compareModels(
    project.models.map(({ id }, index) => ({ of, test: judged(id, index * 4), validation: null })),
  )
  if (!comparison.ok) throw new Error(comparison.error.message)
  return writeReport({
    language,
    run: 'r1',
    project,
    events,
    data,
    comparison: comparison.value,
    versions: { convas: '1.2.3' },
    written: '2026-01-02T00:00:00Z',
    models: project.models.map((model) => {
      const exported = exportedModel(model)
      if (!exported.ok) throw new Error(exported.error.message)
      return {
        exported: exported.value,
        notation: null,
        epoch: 2,
        pictures: [{ layer: 'C1', kernels: ['data:image/png;base64,AA=='], maps: [], count: 6 }],
      }
    }),
  })
}

test('a report asks nothing of any network and runs nothing', () => {
  const html = report('en')
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
  expect(html).not.toMatch(/<script|<link|<iframe|url\(|@import|href=|<img(?! alt="" src="data:image\/png)/)
  const addresses = html.match(/https?:\/\/[^"' ]*/g) ?? []
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']))
})

test('names of models, classes and data cannot become markup', () => {
  expect(report('en')).not.toContain('<img src=x')
  expect(report('en').split('&#60;img src=x onerror=alert(1)&#62;').length).toBeGreaterThan(10)
})

test('a report tells results with intervals, the pair in words, the data and the seed, in both languages', () => {
  const english = report('en')
  // 8 of 8, by Wilson's interval.
  expect(english).toContain('100.0 % <small>(67.6–100.0)</small>')
  expect(english).toContain('50.0 % <small>(21.5–78.5)</small>')
  for (const words of ['abc123', 'convas 1.2.3', 'drawn by a program', 'keras.Sequential', '<h2>Curves</h2>'])
    expect(english).toContain(words)
  const korean = report('ko')
  expect(korean).toContain('<html lang="ko">')
  expect(korean).toContain('<h2>학습 곡선</h2>')
  expect(korean).not.toContain('<h2>Curves</h2>')
})

test('a chart has round marks and leaves out what is no number', () => {
  const line = (points: readonly (readonly [number, number])[]) => ({ name: 'a', colour: 0, isDashed: false, points })
  const chart = lineChart('Loss', 'Epoch', [
    line([
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
  expect(lineChart('Loss', 'Epoch', [line([[1, NaN]])])).toBe('')
  expect(lineChart('Loss', 'Epoch', [line([[1, 5]])])).toContain('<circle')
})
