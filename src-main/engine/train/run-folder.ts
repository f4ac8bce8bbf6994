import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { DataSource } from '../../common/data/dataset.ts'
import type { Shape } from '../../common/graph/graph.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { BackendName, RunState, TrainingEvent } from '../../common/training/events.ts'
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
  readonly version: 1
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

/** Writes one run; every file is whole at any moment, metrics.jsonl up to its last line break. */
export interface RunWriter {
  readonly event: (event: TrainingEvent) => void
  readonly record: (record: RunRecord) => Promise<void>
  readonly snapshot: (
    model: string,
    epoch: number,
    step: number,
    weights: readonly NamedWeight[],
    values: WeightValues,
  ) => Promise<void>
  /** Length of metrics.jsonl in bytes. */
  readonly historyLength: () => number
  readonly close: () => void
}

/** Opens a new run, or goes on with one whose history is cut back to `history` bytes. */
export async function openRunWriter(folder: string, history = 0): Promise<RunWriter> {
  await mkdir(folder, { recursive: true })
  const metrics = openSync(path.join(folder, 'metrics.jsonl'), 'a+')
  let length = cutHistory(metrics, history)
  let open = true
  return {
    event: (event) => {
      if (open) length += writeSync(metrics, `${JSON.stringify(event)}\n`)
    },
    historyLength: () => length,
    record: (record) => writeWhole(path.join(folder, 'run.json'), Buffer.from(`${JSON.stringify(record, null, 2)}\n`)),
    snapshot: async (model, epoch, step, weights, values) => {
      const place = snapshotFile(folder, model, epoch)
      await mkdir(path.dirname(place), { recursive: true })
      await writeWhole(place, encodeSnapshot(epoch, step, weights, values))
    },
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

/** Removes the weights of epochs after `epoch`, which a run that goes on from there will make anew. */
export async function removeSnapshotsAfter(folder: string, model: string, epoch: number): Promise<void> {
  for (const later of await snapshotEpochs(folder, model)) {
    if (later > epoch) await rm(snapshotFile(folder, model, later), { force: true })
  }
}

/** `snapshots/<model id, percent-encoded>/epoch-0001.bin` */
export function snapshotFile(folder: string, model: string, epoch: number): string {
  return path.join(folder, 'snapshots', encodeURIComponent(model), `epoch-${String(epoch).padStart(4, '0')}.bin`)
}

async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  await writeFile(`${file}.part`, content)
  await rename(`${file}.part`, file)
}

function encodeSnapshot(
  epoch: number,
  step: number,
  weights: readonly NamedWeight[],
  values: WeightValues,
): Uint8Array {
  let offset = 0
  const entries = weights.map(({ node, name, shape }, index) => {
    const entry = { node, name, shape, offset }
    offset += (values[index] as Float32Array).byteLength
    return entry
  })
  const header: SnapshotHeader = { format: 'convas-weights', version: 1, epoch, step, weights: entries }
  const text = JSON.stringify(header)
  // Padded to a multiple of four, so that the numbers can be read in place.
  const bytes = Buffer.from(text.padEnd(text.length + ((4 - (Buffer.byteLength(text) % 4)) % 4), ' '))
  const content = Buffer.alloc(8 + bytes.length + offset)
  content.write(magic, 0, 'latin1')
  content.writeUInt32LE(bytes.length, 4)
  bytes.copy(content, 8)
  values.forEach((array, index) => {
    const start = 8 + bytes.length + (entries[index] as { offset: number }).offset
    content.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start)
  })
  return content
}

/** One stored set of weights. */
export async function readSnapshot(folder: string, model: string, epoch: number): Promise<Result<Snapshot>> {
  let content: Buffer
  try {
    content = await readFile(snapshotFile(folder, model, epoch))
  } catch {
    return failure('not-found', `The run holds no weights of the model "${model}" after epoch ${epoch}.`)
  }
  try {
    if (content.toString('latin1', 0, 4) !== magic) throw new Error('not a file of weights')
    const start = 8 + content.readUInt32LE(4)
    const header = JSON.parse(content.toString('utf8', 8, start)) as SnapshotHeader
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
    return failure('invalid-run', `The weights of "${model}" after epoch ${epoch} are damaged.`, String(error))
  }
}

/** run.json, as far as it is needed to look into a run. */
export async function readRunRecord(folder: string): Promise<Result<RunRecord>> {
  try {
    const record = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8')) as RunRecord
    if (record.format !== 'convas-run') throw new Error('format')
    return success(record)
  } catch (error) {
    return failure('invalid-run', `A run folder with a run.json was expected. Received: ${folder}`, String(error))
  }
}

/** The epochs of a model that have a snapshot, ascending. */
export async function snapshotEpochs(folder: string, model: string): Promise<readonly number[]> {
  const names = await readdir(path.join(folder, 'snapshots', encodeURIComponent(model))).catch(() => [])
  return names
    .flatMap((name) => /^epoch-(\d+)\.bin$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}
