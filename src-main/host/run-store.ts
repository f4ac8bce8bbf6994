import { randomBytes } from 'node:crypto'
import { appendFile, readdir, readFile, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { RunCurves, RunDetail, RunSummary } from '../common/contract.ts'
import type { Project } from '../common/project/project.ts'
import { projectSchema } from '../common/project/schema.ts'
import type { Result } from '../common/result.ts'
import { failureIn, success } from '../common/result.ts'
import type { RunState, TrainingEvent } from '../common/training/events.ts'
import type { Moment } from '../common/training/moment.ts'
import { momentsOfFiles } from '../common/training/moment.ts'
import { outcomeIn } from '../common/training/outcome.ts'
import { reasonsOf, stateAfter, stateAtEnd, wayOnOf } from '../common/training/way-on.ts'
import { describeFileFault } from './faults.ts'
import { makeFolder } from './folder.ts'

/** A run is known by its folder's name, which a copy may have from a file manager: any single part of a path, none that is hidden. */
export const runIdPattern = /^[^.\p{Cc}<>:"/\\|?*][^\p{Cc}<>:"/\\|?*]{0,99}$/u
const recordSchema = z.object({
  project: projectSchema,
  models: z.array(z.string()).optional(),
  started: z.string().optional(),
})

const runsEnding = '.runs'

/** The folder with all runs of a project file: `cat.convas` has `cat.runs`. */
export function runsFolderOf(projectFile: string): string {
  return projectFile.replace(/\.convas$/i, '') + runsEnding
}

/** A run's folder; refused where the id could lead out of the runs folder. */
export function runFolderOf(projectFile: string, run: string): Result<string> {
  if (!runIdPattern.test(run)) {
    return failureIn('invalid-run', {
      en: `The name of a run's folder was expected. Received: ${JSON.stringify(run)}`,
      ko: `실행 폴더의 이름이 아닙니다. 받은 값: ${JSON.stringify(run)}`,
    })
  }
  return success(path.join(runsFolderOf(projectFile), run))
}

/** Sorts by time: 2026-11-23T19-05-12-a1b2. */
export function newRunId(now = new Date()): string {
  return `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(2).toString('hex')}`
}

/** Makes an empty run folder under `runsFolder`. */
export async function createRunFolder(
  runsFolder: string,
  run = newRunId(),
): Promise<Result<{ readonly run: string; readonly folder: string }>> {
  const folder = path.join(runsFolder, run)
  const made = await makeFolder(folder)
  return made.ok ? success({ run, folder }) : made
}

/** A run that was refused leaves nothing behind; a folder that holds anything stays, and so does one that is not ours. */
export async function removeEmptyRun(folder: string): Promise<void> {
  try {
    await rmdir(folder)
    const runs = path.dirname(folder)
    if (runs.endsWith(runsEnding)) await rmdir(runs)
  } catch {
    // Not empty: other runs are in it.
  }
}

/** Adds events that the trainer could no longer write itself, such as its own crash. */
export async function appendRunEvents(folder: string, events: readonly TrainingEvent[]): Promise<void> {
  // A kill may have torn the last line; the line break keeps ours readable.
  const lines = events.map((event) => '\n' + JSON.stringify(event)).join('') + '\n'
  await appendFile(path.join(folder, 'metrics.jsonl'), lines).catch(() => undefined)
}

/** Everything stored of one run. */
export async function readRun(projectFile: string, run: string, live: string | null): Promise<Result<RunDetail>> {
  const folder = runFolderOf(projectFile, run)
  return folder.ok ? readRunFolder(folder.value, run, live) : folder
}

/** As readRun, for a folder wherever it lies. */
export async function readRunFolder(folder: string, run: string, live: string | null): Promise<Result<RunDetail>> {
  const plan = await readRunPlan(folder)
  if (!plan.ok) return plan
  const events = await readEvents(path.join(folder, 'metrics.jsonl'))
  const state = stateOf(events, run === live)
  return success({
    run,
    project: plan.value.project,
    state,
    events,
    snapshots: await listSnapshots(path.join(folder, 'snapshots')),
    wayOn: (await hasCheckpoint(folder)) ? wayOnOf(state, reasonsOf(events)) : null,
  })
}

/** What a run trains: its project as it was, and which of its models. */
export interface RunPlan {
  readonly project: Project
  readonly models: readonly string[]
}

export async function readRunPlan(folder: string): Promise<Result<RunPlan>> {
  const file = path.join(folder, 'run.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return { ok: false, error: describeFileFault(error, file) }
  }
  try {
    const record = recordSchema.safeParse(JSON.parse(text))
    if (record.success) {
      const project = record.data.project as Project
      return success({ project, models: record.data.models ?? project.models.map(({ id }) => id) })
    }
    return failureIn(
      'invalid-run',
      { en: `${file} is not the record of a run.`, ko: `실행 기록 파일이 아닙니다: ${file}` },
      z.prettifyError(record.error),
    )
  } catch (error) {
    return failureIn(
      'invalid-run',
      { en: `${file} is damaged: it is not JSON.`, ko: `JSON이 아닌 손상된 파일입니다: ${file}` },
      String(error),
    )
  }
}

async function hasCheckpoint(folder: string): Promise<boolean> {
  return (await readFolder(path.join(folder, 'checkpoints'))).some((name) => name.endsWith('.bin'))
}

/** The events in the first `bytes` of a run's history. */
export async function readHistory(folder: string, bytes: number): Promise<TrainingEvent[]> {
  const content = await readFile(path.join(folder, 'metrics.jsonl')).catch(() => Buffer.alloc(0))
  return parseEvents(content.toString('utf8', 0, Math.min(bytes, content.length)))
}

/** One event a line; a last line torn by a kill, or any other that is no event, is passed over. */
async function readEvents(file: string): Promise<TrainingEvent[]> {
  return parseEvents(await readFile(file, 'utf8').catch(() => ''))
}

/** Of `types` alone where they are given: lines of others are passed over unread. */
function parseEvents(text: string, types: ReadonlySet<string> | null = null): TrainingEvent[] {
  const events: TrainingEvent[] = []
  for (const line of text.split('\n')) {
    const type = types && /^\{"type":"([^"]*)"/.exec(line)?.[1]
    if (type != null && !types?.has(type)) continue
    const event = parseEvent(line)
    if (event) events.push(event)
  }
  return events
}

