import { createHash } from 'node:crypto'
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { DataSource } from '../../common/data/dataset.ts'
import type { Shape } from '../../common/graph/graph.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { BackendName, RunState, TrainingEvent } from '../../common/training/events.ts'
import type { Moment } from '../../common/training/moment.ts'
import { epochsAmong, momentFileName, momentsOfFiles } from '../../common/training/moment.ts'
import type { NamedWeight } from '../compile/compile.ts'
import type { WeightValues } from './step.ts'

/** The content of run.json: all that is needed to understand a run without the program that made it. */
export interface RunRecord {
  readonly format: 'convas-run'
  readonly version: 1
  readonly run: string
  /** ISO 8601. */
  readonly started: string
  readonly finished: string | null
  readonly state: RunState
  readonly project: Project
  /** The ids of the models that were trained. */
  readonly models: readonly string[]
  readonly data: { readonly source: DataSource; readonly hash: string } | null
  readonly seed: number
  readonly backend: { readonly name: BackendName; readonly device: string; readonly version: string }
  readonly versions: Readonly<Record<string, string>>
  /** By model: the epoch whose snapshot is the result. */
  readonly results: Readonly<Record<string, number>>
}

export interface Snapshot {
  /** The one that ended, or during which it was taken; 0 is before the first step. */
  readonly epoch: number
  readonly step: number
  readonly weights: readonly {
    readonly node: string
    readonly name: string
    readonly shape: Shape
    readonly values: Float32Array
  }[]
}

interface SnapshotHeader {
  readonly format: 'convas-weights'
  readonly version: 1 | 2
  readonly epoch: number
  readonly step: number
  /** `offset` in bytes, from the end of the header. */
  readonly weights: readonly {
    readonly node: string
    readonly name: string
    readonly shape: Shape
    readonly offset: number
  }[]
}

const magic = 'CVW1'
const digestLength = 32

/** Writes one run; every file is whole at any moment, metrics.jsonl up to its last line break. */
export interface RunWriter {
  readonly event: (event: TrainingEvent) => void
  readonly record: (record: RunRecord) => Promise<void>
  /** Takes the values as they are now, and writes them while training goes on. */
  readonly snapshot: (model: string, moment: Moment, snapshot: TakenWeights) => Promise<void>
  /** Settles when all snapshots so far are written; rejects where one could not be. */
  readonly settled: () => Promise<void>
  /** Length of metrics.jsonl in bytes. */
  readonly historyLength: () => number
  readonly close: () => void
}

export interface TakenWeights extends Pick<Snapshot, 'epoch' | 'step'> {
  readonly weights: readonly Pick<NamedWeight, 'node' | 'name' | 'shape'>[]
  readonly values: WeightValues
}

/** Opens a new run, or goes on with one whose history is cut back to `history` bytes. */
export async function openRunWriter(folder: string, history = 0): Promise<RunWriter> {
  await mkdir(folder, { recursive: true })
  const metrics = openSync(path.join(folder, 'metrics.jsonl'), 'a+')
  let length = cutHistory(metrics, history)
  let open = true
  let writing: Promise<void> = Promise.resolve()
  return {
    event: (event) => {
      if (open) length += writeSync(metrics, `${JSON.stringify(event)}\n`)
    },
    historyLength: () => length,
    record: (record) => writeWhole(path.join(folder, 'run.json'), Buffer.from(`${JSON.stringify(record, null, 2)}\n`)),
    snapshot: (model, moment, taken) => {
      const place = snapshotFile(folder, model, moment)
      const content = encodeSnapshot(taken)
      writing = writing.then(async () => {
        await mkdir(path.dirname(place), { recursive: true })
        await writeWhole(place, content)
      })
      // Whoever waits is told; nobody may wait for a while.
      writing.catch(() => undefined)
      return writing
    },
    settled: () => writing,
    close: () => {
      if (open) closeSync(metrics)
      open = false
    },
  }
}

/** Takes off what came after a moment; where a crash of the system lost some of it, the last whole line is the end. */
function cutHistory(metrics: number, wanted: number): number {
  const { size } = fstatSync(metrics)
  let length = Math.min(size, wanted)
  const last = Buffer.alloc(1)
  while (length > 0 && readSync(metrics, last, 0, 1, length - 1) === 1 && last.toString() !== '\n') length--
  if (length < size) ftruncateSync(metrics, length)
  return length
}

/** Removes the weights of moments after these, which a run that goes on from there will make anew. */
export async function removeSnapshotsAfter(
  folder: string,
  model: string,
  { epoch, step }: { readonly epoch: number; readonly step: number },
): Promise<void> {
  for (const moment of await snapshotMoments(folder, model)) {
    if ('epoch' in moment ? moment.epoch > epoch : moment.step > step) await removeSnapshot(folder, model, moment)
  }
}

export async function removeSnapshot(folder: string, model: string, moment: Moment): Promise<void> {
  await rm(snapshotFile(folder, model, moment), { force: true })
}

