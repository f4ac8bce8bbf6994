import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { JudgedWeights } from '../../common/comparison/judged-weights.ts'
import type { ComparedAnswers } from '../../common/contract.ts'
import { decodeMessage, encodeMessage } from '../../common/wire.ts'
import { writeWholeFile } from '../atomic-file.ts'
import { runFolderOf, runsFolderOf } from '../run-store.ts'

/** Changes whenever the same answers would be told or computed otherwise. */
const CACHE_VERSION = 2
const MOST_KEPT = 32
const ending = '.comparison'

export interface ModelOfRun {
  readonly run: string
  readonly model: string
}

/** What is compared. */
export interface ComparedSubjects {
  readonly models: readonly ModelOfRun[]
  readonly weights: JudgedWeights
}

interface Kept {
  readonly version: number
  readonly key: string
  readonly answers: ComparedAnswers
}

/** Comparisons of finished runs lie beside them: `cat.runs/comparisons/<hash of the models>.comparison`. They may be lost at any time. */
function comparisonFileOf(projectFile: string, subjects: ComparedSubjects): string {
  return path.join(runsFolderOf(projectFile), 'comparisons', sha256(nameOf(subjects)).slice(0, 32) + ending)
}

/** What a comparison follows from: the data as they are now, and what each run was and told. Null where a run cannot be read. */
export async function comparisonKey(
  projectFile: string,
  subjects: ComparedSubjects,
  dataHash: string,
): Promise<string | null> {
  const parts = [dataHash]
  for (const run of new Set(subjects.models.map((one) => one.run))) {
    const folder = runFolderOf(projectFile, run)
    if (!folder.ok) return null
    for (const name of ['run.json', 'metrics.jsonl']) {
      const content = await readFile(path.join(folder.value, name)).catch(() => null)
      if (content === null) return null
      parts.push(run, name, sha256(content))
    }
  }
  return sha256(JSON.stringify([nameOf(subjects), parts]))
}

/** What was compared before, if nothing of what it follows from has changed since; what does not match is dropped. */
export async function readComparison(
  projectFile: string,
  subjects: ComparedSubjects,
  key: string,
): Promise<ComparedAnswers | null> {
  const file = comparisonFileOf(projectFile, subjects)
  const bytes = await readFile(file).catch(() => null)
  if (bytes === null) return null
  try {
    const kept = decodeMessage(bytes) as Kept
    if (kept.version === CACHE_VERSION && kept.key === key) return kept.answers
  } catch {
    // Damaged, so it does not match either.
  }
  await rm(file, { force: true }).catch(() => undefined)
  return null
}

/** Keeps a comparison, and no more of them than are ever looked at again. A disk that is full costs nothing but the time saved. */
export async function keepComparison(
  projectFile: string,
  subjects: ComparedSubjects,
  key: string,
  answers: ComparedAnswers,
): Promise<void> {
  const file = comparisonFileOf(projectFile, subjects)
  const written = await writeWholeFile(file, encodeMessage({ version: CACHE_VERSION, key, answers } satisfies Kept))
  if (written.ok) await dropOld(path.dirname(file))
}

async function dropOld(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending))
  if (names.length <= MOST_KEPT) return
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name)
      return { file, ms: (await stat(file).catch(() => null))?.mtimeMs ?? 0 }
    }),
  )
  const old = files.sort((one, other) => other.ms - one.ms).slice(MOST_KEPT)
  await Promise.all(old.map(({ file }) => rm(file, { force: true }).catch(() => undefined)))
}

function nameOf({ models, weights }: ComparedSubjects): string {
  return JSON.stringify([weights, models.map(({ run, model }) => [run, model])])
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
