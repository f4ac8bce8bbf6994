import { comparedPart, comparedRun, compareModels, dataFault } from '../common/comparison/compare-models.ts'
import type { ComparedRun } from '../common/comparison/compare-models.ts'
import type { ComparedAnswers } from '../common/contract.ts'
import type { DataSource } from '../common/data/dataset.ts'
import type { ModelInFolder } from '../common/engine-protocol.ts'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import type { Engine } from './engine-supervisor.ts'
import { comparisonKey, keepComparison, readComparison } from './runs/comparison-cache.ts'
import { readRun, runFolderOf } from './run-store.ts'

interface ModelOfRun {
  readonly run: string
  readonly model: string
}

/** Models of a project's runs as an engine finds them. */
export function inFolders(path: string, models: readonly ModelOfRun[]): Result<readonly ModelInFolder[]> {
  const found: ModelInFolder[] = []
  for (const { run, model } of models) {
    const folder = runFolderOf(path, run)
    if (!folder.ok) return folder
    found.push({ folder: folder.value, model })
  }
  return success(found)
}

interface CompareOptions {
  readonly workbench: Pick<Engine, 'request'>
  readonly path: string
  readonly models: readonly ModelOfRun[]
  readonly job: string
  /** The run under way. */
  readonly live: string | null
}

/**
 * Judges models of runs on the same data and compares them; refused before anything is computed where their data differ. What
 * was compared before is read from beside the runs, as long as runs and data are as they were.
 */
export async function compareRuns({
  workbench,
  path,
  models,
  job,
  live,
}: CompareOptions): Promise<Result<ComparedAnswers>> {
  const folders = inFolders(path, models)
  if (!folders.ok) return folders
  const runs = new Map<string, ComparedRun>()
  for (const { run } of models) {
    if (runs.has(run)) continue
    const read = await readRun(path, run, live)
    if (!read.ok) return read
    runs.set(run, comparedRun(read.value))
  }
  const fault = dataFault([...runs.values()])
  if (fault !== null) return fault
  const source = [...runs.values()][0]?.project.dataset ?? null
  const key = live !== null && runs.has(live) ? null : await keyOf({ workbench, path, models, job }, source)
  const kept = key === null ? null : await readComparison(path, models, key)
  if (kept !== null) return success(kept)
  const answer = await workbench.request('run.judge', { models: folders.value, job })
  if (!answer.ok) return answer
  const judged = answer.value.judged.flatMap((one, index) => {
    const of = runs.get(models[index]?.run ?? '')
    return of ? [{ of, ...one }] : []
  })
  const compared = compareModels(judged)
  if (!compared.ok) return compared
  const wanted = comparedPart(judged)
  const answers: ComparedAnswers = {
    comparison: compared.value,
    answers: judged.map((one) => {
      const { part, positions, truths, classes } = one[wanted].answers
      return { part, positions, truths, classes }
    }),
    source,
    classes: answer.value.classes,
  }
  if (key !== null) await keepComparison(path, models, key, answers)
  return success(answers)
}

/** Null where nothing can be kept: the data are not at hand, which the judging then says. */
async function keyOf(
  { workbench, path, models, job }: Omit<CompareOptions, 'live'>,
  source: DataSource | null,
): Promise<string | null> {
  if (source === null) return null
  const data = await workbench.request('dataset.describe', { source, job: `${job}-data` })
  return data.ok ? comparisonKey(path, models, data.value.hash) : null
}
