import type { WatchRequest } from '../../common/engine-protocol.ts'
import type { RunClock } from './run-clock.ts'
import type { Teller } from './teller.ts'

/** What may be asked of a run under way. All of it takes effect between two batches. */
export interface TrainingControl {
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => void
  readonly watch: (request: WatchRequest) => void
  /** From the next step on. */
  readonly changeRate: (learningRate: number) => void
  /** Bytes of metrics.jsonl from before. */
  readonly history: number
  /** Settles when the run has ended, however it did; never rejects. */
  readonly ended: Promise<void>
}

/** The loop's side of what was asked. */
export interface RunControl extends Omit<TrainingControl, 'changeRate' | 'history' | 'ended'> {
  /** Lets messages in, shows what is watched, waits while paused. False when the run shall stop. */
  readonly breathe: () => Promise<boolean>
  readonly isStopped: () => boolean
}

interface ControlOptions {
  readonly clock: RunClock
  readonly teller: Teller
  /** Awaited before a pause is told. */
  readonly onPause: () => Promise<void>
  /** Shows the watched views as they are now. */
  readonly probe: (watched: WatchRequest) => void
}

export function createRunControl({ clock, teller, onPause, probe }: ControlOptions): RunControl {
  let wanted: 'run' | 'pause' | 'stop' = 'run'
  let changed: () => void = () => undefined
  let watched: WatchRequest | null = null
  let lastProbeMs = 0

  const want = (value: typeof wanted) => {
    if (wanted !== 'stop') wanted = value
    changed()
  }
  const show = () => {
    if (watched === null || watched.views.length === 0) return
    lastProbeMs = performance.now()
    probe(watched)
  }
  const pause = async () => {
    clock.stop()
    await onPause()
    teller.state('paused')
    while (wanted === 'pause') {
      const signal = new Promise<void>((resolve) => (changed = resolve))
      show()
      await signal
    }
    clock.start()
    if (wanted === 'run') teller.state('running')
  }

  return {
    pause: () => {
      want('pause')
    },
    resume: () => {
      want('run')
    },
    stop: () => {
      want('stop')
    },
    watch: (request) => {
      watched = request
      lastProbeMs = 0
      changed()
    },
    breathe: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      if (wanted === 'pause') await pause()
      if (watched !== null && performance.now() - lastProbeMs >= watched.intervalMs) show()
      return wanted !== 'stop'
    },
    isStopped: () => wanted === 'stop',
  }
}
