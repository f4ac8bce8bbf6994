import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { RunSummary } from '../../common/contract.ts'
import type { Result } from '../../common/result.ts'
import { success } from '../../common/result.ts'
import { writeWholeFile } from '../atomic-file.ts'
import type { FolderSummary } from '../run-store.ts'
import { runIdPattern, runsFolderOf, summarizeRunFolder } from '../run-store.ts'
import { listSweeps } from '../sweeps/sweep-store.ts'
import { readNotes } from './run-notes.ts'

/** Changes whenever a summary would. */
const INDEX_VERSION = 2
const AT_ONCE = 32
/** Names in the folder that could be those of runs. */
const besideRuns: ReadonlySet<string> = new Set(['index.json', 'notes.json', 'sweeps', 'trash', 'comparisons'])

interface Indexed {
  /** Times and sizes of what the summary was made of. */
  readonly stamp: string
  readonly summary: FolderSummary
  readonly bytes: number
}

/**
 * All readable runs of a project, the newest first. `live` are those under way, whose state their files cannot tell. What runs
 * came to is kept in an index beside them, so that a thousand histories are not read each time; it may be lost at any time.
 * With `newest` only so many of the newest folders are looked at, and the index stays as it is.
 */
export async function listRuns(
  projectFile: string,
  live: ReadonlySet<string> = new Set(),
  newest = Infinity,
): Promise<Result<readonly RunSummary[]>> {
  const runsFolder = runsFolderOf(projectFile)
  const names = (await readdir(runsFolder).catch(() => [])).filter((name) => runIdPattern.test(name))
  if (names.length === 0) return success([])
  const [index, notes, sweeps] = await Promise.all([readIndex(runsFolder), readNotes(runsFolder), sweepsOf(runsFolder)])
  const found = new Map<string, Indexed>()
  let hasNews = false
  const waiting = names
    .filter((name) => !besideRuns.has(name))
    .sort((one, other) => (one < other ? 1 : -1))
    .slice(0, newest)
  let next = 0
  const work = async () => {
    for (let run = waiting[next++]; run !== undefined; run = waiting[next++]) {
      const folder = path.join(runsFolder, run)
      const stamp = await stampOf(folder)
      if (stamp === null) continue
      const known = index.get(run)
      if (known?.stamp === stamp && !live.has(run)) {
        found.set(run, known)
        continue
      }
      const [summary, bytes] = await Promise.all([
        summarizeRunFolder(folder, run, live.has(run) ? run : null),
        bytesOf(folder),
      ])
      if (!summary.ok) continue
      found.set(run, { stamp, summary: summary.value, bytes })
      hasNews ||= !live.has(run)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const listed = waiting.flatMap((run) => found.get(run) ?? [])
  if (newest === Infinity && (hasNews || [...index.keys()].some((run) => !found.has(run)))) {
    // What is under way will be another thing next time.
    const kept = listed.filter(({ summary }) => !live.has(summary.run))
    const content = { version: INDEX_VERSION, runs: kept }
    await writeWholeFile(indexFileOf(runsFolder), JSON.stringify(content))
  }
  return success(
    listed.map(({ summary, bytes }) => ({
      ...summary,
      bytes,
      notes: notes(summary.run),
      sweep: sweeps.get(summary.run) ?? null,
    })),
  )
}

function indexFileOf(runsFolder: string): string {
  return path.join(runsFolder, 'index.json')
}

async function readIndex(runsFolder: string): Promise<ReadonlyMap<string, Indexed>> {
  try {
    const content = JSON.parse(await readFile(indexFileOf(runsFolder), 'utf8')) as {
      readonly version: number
      readonly runs: readonly Indexed[]
    }
    // It is ours, and what it says of a run counts only where the stamp fits.
    return new Map(content.version === INDEX_VERSION ? content.runs.map((one) => [one.summary.run, one]) : [])
  } catch {
    return new Map()
  }
}

/** Null for a folder that is no run. */
async function stampOf(folder: string): Promise<string | null> {
  const [record, metrics, checkpoints] = await Promise.all(
    ['run.json', 'metrics.jsonl', 'checkpoints'].map((name) => stat(path.join(folder, name)).catch(() => null)),
  )
  if (!record) return null
  return [record, metrics, checkpoints].map((one) => (one ? `${one.mtimeMs}/${one.size}` : '–')).join(' ')
}

/** Of all files in a folder, however deep. */
export async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const inner = path.join(folder, entry.name)
      if (entry.isDirectory()) return bytesOf(inner)
      return stat(inner).then(
        ({ size }) => size,
        () => 0,
      )
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Which sweep a run is a cell of. */
async function sweepsOf(runsFolder: string): Promise<ReadonlyMap<string, string>> {
  const plans = await listSweeps(runsFolder)
  return new Map(
    plans.flatMap(({ sweep, cells }) => cells.flatMap(({ run }) => (run === null ? [] : [[run, sweep] as const]))),
  )
}
