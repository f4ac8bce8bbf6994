import { randomBytes } from 'node:crypto'
import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../src-main/common/project/project.ts'
import type { TrainingEvent } from '../src-main/common/training/events.ts'
import { newRunId, runsFolderOf } from '../src-main/host/run-store.ts'

const MINUTE_MS = 60_000

/** Makes `count` runs beside `projectFile` of one that was really trained: seeds, times and figures are others, weights the same. */
export async function multiplyRun(folder: string, projectFile: string, count: number): Promise<void> {
  const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { project: Project }
  const events = (await readFile(join(folder, 'metrics.jsonl'), 'utf8'))
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TrainingEvent]))
  const weights = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.bin'),
  )
  const from = Date.now() - count * MINUTE_MS
  for (let number = 0; number < count; number++) {
    const run = newRunId(new Date(from + number * MINUTE_MS))
    const target = join(runsFolderOf(projectFile), run)
    const seed = number + 1
    // Of a generator, not of a training: only that the figures differ matters here.
    const factor = 0.6 + 0.8 * (randomBytes(1).readUInt8() / 255)
    const told = events.map((event) => ({
      ...event,
      ...('run' in event && { run }),
      ...(event.type === 'epoch' && { loss: event.loss * factor, valLoss: event.valLoss && event.valLoss * factor }),
    }))
    await mkdir(target, { recursive: true })
    const { project } = record
    const changed = { ...record, project: { ...project, recipe: { ...project.recipe, seed } } }
    await writeFile(join(target, 'run.json'), JSON.stringify(changed))
    await writeFile(join(target, 'metrics.jsonl'), told.map((event) => JSON.stringify(event) + '\n').join(''))
    for (const { parentPath, name } of weights) {
      const place = join(target, parentPath.slice(folder.length))
      await mkdir(place, { recursive: true })
      await link(join(parentPath, name), join(place, name))
    }
  }
}
