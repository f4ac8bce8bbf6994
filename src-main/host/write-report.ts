import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import { comparedRun, compareModels, dataFault } from '../common/comparison/compare-models.ts'
import type { DistortionCurves, DistortionKind } from '../common/comparison/distortion.ts'
import type { RunDetail } from '../common/contract.ts'
import type { DatasetDescriptor } from '../common/data/dataset.ts'
import type { EngineMethod, EngineRequests, ModelInFolder } from '../common/engine-protocol.ts'
import type { ExportedLayer } from '../common/export/exported-model.ts'
import { exportedModel } from '../common/export/exported-model.ts'
import type { ExportOutcome } from '../common/export/formats.ts'
import { analyzeModel } from '../common/graph/analyze.ts'
import type { Text } from '../common/layers/text.ts'
import type { ReportModel, ReportPicture, ReportPictures, ReportRun } from '../common/report/write-report.ts'
import { writeReport } from '../common/report/write-report.ts'
import type { Result } from '../common/result.ts'
import { failure, failureIn, success } from '../common/result.ts'
import type { NodeTensor, Probe } from '../common/training/probe.ts'
import { writeWholeFile } from './atomic-file.ts'
import type { JudgedWeights } from '../common/comparison/judged-weights.ts'
import { judgedModel } from './compare-runs.ts'
import { checkExportPlace } from './export-place.ts'
import { readRunFolder } from './run-store.ts'
import { readNotes } from './runs/run-notes.ts'

type AskEngine = <M extends EngineMethod>(
  method: M,
  params: EngineRequests[M]['params'],
) => Promise<Result<EngineRequests[M]['result']>>

export interface ReportOptions {
  readonly ask: AskEngine
  /** Of one or several runs, whose data must be the same. */
  readonly models: readonly ModelInFolder[]
  readonly weights: JudgedWeights
  /** Accuracy on pictures changed in these ways is told too. */
  readonly shift: readonly DistortionKind[]
  readonly language: keyof Text
  /** A whole path. */
  readonly to: string
  /** A report that is there may go. */
  readonly replace: boolean
  /** What the judging is cancelled by. */
  readonly job: string
  /** Nothing is written once it is aborted. */
  readonly signal: AbortSignal
  /** Of Convas. */
  readonly version: string
}

/** What a report may weigh; pictures are left out where it would be more. */
const mostBytes = 5_000_000
const mostPictures = 16
/** As many as there are letters to tell them apart. */
const mostModels = 26
/** Maps of large pictures would make up most of a report. */
const mostSidePx = 64

const cancelled = failureIn('cancelled', {
  en: 'The report was cancelled. Nothing was written.',
  ko: '보고서를 취소했습니다. 아무것도 저장하지 않았습니다.',
})