/** `snapshots/<model id, percent-encoded>/epoch-0001.bin` */
export function snapshotFile(folder: string, model: string, moment: Moment): string {
  return path.join(snapshotFolder(folder, model), momentFileName(moment))
}

function snapshotFolder(folder: string, model: string): string {
  return path.join(folder, 'snapshots', encodeURIComponent(model))
}

async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  await writeFile(`${file}.part`, content)
  await rename(`${file}.part`, file)
}

/** Its SHA-256 is at the end. */
function encodeSnapshot({ epoch, step, weights, values }: TakenWeights): Uint8Array {
  let offset = 0
  const entries = weights.map(({ node, name, shape }, index) => {
    const entry = { node, name, shape, offset }
    offset += (values[index] as Float32Array).byteLength
    return entry
  })
  const header: SnapshotHeader = { format: 'convas-weights', version: 2, epoch, step, weights: entries }
  const text = JSON.stringify(header)
  // Padded to a multiple of four, so that the numbers can be read in place.
  const bytes = Buffer.from(text.padEnd(text.length + ((4 - (Buffer.byteLength(text) % 4)) % 4), ' '))
  const content = Buffer.alloc(8 + bytes.length + offset + digestLength)
  content.write(magic, 0, 'latin1')
  content.writeUInt32LE(bytes.length, 4)
  bytes.copy(content, 8)
  values.forEach((array, index) => {
    const start = 8 + bytes.length + (entries[index] as { offset: number }).offset
    content.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start)
  })
  content.set(digestOf(content.subarray(0, -digestLength)), content.length - digestLength)
  return content
}

function digestOf(content: Uint8Array): Uint8Array {
  return createHash('sha256').update(content).digest()
}

/** One stored set of weights; what is damaged is told apart from what is not there. */
export async function readSnapshot(folder: string, model: string, moment: Moment): Promise<Result<Snapshot>> {
  const at = textOfMoment(moment)
  let content: Buffer
  try {
    content = await readFile(snapshotFile(folder, model, moment))
  } catch {
    return failureIn('not-found', {
      en: `The run holds no weights of "${model}" ${at.en}: only a choice of its moments is kept. Choose another one.`,
      ko: `이 실행에는 "${model}"의 ${at.ko} 가중치가 없습니다. 일부 시점만 저장되니 다른 시점을 고르세요.`,
    })
  }
  try {
    if (content.toString('latin1', 0, 4) !== magic) throw new Error('not a file of weights')
    const start = 8 + content.readUInt32LE(4)
    const header = JSON.parse(content.toString('utf8', 8, start)) as SnapshotHeader
    // Those of earlier versions have no digest.
    const digest = header.version === 1 ? null : content.subarray(-digestLength)
    if (digest !== null && !digest.equals(digestOf(content.subarray(0, -digestLength))))
      throw new Error('the digest is another')
    const weights = header.weights.map(({ node, name, shape, offset }) => {
      const bytes = shape.reduce((product, length) => product * length, 1) * 4
      const from = start + offset
      if (from + bytes > content.length) throw new Error('the file is cut off')
      return {
        node,
        name,
        shape,
        values: new Float32Array(new Uint8Array(content.subarray(from, from + bytes)).buffer),
      }
    })
    return success({ epoch: header.epoch, step: header.step, weights })
  } catch (error) {
    const text = {
      en: `The stored weights of "${model}" ${at.en} are damaged and cannot be shown. The other moments of the run are not touched by that.`,
      ko: `"${model}"의 ${at.ko} 가중치 파일이 손상되어 표시할 수 없습니다. 이 실행의 다른 시점은 그대로 볼 수 있습니다.`,
    }
    return failureIn('invalid-run', text, String(error))
  }
}

function textOfMoment(moment: Moment): Text {
  if ('step' in moment) return { en: `after step ${moment.step}`, ko: `${moment.step}번째 스텝` }
  return moment.epoch === 0
    ? { en: 'before training', ko: '학습 전' }
    : { en: `after epoch ${moment.epoch}`, ko: `에포크 ${moment.epoch}` }
}

/** run.json, as far as it is needed to look into a run. */
export async function readRunRecord(folder: string): Promise<Result<RunRecord>> {
  try {
    const record = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8')) as RunRecord
    if (record.format !== 'convas-run') throw new Error('format')
    return success(record)
  } catch (error) {
    return failureIn(
      'invalid-run',
      {
        en: `A run folder with a run.json was expected. Received: ${folder}`,
        ko: `run.json이 있는 실행 기록 폴더여야 합니다. 받은 폴더: ${folder}`,
      },
      String(error),
    )
  }
}

/** The moments of a model that have a snapshot, in the order of time. */
export async function snapshotMoments(folder: string, model: string): Promise<readonly Moment[]> {
  return momentsOfFiles(await readdir(snapshotFolder(folder, model)).catch(() => []))
}

/** The epochs of a model that have a snapshot, ascending. */
export async function snapshotEpochs(folder: string, model: string): Promise<readonly number[]> {
  return epochsAmong(await snapshotMoments(folder, model))
}
