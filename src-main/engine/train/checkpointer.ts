import type { Checkpoint } from './checkpoint.ts'
import { encodeCheckpoint, writeCheckpoint } from './checkpoint.ts'

export interface CheckpointPace {
  /** An epoch that takes longer is saved half-way. */
  readonly intervalMs: number
  /** At most this share of a run's time (0…1) is spent on checkpoints that nobody asked for. */
  readonly largestShare: number
}

const defaultPace: CheckpointPace = { intervalMs: 10_000, largestShare: 0.02 }

/** Saves a run from time to time, and when it is told to. */
export interface Checkpointer {
  /** To be called between any two batches. */
  readonly withinEpoch: () => void
  /** Where epochs are so short that saving each would cost too much, some are passed over. */
  readonly afterEpoch: () => void
  /** Settles when the run is safe as it is now. */
  readonly now: () => Promise<void>
}

interface CheckpointerOptions {
  readonly folder: string
  /** Null where the state is not worth keeping. */
  readonly capture: () => Checkpoint | null
  /** What a checkpoint has to wait for. */
  readonly beforeWrite: () => Promise<void>
  /** Called with what is safe now. */
  readonly onWritten: (checkpoint: Checkpoint) => Promise<void>
  /** Called for the first of several failures in a row. */
  readonly onFailure: (error: unknown) => void
  readonly pace?: CheckpointPace | undefined
}

export function createCheckpointer({
  folder,
  capture,
  beforeWrite,
  onWritten,
  onFailure,
  pace = defaultPace,
}: CheckpointerOptions): Checkpointer {
  let savedMs = performance.now()
  let costMs = 0
  let saved = ''
  let hasFailed = false
  let waiting: { readonly checkpoint: Checkpoint; readonly content: Uint8Array } | null = null
  let writing: Promise<void> | null = null

  const write = async () => {
    while (waiting !== null) {
      const { checkpoint, content } = waiting
      waiting = null
      try {
        await beforeWrite()
        await writeCheckpoint(folder, content)
        hasFailed = false
        await onWritten(checkpoint)
      } catch (error) {
        if (!hasFailed) onFailure(error)
        hasFailed = true
      }
    }
    writing = null
  }
  /** Takes the state at once and writes it while training goes on; a newer one replaces one that still waits. */
  const save = () => {
    const startMs = performance.now()
    const checkpoint = capture()
    savedMs = performance.now()
    if (checkpoint === null) return
    const { position, rateChange, models } = checkpoint
    const moment = JSON.stringify([position, rateChange, models.map(({ closed, finished }) => [closed, finished])])
    if (moment === saved && !hasFailed) return
    saved = moment
    waiting = { checkpoint, content: encodeCheckpoint(checkpoint) }
    writing ??= write()
    savedMs = performance.now()
    costMs = savedMs - startMs
  }
  const isDue = (leastMs: number) => performance.now() - savedMs >= Math.max(leastMs, costMs / pace.largestShare)

  return {
    withinEpoch: () => {
      if (isDue(pace.intervalMs)) save()
    },
    afterEpoch: () => {
      if (isDue(0)) save()
    },
    now: async () => {
      save()
      await writing
    },
  }
}
