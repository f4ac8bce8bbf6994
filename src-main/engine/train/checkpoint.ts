import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { PlateauMemory } from '../../common/training/monitor.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Finish } from './contestant.ts'
import type { DivergenceMemory } from './divergence.ts'
import type { BestMemory } from './early-stopping.ts'
import type { Tally } from './metrics.ts'
import { pack, unpack } from './packed-file.ts'
import type { RateChange } from './learning-rate.ts'
import type { RunRecord } from './run-folder.ts'
import type { StepState } from './step.ts'

/** One model at a moment. */
export interface ModelCheckpoint {
  readonly id: string
  readonly state: StepState
  readonly tally: Tally
  readonly trainingMs: number
  /** The best weights are among it. */
  readonly memory: BestMemory
  readonly plateau: PlateauMemory
  readonly divergence: DivergenceMemory
  readonly closed: number
  readonly finished: Finish | null
}

/**
 * Everything that the rest of a run follows from. There is no state of a random generator in it: each random choice is
 * derived from the recipe's seed with purpose, epoch, step and node, so that seed and position say all.
 */
export interface Checkpoint {
  readonly format: 'convas-checkpoint'
  readonly version: 1
  /** ISO 8601. */
  readonly time: string
  /** Bytes of metrics.jsonl that were written before. */
  readonly history: number
  readonly position: {
    readonly done: number
    readonly taken: number
    readonly step: number
    readonly samples: number
  }
  readonly activeMs: number
  /** As it is by now. */
  readonly recipe: Recipe
  readonly rateChange: RateChange | null
  readonly data: { readonly hash: string }
  /** SHA-256 of the order of the epoch under way: says whether this version still shuffles as that one did. */
  readonly order: string
  readonly backend: RunRecord['backend']
  readonly versions: RunRecord['versions']
  readonly results: RunRecord['results']
  readonly models: readonly ModelCheckpoint[]
}

const magic = 'CVC1'
const digestLength = 32
const generations = 2
const folderName = 'checkpoints'

/** Writes a checkpoint and keeps the one before it; a kill at any moment leaves both as they were, or the new one whole. */
export async function writeCheckpoint(folder: string, content: Uint8Array): Promise<void> {
  const place = path.join(folder, folderName)
  await mkdir(place, { recursive: true })
  const known = await listGenerations(place)
  const file = path.join(place, fileName((known[0] ?? 0) + 1))
  const part = `${file}.part`
  try {
    const handle = await open(part, 'w')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(place)
  for (const old of known.slice(generations - 1)) await rm(path.join(place, fileName(old)), { force: true })
}

/** A checkpoint as it is written, its SHA-256 at the end. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const content = pack(magic, checkpoint)
  return Buffer.concat([content, createHash('sha256').update(content).digest()])
}

export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint
  /** What is to be said of it, such as that a newer one is damaged. */
  readonly note: Text | null
}

/** The newest checkpoint that is whole. Damaged newer ones are removed, so that they never push out a good one. */
export async function readCheckpoint(folder: string): Promise<Result<FoundCheckpoint>> {
  const place = path.join(folder, folderName)
  const known = await listGenerations(place)
  if (known.length === 0)
    return failureIn('invalid-run', {
      en: `The run in ${folder} has no checkpoint to go on from. Start a new run.`,
      ko: `이어서 학습할 체크포인트가 없습니다. 새로 학습을 시작하세요. 실행 기록 폴더: ${folder}`,
    })
  const damaged: string[] = []
  for (const generation of known) {
    const file = path.join(place, fileName(generation))
    const content = await readFile(file).catch(() => null)
    const checkpoint = content === null ? null : decodeCheckpoint(content)
    if (checkpoint === null) {
      damaged.push(file)
      continue
    }
    for (const bad of damaged) await rm(bad, { force: true })
    return success({ checkpoint, note: damaged.length === 0 ? null : olderNote(checkpoint) })
  }
  return failureIn('invalid-run', {
    en: `All checkpoints of the run in ${folder} are damaged, so it cannot go on. Its curves and the weights of its epochs are still there; start a new run to train further.`,
    ko: `체크포인트가 모두 손상되어 이어서 학습할 수 없습니다. 곡선과 에포크별 가중치는 그대로 남아 있습니다. 더 학습하려면 새로 시작하세요. 실행 기록 폴더: ${folder}`,
  })
}

function olderNote({ position }: Checkpoint): Text {
  return {
    en: `The newest checkpoint is damaged and was left out; the one before it, of step ${position.step}, is whole.`,
    ko: `가장 새로운 체크포인트가 손상되어 제외했습니다. 그 앞의 온전한 체크포인트(${position.step}번째 스텝)에서 이어 갑니다.`,
  }
}

function decodeCheckpoint(content: Buffer): Checkpoint | null {
  const body = content.subarray(0, Math.max(0, content.length - digestLength))
  const digest = content.subarray(body.length)
  if (!createHash('sha256').update(body).digest().equals(digest)) return null
  try {
    const checkpoint = unpack(magic, body) as Checkpoint
    return checkpoint.format === 'convas-checkpoint' && checkpoint.version === 1 ? checkpoint : null
  } catch {
    return null
  }
}

function fileName(generation: number): string {
  return `${String(generation).padStart(6, '0')}.bin`
}

/** The newest first. */
async function listGenerations(place: string): Promise<readonly number[]> {
  const names = await readdir(place).catch(() => [])
  return names
    .flatMap((name) => /^(\d+)\.bin$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
}

/** Makes a renaming last through a power failure; where a system opens no folders, it does so by itself. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  if (handle === null) return
  try {
    await handle.sync()
  } catch {
    // Some file systems sync no folders.
  } finally {
    await handle.close()
  }
}