/** Judges models of runs and writes all that is known of them into one HTML file. */
export async function saveReport(options: ReportOptions): Promise<Result<ExportOutcome>> {
  const { models: asked, weights, shift, language, to, job, version, signal } = options
  const ask: AskEngine = async (method, params) => {
    if (signal.aborted) return cancelled
    const answer = await options.ask(method, params)
    return signal.aborted ? cancelled : answer
  }
  if (asked.length > mostModels)
    return failureIn('invalid-request', {
      en: `At most ${mostModels} models fit in a report. Received: ${asked.length}`,
      ko: `보고서 하나에는 모델을 ${mostModels}개까지 넣을 수 있습니다. 현재: ${asked.length}개`,
    })
  const place = await checkExportPlace({ as: 'report', to, models: [], replace: options.replace })
  if (!place.ok) return place
  const read = await readRuns(asked, version)
  if (!read.ok) return read
  const runs = read.value
  const wanted = asked.map(({ folder, model }) => {
    const run = runs.find((one) => one.folder === folder)
    return run ? judgedModel(run, model, weights) : { folder, model }
  })
  const compared = runs.map(comparedRun)
  const fault = dataFault(compared)
  if (fault !== null) return fault
  const source = runs[0]?.project.dataset ?? null
  if (source === null)
    return failureIn('missing-dataset', {
      en: 'The run does not say which data it used, and a report judges its models on them.',
      ko: '이 실행에는 사용한 데이터가 적혀 있지 않습니다. 보고서는 그 데이터로 모델을 평가합니다.',
    })
  const data = await ask('dataset.describe', { source, job })
  if (!data.ok) return data
  const answer = await ask('run.judge', { models: wanted, job })
  if (!answer.ok) return answer
  const places = wanted.map(({ folder }) => runs.findIndex((one) => one.folder === folder))
  const comparison = compareModels(
    answer.value.judged.flatMap((one, index) => {
      const of = compared[places[index] ?? 0]
      return of ? [{ of, ...one }] : []
    }),
  )
  if (!comparison.ok) return comparison
  const curves: DistortionCurves[] = []
  for (const kind of shift) {
    const told = await ask('run.sweep', { models: wanted, kind, job })
    if (!told.ok) return told
    curves.push(told.value)
  }
  const models: ReportModel[] = []
  for (const [index, { model }] of wanted.entries()) {
    const place = places[index] ?? 0
    const epoch = answer.value.judged[index]?.test.epoch ?? 0
    const told = await tellModel({ ask, run: runs[place], model, epoch, place, data: data.value })
    if (!told.ok) return told
    models.push(told.value)
  }
  const content = {
    language,
    runs,
    data: data.value,
    comparison: comparison.value,
    shift: curves,
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

interface RunOfReport extends ReportRun, Pick<RunDetail, 'snapshots'> {
  readonly folder: string
}

async function readRuns(models: readonly ModelInFolder[], version: string): Promise<Result<readonly RunOfReport[]>> {
  const runs: RunOfReport[] = []
  for (const folder of new Set(models.map((one) => one.folder))) {
    const run = path.basename(folder)
    const stored = await readRunFolder(folder, run, null)
    if (!stored.ok) return stored
    const { project, events, snapshots } = stored.value
    const notes = await readNotes(path.dirname(folder))
    const versions = { convas: version, ...(await readVersions(folder)) }
    runs.push({ folder, run, name: notes(run).name, project, events, snapshots, versions })
  }
  return success(runs)
}

interface ToldModel {
  readonly ask: AskEngine
  readonly run: RunOfReport | undefined
  readonly model: string
  readonly epoch: number
  /** Of its run among the report's. */
  readonly place: number
  readonly data: DatasetDescriptor
}

/** A model with its kernels, and its maps of the first test sample, where the epoch judged is kept. */
async function tellModel({ ask, run, model: id, epoch, place, data }: ToldModel): Promise<Result<ReportModel>> {
  const model = run?.project.models.find((one) => one.id === id)
  if (run === undefined || model === undefined)
    return failure('invalid-request', `A model of the run was expected. Received: ${id}`)
  const exported = exportedModel(model)
  if (!exported.ok) return exported
  const nodes = exported.value.layers
    .filter(({ node, definition }) => pictured.has(definition.kind) || node.layer === 'input')
    .map((layer) => layer.id)
  const isKept = (run.snapshots[id] ?? []).some((moment) => 'epoch' in moment && moment.epoch === epoch)
  const probe = isKept
    ? await ask('run.probe', {
        folder: run.folder,
        model: id,
        moment: { epoch },
        picture: { part: data.counts.test > 0 ? 'test' : 'train', index: 0 },
        nodes,
        weights: [],
      })
    : null
  if (probe?.ok === false && probe.error.code === 'cancelled') return probe
  return success({
    run: place,
    exported: exported.value,
    notation: analyzeModel(model, null).notation,
    epoch,
    pictures: probe?.ok === true ? picturesOf(probe.value, exported.value.layers, nodes) : [],
  })
}

const pictured: ReadonlySet<string> = new Set(['convolution', 'pooling'])

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
  layers: readonly ExportedLayer[],
  nodes: readonly string[],
): ReportPictures[] {
  return layers
    .filter(({ id }) => nodes.includes(id))
    .map(({ id, title, node }) => {
      const map = maps.find((one) => one.node === id)
      const kernel = kernels.find((one) => one.node === id)
      const isInput = node.layer === 'input'
      return {
        layer: title,
        isInput,
        count: map?.shape.at(-1) ?? 0,
        kernels: kernel === undefined ? [] : kernelPictures(kernel),
        maps: map === undefined ? [] : isInput ? samplePictures(map) : mapPictures(map),
      }
    })
}

/** Each filter's slices side by side, at most four of them; zero is middle grey. A weight is a square of several pixels. */
function kernelPictures({ shape, data }: NodeTensor): readonly string[] {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape.length === 3 ? [1, ...shape] : shape
  const limit = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12)
  const slices = Math.min(4, inputs)
  const side = Math.max(1, Math.floor(kernelPx / Math.max(height, width)))
  const sideDown = height === 1 ? Math.max(side, kernelPx / 3) : side
  const columns = slices * (width * side + gapPx) - gapPx
  return Array.from({ length: Math.min(mostPictures, outputs) }, (_, output) => {
    const cells = new Float32Array(height * sideDown * columns).fill(1)
    for (let row = 0; row < height * sideDown; row++)
      for (let input = 0; input < slices; input++)
        for (let column = 0; column < width * side; column++) {
          const [down, across] = [Math.floor(row / sideDown), Math.floor(column / side)]
          const value = data[((down * width + across) * inputs + input) * outputs + output] as number
          cells[row * columns + input * (width * side + gapPx) + column] = 0.5 + value / limit / 2
        }
    return pngOf(cells, columns, height * sideDown)
  })
}

const kernelPx = 42
const gapPx = 2

/** A sample of one channel in grey, of three in colour; a series as a line. */
function samplePictures(tensor: NodeTensor): readonly ReportPicture[] {
  const { shape, data } = tensor
  const [height = 1, width = 1, channels = 1] = shape
  if (shape.length !== 3 || channels !== 3) return mapPictures(tensor)
  const least = data.reduce((one, other) => Math.min(one, other), 0)
  const range = data.reduce((one, other) => Math.max(one, other), 1) - least
  const png = new PNG({ width, height, colorType: 2 })
  for (let cell = 0; cell < width * height; cell++) {
    for (let channel = 0; channel < 3; channel++)
      png.data[cell * 4 + channel] = Math.round((((data[cell * 3 + channel] as number) - least) / range) * 255)
    png.data[cell * 4 + 3] = 255
  }
  return [uriOf(png, 2)]
}

function mapPictures({ shape, data }: NodeTensor): readonly ReportPicture[] {
  if (shape.length < 2) return []
  const channels = shape.at(-1) ?? 1
  if (shape.length === 2)
    return Array.from({ length: Math.min(mostPictures, channels) }, (_, channel) =>
      Array.from(data.filter((_, place) => place % channels === channel)),
    )
  const [height = 1, width = 1] = shape
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
  return uriOf(png, 0)
}

function uriOf(png: PNG, colorType: 0 | 2): string {
  return `data:image/png;base64,${PNG.sync.write(png, { colorType }).toString('base64')}`
}
