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
  return ({ isLast }) => {
    const nowMs = clock.now()
    if (!isLast && nowMs - toldMs < eventIntervalMs) return
    toldMs = nowMs
    const { epoch, step, samples } = position
    const secondsElapsed = nowMs / 1000
    teller.tell({
      type: 'progress',
      epoch,
      step,
      secondsElapsed,
      secondsLeft: samples > 0 ? (secondsElapsed / samples) * (total - samples) : null,
      learningRate: learningRate(),
      samplesPerSecond: secondsElapsed > 0 ? samples / secondsElapsed : 0,
    })
  }
}
