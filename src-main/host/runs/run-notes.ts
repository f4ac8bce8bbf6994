import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Result } from '../../common/result.ts'
import { failureIn } from '../../common/result.ts'
import type { RunNotes } from '../../common/training/run-notes.ts'
import { noNotes, runNotesSchema } from '../../common/training/run-notes.ts'
import { writeWholeFile } from '../atomic-file.ts'

const fileSchema = z.object({ version: z.literal(1), runs: z.record(z.string(), runNotesSchema) })

/** One change after the other, for each is made of what the file says. */
let lastChange: Promise<unknown> = Promise.resolve()

/** Notes lie beside the runs: the folder of a run under way is its trainer's. */
function notesFileOf(runsFolder: string): string {
  return path.join(runsFolder, 'notes.json')
}

/** What somebody wrote to each run. */
export async function readNotes(runsFolder: string): Promise<(run: string) => RunNotes> {
  const known = await readFileOf(runsFolder)
  return (run) => (known.ok && Object.hasOwn(known.value, run) ? (known.value[run] ?? noNotes) : noNotes)
}

export function annotateRun(runsFolder: string, run: string, notes: RunNotes): Promise<Result<null>> {
  const change = lastChange.then(async () => {
    const known = await readFileOf(runsFolder)
    // A file that cannot be read is left alone, for it holds what somebody wrote.
    if (!known.ok) return known
    const runs = { ...known.value, [run]: notes }
    return writeWholeFile(notesFileOf(runsFolder), JSON.stringify({ version: 1, runs }, null, 2))
  })
  lastChange = change.catch(() => undefined)
  return change
}

async function readFileOf(runsFolder: string): Promise<Result<Readonly<Record<string, RunNotes>>>> {
  const file = notesFileOf(runsFolder)
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return { ok: true, value: {} }
  try {
    const content = fileSchema.safeParse(JSON.parse(text))
    if (content.success) return { ok: true, value: content.data.runs }
  } catch {
    // Said below.
  }
  return failureIn('invalid-run', {
    en: `${file} is damaged. Move it away to write notes again.`,
    ko: `손상된 파일입니다: ${file}. 메모를 다시 쓰려면 다른 곳으로 옮기세요.`,
  })
}
