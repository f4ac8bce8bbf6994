import { open, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { SweepPlan } from '../../common/sweep/plan.ts'
import { sweepPlanSchema } from '../../common/sweep/plan.ts'
import { writeWholeFile } from '../atomic-file.ts'
import { describeFileFault } from '../faults.ts'
import { makeFolder } from '../folder.ts'
import { runIdPattern } from '../run-store.ts'

export const sweepEnding = '.sweep.json'

/** Sweeps lie beside the runs that they made: `cat.runs/sweeps/<id>.sweep.json`. */
function sweepsFolderOf(runsFolder: string): string {
  return path.join(runsFolder, 'sweeps')
}

/** A sweep's file; refused where the id could lead elsewhere. */
export function sweepFileOf(runsFolder: string, sweep: string): Result<string> {
  return runIdPattern.test(sweep)
    ? success(path.join(sweepsFolderOf(runsFolder), sweep + sweepEnding))
    : failureIn('invalid-run', {
        en: `The id of a sweep was expected. Received: ${JSON.stringify(sweep)}`,
        ko: `스윕의 ID가 아닙니다: ${JSON.stringify(sweep)}`,
      })
}

export async function readSweep(runsFolder: string, sweep: string): Promise<Result<SweepPlan>> {
  const file = sweepFileOf(runsFolder, sweep)
  return file.ok ? readSweepFile(file.value) : file
}

export async function readSweepFile(file: string): Promise<Result<SweepPlan>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return { ok: false, error: describeFileFault(error, file) }
  }
  try {
    const plan = sweepPlanSchema.safeParse(JSON.parse(text))
    return plan.success
      ? success(plan.data)
      : failureIn(
          'invalid-run',
          { en: `${file} is not the file of a sweep.`, ko: `스윕 파일이 아닙니다: ${file}` },
          z.prettifyError(plan.error),
        )
  } catch (error) {
    return failureIn(
      'invalid-run',
      { en: `${file} is damaged: it is not JSON.`, ko: `JSON이 아닌 손상된 파일입니다: ${file}` },
      String(error),
    )
  }
}

export async function writeSweep(runsFolder: string, plan: SweepPlan): Promise<Result<null>> {
  const file = sweepFileOf(runsFolder, plan.sweep)
  return file.ok ? writeWholeFile(file.value, JSON.stringify(plan)) : file
}

/** Every readable sweep of a project, the newest first. */
export async function listSweeps(runsFolder: string): Promise<readonly SweepPlan[]> {
  const names = await readdir(sweepsFolderOf(runsFolder)).catch(() => [])
  const files = names.filter((name) => name.endsWith(sweepEnding)).sort((one, other) => (one < other ? 1 : -1))
  const plans = await Promise.all(files.map((name) => readSweepFile(path.join(sweepsFolderOf(runsFolder), name))))
  return plans.flatMap((plan) => (plan.ok ? [plan.value] : []))
}

/** Keeps other processes from working on the same sweep; gives what lets go of it. One that has died holds nothing. */
export async function lockSweep(runsFolder: string, sweep: string): Promise<Result<() => Promise<void>>> {
  const file = path.join(sweepsFolderOf(runsFolder), `${sweep}.lock`)
  const made = await makeFolder(path.dirname(file))
  if (!made.ok) return made
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      return success(() => rm(file, { force: true }))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        return { ok: false, error: describeFileFault(error, file) }
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    if (holder !== process.pid && isAlive(holder))
      return failureIn('unsupported', {
        en: `Another process (${holder}) works on this sweep. Wait for it, or end it first.`,
        ko: `다른 프로세스(${holder})가 이 스윕을 진행하고 있습니다. 끝나기를 기다리거나 먼저 끝내세요.`,
      })
    await rm(file, { force: true })
  }
  return failureIn('unsupported', {
    en: 'Another process has just begun to work on this sweep. Try again when it has ended.',
    ko: '다른 프로세스가 방금 이 스윕을 시작했습니다. 끝난 뒤에 다시 시도하세요.',
  })
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
