import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import { comparedRun, compareModels } from '../common/comparison/compare-models.ts'
import type { EngineMethod, EngineRequests } from '../common/engine-protocol.ts'
import { exportedModel } from '../common/export/exported-model.ts'
import type { ExportOutcome } from '../common/export/formats.ts'
import type { ModelAnalysis } from '../common/graph/analysis.ts'
import { analyzeModel } from '../common/graph/analyze.ts'
import type { Text } from '../common/layers/text.ts'
import type { ReportModel, ReportPictures } from '../common/report/write-report.ts'
import { writeReport } from '../common/report/write-report.ts'
import type { Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import type { NodeTensor, Probe } from '../common/training/probe.ts'
import { writeWholeFile } from './atomic-file.ts'
import { readRunFolder } from './run-store.ts'

type AskEngine = <M extends EngineMethod>(
  method: M,
  params: EngineRequests[M]['params'],
) => Promise<Result<EngineRequests[M]['result']>>

export interface ReportOptions {
  readonly ask: AskEngine
  /** The run's. */
  readonly folder: string
  readonly models: readonly string[]
  readonly language: keyof Text
  /** A whole path. */
  readonly to: string
  /** Cancels the judging. */
  readonly job: string
  /** Of Convas. */
  readonly version: string
}

/** What a report may weigh; pictures are left out where it would be more. */
const mostBytes = 5_000_000
const mostPictures = 16
/** Maps of large pictures would make up most of a report. */
const mostSidePx = 64

/** Judges the models of a run and writes all that is known of it into one HTML file. */
export async function saveReport(options: ReportOptions): Promise<Result<ExportOutcome>> {
  const { ask, folder, models: wanted, language, to, job, version } = options
  const stored = await readRunFolder(folder, path.basename(folder), null)
  if (!stored.ok) return stored
  const { project, events, snapshots } = stored.value
  if (project.dataset === null)
    return failureIn('missing-dataset', {
      en: 'The run does not say which data it used, and a report judges its models on them.',
      ko: '이 실행에는 사용한 데이터가 적혀 있지 않습니다. 보고서는 그 데이터로 모델을 평가합니다.',
    })
  const data = await ask('dataset.describe', { source: project.dataset, job })
  if (!data.ok) return data
  const answer = await ask('run.judge', { models: wanted.map((model) => ({ folder, model })), job })
  if (!answer.ok) return answer
  const of = comparedRun(stored.value)
  const comparison = compareModels(answer.value.judged.map((one) => ({ of, ...one })))
  if (!comparison.ok) return comparison
  const models: ReportModel[] = []
  for (const [index, id] of wanted.entries()) {
    const model = project.models.find((one) => one.id === id)
    if (model === undefined) continue
    const exported = exportedModel(model)
    if (!exported.ok) return exported
    const analysis = analyzeModel(model, null)
    const epoch = answer.value.judged[index]?.test.epoch ?? 0
    const nodes = exported.value.layers
      .filter(
        ({ node, definition }) =>
          definition.kind === 'convolution' || definition.kind === 'pooling' || node.layer === 'input',
      )
      .map((layer) => layer.id)
    const isKept = (snapshots[id] ?? []).some((moment) => 'epoch' in moment && moment.epoch === epoch)
    const probe = isKept
      ? await ask('run.probe', {
          folder,
          model: id,
          moment: { epoch },
          picture: { part: data.value.counts.test > 0 ? 'test' : 'train', index: 0 },
          nodes,
          weights: [],
        })
      : null
    models.push({
      exported: exported.value,
      notation: analysis.notation,
      epoch,
      pictures: probe?.ok === true ? picturesOf(probe.value, nodes, analysis) : [],
    })
  }
  const content = {
    language,
    run: stored.value.run,
    project,
    events,
    data: data.value,
    comparison: comparison.value,
    versions: { convas: version, ...(await readVersions(folder)) },
    written: new Date().toISOString(),
  }
  const whole = writeReport({ ...content, models })
  const fits = Buffer.byteLength(whole) <= mostBytes
  const text = fits ? whole : writeReport({ ...content, models: models.map((one) => ({ ...one, pictures: [] })) })
  const written = await writeWholeFile(to, text)
  if (!written.ok) return written
  const note: Text = {
    en: 'Kernels and maps are left out: with them the report would be larger than 5 MB.',
    ko: '커널과 특징 맵을 넣으면 5 MB를 넘어 보고서에서 뺐습니다.',
  }
  return success({ files: [to], notes: fits ? [] : [note] })
}

async function readVersions(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { versions, backend } = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8')) as {
      readonly versions?: Record<string, string>
      readonly backend?: { readonly name: string; readonly version: string }
    }
    return { ...versions, ...(backend && { [backend.name]: backend.version }) }
  } catch {
    return {}
  }
}

function picturesOf(
  { maps, kernels }: Probe,
  nodes: readonly string[],
  { nodes: names }: ModelAnalysis,
): ReportPictures[] {
  return nodes.flatMap((id) => {
    const map = maps.find(({ node }) => node === id)
    const kernel = kernels.find(({ node }) => node === id)
    const count = map?.shape.at(-1) ?? 0
    return [
      {
        layer: names.get(id)?.name ?? id,
        count,
        kernels: kernel === undefined ? [] : kernelPictures(kernel),
        maps: map === undefined || map.shape.length < 2 ? [] : mapPictures(map),
      },
    ]
  })
}

/** Each filter's slices side by side, at most four of them; zero is middle grey. */
function kernelPictures({ shape, data }: NodeTensor): readonly string[] {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape.length === 3 ? [1, ...shape] : shape
  const limit = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12)
  const slices = Math.min(4, inputs)
  return Array.from({ length: Math.min(mostPictures, outputs) }, (_, output) => {
    const columns = slices * (width + 1) - 1
    const cells = new Float32Array(height * columns).fill(1)
    for (let row = 0; row < height; row++)
      for (let input = 0; input < slices; input++)
        for (let column = 0; column < width; column++) {
          const value = data[((row * width + column) * inputs + input) * outputs + output] as number
          cells[row * columns + input * (width + 1) + column] = 0.5 + value / limit / 2
        }
    return pngOf(cells, columns, height)
  })
}

function mapPictures({ shape, data }: NodeTensor): readonly string[] {
  const [height = 1, width = 1, channels = 1] = shape.length === 2 ? [1, ...shape] : shape
  const step = Math.max(1, Math.ceil(Math.max(height, width) / mostSidePx))
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)]
  return Array.from({ length: Math.min(mostPictures, channels) }, (_, channel) => {
    const cells = Float32Array.from(
      { length: rows * columns },
      (_, cell) =>
        data[(Math.floor(cell / columns) * step * width + (cell % columns) * step) * channels + channel] as number,
    )
    const least = cells.reduce((one, other) => Math.min(one, other), Infinity)
    const range = cells.reduce((one, other) => Math.max(one, other), -Infinity) - least || 1
    return pngOf(
      cells.map((value) => (value - least) / range),
      columns,
      rows,
    )
  })
}

/** Grey cells of 0…1, one pixel each. */
function pngOf(cells: Float32Array, width: number, height: number): string {
  const png = new PNG({ width, height, colorType: 0 })
  cells.forEach((value, cell) => {
    png.data.fill(Math.round(Math.min(1, Math.max(0, value)) * 255), cell * 4, cell * 4 + 3)
    png.data[cell * 4 + 3] = 255
  })
  return `data:image/png;base64,${PNG.sync.write(png, { colorType: 0 }).toString('base64')}`
}
