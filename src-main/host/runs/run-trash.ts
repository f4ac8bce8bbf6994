import { access, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { RunTrash, Trashed } from '../../common/contract.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import { describeFileFault } from '../faults.ts'
import { makeFolder } from '../folder.ts'
import { runIdPattern, timeOfRun } from '../run-store.ts'
import { sweepEnding, sweepFileOf } from '../sweeps/sweep-store.ts'
import { bytesOf } from './run-list.ts'
import { readNotes } from './run-notes.ts'

/** What was deleted can be taken back for so long; then it is purged when the runs are listed. */
const KEPT_DAYS = 30

function trashFolderOf(runsFolder: string): string {
  return path.join(runsFolder, 'trash')
}

/** Moves runs into the trash; none of those that are under way. */
export async function deleteRuns(
  runsFolder: string,
  runs: readonly string[],
  live: ReadonlySet<string>,
): Promise<Result<null>> {
  const busy = runs.find((run) => live.has(run))
  if (busy !== undefined) {
    return failureIn('unsupported', {
      en: `The run ${busy} is under way. Stop it before you delete it.`,
      ko: `학습 중인 실행입니다: ${busy}. 삭제하려면 먼저 중지하세요.`,
    })
  }
  return moveRuns(runs, runsFolder, trashFolderOf(runsFolder))
}

export function restoreRuns(runsFolder: string, runs: readonly string[]): Promise<Result<null>> {
  return moveRuns(runs, trashFolderOf(runsFolder), runsFolder)
}

/** Takes a sweep off the list, to be taken back as runs are; its runs stay. */
export async function deleteSweep(runsFolder: string, sweep: string): Promise<Result<null>> {
  const file = sweepFileOf(runsFolder, sweep)
  return file.ok ? moveAll([[file.value, trashedSweepOf(runsFolder, sweep)]]) : file
}

export async function restoreSweep(runsFolder: string, sweep: string): Promise<Result<null>> {
  const file = sweepFileOf(runsFolder, sweep)
  return file.ok ? moveAll([[trashedSweepOf(runsFolder, sweep), file.value]]) : file
}

function trashedSweepOf(runsFolder: string, sweep: string): string {
  return path.join(trashFolderOf(runsFolder), sweep + sweepEnding)
}

async function moveRuns(runs: readonly string[], from: string, to: string): Promise<Result<null>> {
  const unfit = runs.find((run) => !runIdPattern.test(run))
  if (unfit !== undefined) {
    return failureIn('invalid-run', {
      en: `A run id was expected. Received: ${JSON.stringify(unfit)}`,
      ko: `실행 ID가 아닙니다: ${JSON.stringify(unfit)}`,
    })
  }
  return moveAll(runs.map((run) => [path.join(from, run), path.join(to, run)]))
}

/** All or none. */
async function moveAll(moves: readonly (readonly [from: string, to: string])[]): Promise<Result<null>> {
  const done: (readonly [from: string, to: string])[] = []
  for (const [from, to] of moves) {
    const fault = await moveOne(from, to)
    if (fault === null) {
      done.push([from, to])
      continue
    }
    for (const [was, is] of done) await rename(is, was).catch(() => undefined)
    return fault
  }
  return success(null)
}

async function moveOne(from: string, to: string): Promise<Result<never> | null> {
  const made = await makeFolder(path.dirname(to))
  if (!made.ok) return made
  if (await isThere(to)) {
    return failureIn('unsupported', {
      en: `${to} is there already. Rename it or move it away first.`,
      ko: `이미 있습니다: ${to}. 먼저 이름을 바꾸거나 다른 곳으로 옮기세요.`,
    })
  }
  try {
    await rename(from, to)
  } catch (error) {
    return { ok: false, error: describeFileFault(error, from) }
  }
  // Since when it is there.
  await utimes(to, new Date(), new Date()).catch(() => undefined)
  return null
}

async function isThere(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  )
}

/** What can be taken back, what was deleted last first. */
export async function measureTrash(runsFolder: string): Promise<RunTrash> {
  const folder = trashFolderOf(runsFolder)
  const [names, notes] = await Promise.all([readdir(folder).catch(() => []), readNotes(runsFolder)])
  const found = await Promise.all(
    names.map(async (name) => {
      const place = path.join(folder, name)
      const file = await stat(place).catch(() => null)
      const isSweep = name.endsWith(sweepEnding)
      const id = isSweep ? name.slice(0, -sweepEnding.length) : name
      const entry: Trashed = {
        kind: isSweep ? 'sweep' : 'run',
        id,
        started: timeOfRun(id),
        name: isSweep ? '' : notes(id).name,
        bytes: isSweep ? (file?.size ?? 0) : await bytesOf(place),
      }
      return { entry, since: file?.mtimeMs ?? 0 }
    }),
  )
  const entries = found.sort((one, other) => other.since - one.since).map(({ entry }) => entry)
  return { entries, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Deletes what is in the trash for good; the answer is what was there. */
export async function emptyTrash(runsFolder: string): Promise<Result<RunTrash>> {
  const had = await measureTrash(runsFolder)
  try {
    await rm(trashFolderOf(runsFolder), { recursive: true, force: true })
    return success(had)
  } catch (error) {
    return { ok: false, error: describeFileFault(error, trashFolderOf(runsFolder)) }
  }
}

/** Deletes for good what has been in the trash for long. */
export async function purgeTrash(runsFolder: string, now = Date.now()): Promise<void> {
  const folder = trashFolderOf(runsFolder)
  for (const run of await readdir(folder).catch(() => [])) {
    const found = await stat(path.join(folder, run)).catch(() => null)
    if (!found || now - found.mtimeMs < KEPT_DAYS * 86_400_000) continue
    await rm(path.join(folder, run), { recursive: true, force: true }).catch(() => undefined)
  }
}
