import type { Moment } from '../../common/training/moment.ts'
import type { Contestant } from './contestant.ts'
import { isKept, keptSteps, momentLimit } from './kept-moments.ts'
import { removeSnapshot, snapshotMoments } from './run-folder.ts'
import type { TrainingOptions, TrainingRun } from './training-run.ts'

/** The steps of the first epoch that are kept, the same for all models of a run; the largest model says how many. */
export function stepsToKeep(
  options: TrainingOptions,
  contestants: readonly Contestant[],
  stepsPerEpoch: number,
): readonly number[] {
  return keptSteps(stepsPerEpoch, Math.min(...contestants.map((contestant) => limitOf(options, contestant))))
}

function limitOf(options: TrainingOptions, { compiled }: Contestant): number {
  if (options.momentLimit !== undefined) return options.momentLimit
  return momentLimit(compiled.weights.reduce((bytes, { variable }) => bytes + variable.size * 4, 0))
}

/** Stores the weights of a step of the first epoch, where it is one that is kept, while training goes on. */
export function keepStep({ writer, position, keptSteps, teller }: TrainingRun, { model, compiled, step }: Contestant) {
  const moment = { step: position.step }
  if (!keptSteps.includes(moment.step)) return
  const taken = { epoch: 0, ...moment, weights: compiled.weights, values: step.readWeights() }
  const stored = keptSteps.filter((one) => one <= moment.step).map((one) => ({ step: one }))
  void writer.snapshot(model.id, moment, taken).then(
    () => {
      teller.tell({ type: 'moments', model: model.id, moments: [{ epoch: 0 }, ...stored] })
    },
    // The epoch's own snapshot waits for it, and fails with it.
    () => undefined,
  )
}

/** Tells what is stored, where that is not what the run's history says. */
export async function tellMoments({ options, contestants, teller }: TrainingRun): Promise<void> {
  for (const { model } of contestants)
    teller.tell({ type: 'moments', model: model.id, moments: await snapshotMoments(options.folder, model.id) })
}

/** How many steps may be taken in one go, at most `several`, without passing over one that is kept. */
export function stepsInOneGo({ position, keptSteps }: TrainingRun, several: number): number {
  return keptSteps.some((step) => step > position.step && step < position.step + several) ? 1 : several
}

/** What decides which moments of a model are kept. */
export interface JudgedSoFar {
  readonly closed: number
  readonly memory: { readonly best: { readonly epoch: number } | null }
}

/**
 * Removes epochs that are too many. What came after the state told is left alone: a run that goes on from that state must
 * find all that it had.
 */
export async function thinMoments(
  { options, contestants, keptSteps, teller }: TrainingRun,
  judged: readonly JudgedSoFar[],
): Promise<void> {
  for (const [index, contestant] of contestants.entries()) {
    const { id } = contestant.model
    const { closed, memory } = judged[index] as JudgedSoFar
    const rule = {
      last: closed,
      best: memory.best?.epoch ?? null,
      limit: limitOf(options, contestant) - keptSteps.length,
    }
    const stored = await snapshotMoments(options.folder, id)
    const isSpare = (moment: Moment) => 'epoch' in moment && moment.epoch < closed && !isKept(moment.epoch, rule)
    const spare = stored.filter(isSpare)
    if (spare.length === 0) continue
    teller.tell({ type: 'moments', model: id, moments: stored.filter((moment) => !isSpare(moment)) })
    for (const moment of spare) await removeSnapshot(options.folder, id, moment)
  }
}
