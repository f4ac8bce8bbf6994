import type { JobProgress } from '../../common/contract.ts'

const BAR_WIDTH = 24

export interface ProgressLine {
  readonly show: (title: string, fraction: number, rest: string) => void
  readonly showJob: (job: JobProgress) => void
  /** Writes a line that stays, above the progress. */
  readonly keep: (line: string) => void
  readonly end: () => void
}

/** One line on the terminal's error output that is drawn over again; nothing where that is not a terminal. */
export function createProgressLine(wanted: boolean): ProgressLine {
  const visible = wanted && process.stderr.isTTY
  let drawn = false
  const clear = () => {
    if (drawn) process.stderr.write('\r\x1b[K')
    drawn = false
  }
  const show = (title: string, fraction: number, rest: string) => {
    if (!visible) return
    const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH)
    process.stderr.write(`\r\x1b[K${title} ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${rest}`)
    drawn = true
  }
  return {
    show,
    showJob: ({ title, done, total, unit, secondsLeft }) => {
      const left = secondsLeft === null ? '' : `, ${formatDuration(secondsLeft)} left`
      show(title.en, total > 0 ? done / total : 0, `${done} of ${total} ${unit.en}${left}`)
    },
    keep: (line) => {
      clear()
      process.stdout.write(line + '\n')
    },
    end: clear,
  }
}

/** 75 s becomes 1:15. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}
