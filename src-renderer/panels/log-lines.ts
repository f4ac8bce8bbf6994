import { outcomeOf } from '../../src-main/common/training/outcome.ts'
import type { RunView } from '../state/training-state.svelte.ts'
import type { SettingsState } from '../state/settings-state.svelte.ts'
import { failureText } from '../ui/failure-text.ts'
import { formatCount, formatLoss, formatPercent } from '../ui/format.ts'
import { outcomeText } from './outcome-text.ts'

/** One line of the log; `time` is empty where it was not told. */
export interface LogLine {
  readonly time: string
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
}

/** The run's own messages between a first line on where it runs and what became of each model. */
export function logLines(view: RunView, settings: SettingsState): readonly LogLine[] {
  const { t, text } = settings
  const lines: LogLine[] = []
  if (view.samples && view.backend) {
    const { train, validation, test } = view.samples
    lines.push({
      time: '',
      level: 'info',
      text: t('log.started', {
        models: view.models.map((model) => model.name).join(', '),
        backend: t(`backend.${view.backend}`),
        device: view.device,
        train: formatCount(train),
        validation: formatCount(validation),
        test: formatCount(test),
      }),
    })
  }
  for (const entry of view.log) {
    lines.push({ time: clockOf(entry.time), level: entry.level, text: entry.text ? text(entry.text) : entry.message })
  }
  for (const { name, epochs, finished } of view.models) {
    if (!finished) continue
    const outcome = outcomeText({ t }, outcomeOf(epochs, finished, view.project.recipe))
    const test = finished.test
      ? t('log.test', {
          loss: formatLoss(finished.test.loss),
          accuracy: finished.test.accuracy === null ? '–' : formatPercent(finished.test.accuracy),
        })
      : ''
    lines.push({
      time: '',
      level: finished.reason === 'diverged' ? 'warning' : 'info',
      text: [`${name}: ${t(`finished.${finished.reason}`)}`, outcome, test].filter(Boolean).join(' '),
    })
  }
  if (view.failure) lines.push({ time: '', level: 'error', text: failureText(settings, view.failure) })
  return lines
}

/** The wall clock of an ISO 8601 moment, to the second. */
function clockOf(time: string): string {
  const moment = new Date(time)
  if (Number.isNaN(moment.getTime())) return ''
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}
