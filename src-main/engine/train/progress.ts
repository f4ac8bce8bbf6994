import type { RunClock } from './run-clock.ts'
import type { Teller } from './teller.ts'
import { eventIntervalMs } from './teller.ts'
import type { Position, TrainingRun } from './training-run.ts'

interface ProgressOptions {
  readonly clock: RunClock
  readonly teller: Teller
  readonly position: Position
  readonly learningRate: () => number
  /** Samples of the whole run, all epochs together. */
  readonly total: number
}

export function createProgress({
  clock,
  teller,
  position,
  learningRate,
  total,
}: ProgressOptions): TrainingRun['tellProgress'] {
  let toldMs = 0
  // The first steps load kernels and choose algorithms: what is left is judged by those after them.
  let warm: { readonly ms: number; readonly samples: number } | null = null
  return ({ isLast }) => {
    const nowMs = clock.now()
    if (!isLast && nowMs - toldMs < eventIntervalMs) return
    toldMs = nowMs
    const { epoch, step, samples } = position
    const from = (warm ??= { ms: nowMs, samples })
    const taken = samples - from.samples
    const seconds = (nowMs - from.ms) / 1000
    teller.tell({
      type: 'progress',
      epoch,
      step,
      secondsElapsed: nowMs / 1000,
      secondsLeft: taken > 0 ? (seconds / taken) * (total - samples) : null,
      learningRate: learningRate(),
      samplesPerSecond: seconds > 0 ? taken / seconds : 0,
    })
  }
}
