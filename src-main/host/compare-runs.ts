import { comparedPart, comparedRun, compareModels, dataFault } from '../common/comparison/compare-models.ts'
import type { ComparedRun } from '../common/comparison/compare-models.ts'
import { bestEpochOf } from '../common/comparison/judged-weights.ts'
import type { JudgedWeights } from '../common/comparison/judged-weights.ts'
import type { ComparedAnswers, RunDetail } from '../common/contract.ts'
import type { DataSource } from '../common/data/dataset.ts'
import type { ModelInFolder } from '../common/engine-protocol.ts'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { outcomeIn } from '../common/training/outcome.ts'
import type { Engine } from './engine-supervisor.ts'
import type { ComparedSubjects, ModelOfRun } from './runs/comparison-cache.ts'
import { comparisonKey, keepComparison, readComparison } from './runs/comparison-cache.ts'
import { readRun, runFolderOf } from './run-store.ts'

interface JudgedModels extends ComparedSubjects {
  /** The run under way. */
  readonly live: string | null
}

/** Models of a project's runs as an engine finds them. */
export function foldersOf(path: string, models: readonly ModelOfRun[]): Result<readonly ModelInFolder[]> {
  const found: ModelInFolder[] = []
  for (const { run, model } of models) {
    const folder = runFolderOf(path, run)
    if (!folder.ok) return folder
    found.push({ folder: folder.value, model })
  }
  return success(found)
}

/** The same, with the weights that are to be judged. */
export async function inFolders(path: string, judged: JudgedModels): Promise<Result<readonly ModelInFolder[]>> {
  const runs = await readRuns(path, judged)
  return runs.ok ? success(modelsIn(runs.value, judged)) : runs
}

type StoredRuns = ReadonlyMap<string, RunDetail & { readonly folder: string }>

async function readRuns(path: string, { models, live }: JudgedModels): Promise<Result<StoredRuns>> {
  const runs = new Map<string, RunDetail & { readonly folder: string }>()
  for (const run of new Set(models.map((one) => one.run))) {
    const folder = runFolderOf(path, run)
    if (!folder.ok) return folder
    const read = await readRun(path, run, live)
    if (!read.ok) return read
    runs.set(run, { ...read.value, folder: folder.value })
  }
  return success(runs)
}

function modelsIn(runs: StoredRuns, { models, weights }: JudgedModels): readonly ModelInFolder[] {
  return models.flatMap(({ run, model }) => {
    const of = runs.get(run)
    return of ? [judgedModel(of, model, weights)] : []
  })
}

/** A model of a run with the weights to be judged; where no epoch of it is the best, with those that are the result. */
export function judgedModel(
  { folder, events, project }: Pick<RunDetail, 'events' | 'project'> & { readonly folder: string },
  model: string,
  weights: JudgedWeights,
): ModelInFolder {
  const epoch = weights === 'best' ? bestEpochOf(outcomeIn(events, model, project.recipe)) : null
  return epoch === null ? { folder, model } : { folder, model, epoch }
}

interface CompareOptions extends JudgedModels {
  readonly workbench: Pick<Engine, 'request'>
  readonly path: string
  readonly job: string
}

/**
 * Judges models of runs on the same data and compares them; refused before anything is computed where their data differ. What
 * was compared before is read from beside the runs, as long as runs and data are as they were.
 */
export async function compareRuns({
  workbench,
  path,
  job,
  ...wanted
}: CompareOptions): Promise<Result<ComparedAnswers>> {
  const read = await readRuns(path, wanted)
  if (!read.ok) return read
  const { models } = wanted
  const runs = new Map([...read.value].map(([run, detail]): [string, ComparedRun] => [run, comparedRun(detail)]))
  const fault = dataFault([...runs.values()])
  if (fault !== null) return fault
  const source = [...runs.values()][0]?.project.dataset ?? null
  const isLive = wanted.live !== null && runs.has(wanted.live)
  const key = isLive ? null : await keyOf({ workbench, path, job, ...wanted }, source)
  const kept = key === null ? null : await readComparison(path, wanted, key)
  if (kept !== null) return success(kept)
  const answer = await workbench.request('run.judge', { models: modelsIn(read.value, wanted), job })
  if (!answer.ok) return answer
  const judged = answer.value.judged.flatMap((one, index) => {
    const of = runs.get(models[index]?.run ?? '')
    return of ? [{ of, ...one }] : []
  })
  const compared = compareModels(judged)
  if (!compared.ok) return compared
  const comparedOn = comparedPart(judged)
  const answers: ComparedAnswers = {
    comparison: compared.value,
    answers: judged.map((one) => {
      const { part, positions, truths, classes } = one[comparedOn].answers
      return { part, positions, truths, classes }
    }),
    source,
    classes: answer.value.classes,
  }
  if (key !== null) await keepComparison(path, wanted, key, answers)
  return success(answers)
}

/** Null where nothing can be kept: the data are not at hand, which the judging then says. */
async function keyOf(
  { workbench, path, job, ...wanted }: CompareOptions,
  source: DataSource | null,
): Promise<string | null> {
  if (source === null) return null
  const data = await workbench.request('dataset.describe', { source, job: `${job}-data` })
  return data.ok ? comparisonKey(path, wanted, data.value.hash) : null
}
