import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { RunTrash } from '../../common/contract.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import { describeFileFault } from '../faults.ts'
import { makeFolder } from '../folder.ts'
import { runIdPattern } from '../run-store.ts'
import { bytesOf } from './run-list.ts'

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
  return move(runs, runsFolder, trashFolderOf(runsFolder))
}

export function restoreRuns(runsFolder: string, runs: readonly string[]): Promise<Result<null>> {
  return move(runs, trashFolderOf(runsFolder), runsFolder)
}

async function move(runs: readonly string[], from: string, to: string): Promise<Result<null>> {
  const unfit = runs.find((run) => !runIdPattern.test(run))
  if (unfit !== undefined) {
    return failureIn('invalid-run', {
      en: `A run id was expected. Received: ${JSON.stringify(unfit)}`,
      ko: `실행 ID가 아닙니다: ${JSON.stringify(unfit)}`,
    })
  }
  const made = await makeFolder(to)
  if (!made.ok) return made
  for (const run of runs) {
    try {
      await rename(path.join(from, run), path.join(to, run))
      // Since when it is there.
      await utimes(path.join(to, run), new Date(), new Date())
    } catch (error) {
      return { ok: false, error: describeFileFault(error, path.join(from, run)) }
    }
  }
  return success(null)
}

export async function measureTrash(runsFolder: string): Promise<RunTrash> {
  const folders = await readdir(trashFolderOf(runsFolder)).catch(() => [])
  return { runs: folders.length, bytes: await bytesOf(trashFolderOf(runsFolder)) }
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
