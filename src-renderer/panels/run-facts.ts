import type { Moment } from '../../src-main/common/training/moment.ts'
import { compareMoments, momentKey } from '../../src-main/common/training/moment.ts'
import type { ModelHistory, RunView } from '../state/training-state.svelte.ts'

/** Moments that are stored of any model, in the order of time. */
export function storedMoments(view: RunView | null): readonly Moment[] {
  if (!view) return []
  const byKey = new Map(Object.values(view.snapshots).flatMap((moments) => moments.map((one) => [momentKey(one), one])))
  return [...byKey.values()].sort(compareMoments)
}

/** Whether no model came to the end of an epoch whose weights are stored: it was stopped, or diverged, before that. */
export function isWithinEpoch(view: RunView | null, epoch: number): boolean {
  return view !== null && !view.models.some(({ epochs }) => epochs.some((told) => told.epoch === epoch))
}

/** The matrix that was told of an epoch, the newest where the moment is null; other moments have none. */
export function confusionAt(model: ModelHistory, moment: Moment | null, part: 'validation' | 'test') {
  const ofPart = model.confusions.filter((confusion) => confusion.part === part)
  const newest = ofPart.at(-1) ?? null
  if (moment === null || part === 'test') return newest
  return ('epoch' in moment ? ofPart.find((confusion) => confusion.epoch === moment.epoch) : null) ?? null
}

/** The class a prediction speaks for and how sure it is: one number for two classes, else one a class; null for values. */
export function answerOf(
  prediction: readonly number[],
  classes: number,
): { label: number; probability: number } | null {
  if (classes < 2 || prediction.length === 0) return null
  if (prediction.length === 1) {
    const second = prediction[0] ?? 0
    return second >= 0.5 ? { label: 1, probability: second } : { label: 0, probability: 1 - second }
  }
  const label = prediction.reduce((best, value, index) => (value > (prediction[best] ?? -Infinity) ? index : best), 0)
  return { label, probability: prediction[label] ?? 0 }
}

/** True where a map says nothing: all its numbers are zero. */
export function isDead(at: (row: number, column: number) => number, height: number, width: number): boolean {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) if (at(row, column) !== 0) return false
  }
  return true
}

/** Where a run stands. `epoch` is the one under way, or the last; `done` is 0…1 over the whole run. */
export interface RunProgressFacts {
  readonly epoch: number
  readonly stepOfEpoch: number | null
  readonly done: number
}

/** Reads the newest progress; a run read back without one stands at its last epoch. */
export function progressOf(view: RunView): RunProgressFacts {
  const perEpoch = view.stepsPerEpoch
  const total = Math.max(1, perEpoch * view.epochs)
  const ended = Math.max(0, ...view.models.map((model) => model.epochs.at(-1)?.epoch ?? 0))
  if (!view.progress) return { epoch: ended, stepOfEpoch: null, done: view.epochs > 0 ? ended / view.epochs : 0 }
  const { step, epoch } = view.progress
  const started = perEpoch > 0 ? Math.floor((Math.max(1, step) - 1) / perEpoch) * perEpoch : 0
  return {
    epoch: Math.min(view.epochs, Math.max(epoch, ended)),
    stepOfEpoch: perEpoch > 0 ? step - started : null,
    done: Math.min(1, step / total),
  }
}
