import type { Text } from '../../common/layers/text.ts'
import type { RunState, TrainingEvent } from '../../common/training/events.ts'
import type { RunWriter } from './run-folder.ts'

/** How often numbers that change with every step are told at most. */
export const eventIntervalMs = 100

/** Says what happens in a run, to whoever listens and to its history on the disk. */
export interface Teller {
  readonly tell: (event: TrainingEvent) => void
  readonly log: (level: 'info' | 'warning' | 'error', text: Text) => void
  readonly state: (state: RunState) => void
}

export function createTeller(writer: RunWriter, listener: (event: TrainingEvent) => void): Teller {
  const tell = (event: TrainingEvent) => {
    writer.event(event)
    listener(event)
  }
  return {
    tell,
    log: (level, text) => {
      tell({ type: 'log', level, message: text.en, text, time: new Date().toISOString() })
    },
    state: (state) => {
      tell({ type: 'state', state })
    },
  }
}