function parseEvent(line: string): TrainingEvent | null {
  if (line === '') return null
  try {
    const value: unknown = JSON.parse(line)
    const isEvent = typeof value === 'object' && value !== null && typeof (value as TrainingEvent).type === 'string'
    return isEvent ? (value as TrainingEvent) : null
  } catch {
    return null
  }
}

/** A run that neither finished nor goes on was cut off, whatever it last said. */
function stateOf(events: readonly TrainingEvent[], isLive: boolean): RunState {
  const failed = events.find((event) => event.type === 'failed')
  if (failed) return stateAfter(failed)
  if (events.some((event) => event.type === 'run-finished')) return stateAtEnd(reasonsOf(events))
  if (!isLive) return 'interrupted'
  let state: RunState = 'preparing'
  for (const event of events) if (event.type === 'state') state = event.state
  return state
}

/** `snapshots/<model>/epoch-0001.bin`: the moments that are there, in the order of time. */
async function listSnapshots(folder: string): Promise<Record<string, readonly Moment[]>> {
  const snapshots: Record<string, readonly Moment[]> = {}
  for (const model of await readFolder(folder)) {
    const moments = momentsOfFiles(await readFolder(path.join(folder, model)))
    if (moments.length > 0) snapshots[decodeURIComponent(model)] = moments
  }
  return snapshots
}

/** The ends of a run's epochs, by model; null where it cannot be read. */
export async function readCurves(folder: string, run: string): Promise<RunCurves | null> {
  const plan = await readRunPlan(folder)
  if (!plan.ok) return null
  const epochs = (await readEvents(path.join(folder, 'metrics.jsonl'))).filter((event) => event.type === 'epoch')
  const models = plan.value.project.models.filter(({ id }) => plan.value.models.includes(id))
  return {
    run,
    models: models.map(({ id, name }) => ({ id, name, epochs: epochs.filter(({ model }) => model === id) })),
  }
}

async function readFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

/** What the list of runs shows of one, as far as its folder tells. */
export type FolderSummary = Omit<RunSummary, 'notes' | 'sweep' | 'bytes'>

/** Steps and progress are nearly all of a history, and nothing that the list shows follows from them. */
const summarized: readonly TrainingEvent['type'][] = [
  'run-started',
  'epoch',
  'model-finished',
  'state',
  'run-finished',
  'failed',
]

/** What a run came to, without reading all that it told. */
export async function summarizeRunFolder(
  folder: string,
  run: string,
  live: string | null,
): Promise<Result<FolderSummary>> {
  const [plan, text, isResumable] = await Promise.all([
    readRunPlan(folder),
    readFile(path.join(folder, 'metrics.jsonl'), 'utf8').catch(() => ''),
    hasCheckpoint(folder),
  ])
  if (!plan.ok) return plan
  const events = parseEvents(text, new Set(summarized))
  const { recipe, models: planned } = plan.value.project
  const started = events.find((event) => event.type === 'run-started')
  const models = started?.models ?? planned.map(({ id, name }) => ({ id, name, parameters: 0 }))
  const state = stateOf(events, run === live)
  return success({
    run,
    started: timeOfRun(run),
    state,
    models,
    epochs: recipe.epochs,
    done: Math.max(0, ...events.map((event) => (event.type === 'epoch' ? event.epoch : 0))),
    backend: started?.backend ?? 'cpu',
    seed: recipe.seed,
    results: models.map(({ id }) => resultOf(events, id, recipe)),
    wayOn: isResumable ? wayOnOf(state, reasonsOf(events)) : null,
  })
}

/** When a run or a sweep began, which its id tells. */
export function timeOfRun(run: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)/.exec(run)
  return match ? `${match[1]}T${match[2]}:${match[3]}:${match[4]}Z` : new Date(0).toISOString()
}

function resultOf(
  events: readonly TrainingEvent[],
  model: string,
  recipe: Project['recipe'],
): RunSummary['results'][number] {
  const { epoch, isWithin, judged, test, best } = outcomeIn(events, model, recipe)
  return {
    model,
    epoch,
    isWithin,
    valAccuracy: judged?.valAccuracy ?? null,
    valLoss: judged?.valLoss ?? null,
    test: test === null ? null : { loss: test.loss, accuracy: test.accuracy },
    best: best === null ? null : { epoch: best.epoch, valAccuracy: best.valAccuracy, valLoss: best.valLoss },
  }
}
