export { formatCount } from '../../src-main/common/thousands.ts'

/** The one that lines are not broken at. */
const THIN_SPACE = '\u202f'

/** "0.73 M", "12.4 k", "980": three figures at the most. */
export function formatShort(value: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size) return `${trim(value / size)}${THIN_SPACE}${unit}`
  }
  return String(Math.round(value))
}

function trim(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** "32×32×6" */
export function formatShape(shape: readonly number[]): string {
  return shape.join('×')
}

/** "1:42", "1:02:03", or "0.4 s" under ten seconds. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}${THIN_SPACE}s`
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** "93.1 %" */
export function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)}${THIN_SPACE}%`
}

/** Four significant figures, as losses are read. */
export function formatLoss(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2)
  return value.toPrecision(4)
}

/** A number of a map or kernel: sign, and as many figures as fit a cell. */
export function formatCell(value: number): string {
  const size = Math.abs(value)
  return (value < 0 ? '−' : '') + (size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2))
}

/** "980 B", "3.4 kB", "12.1 MB", "1.20 GB". */
export function formatBytes(bytes: number): string {
  const unit = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let [value, step] = [bytes, 0]
  while (value >= 1000 && step < unit.length - 1) {
    value /= 1000
    step += 1
  }
  return `${step === 0 ? Math.round(value) : trim(value)}${THIN_SPACE}${unit[step]}`
}

/** A number of a sum: four figures after the point, the real minus; whole numbers as they are, very small and very large ones with an exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', '−')
  const size = Math.abs(value)
  const text =
    Number.isInteger(value) && size < 1e5
      ? String(size)
      : size !== 0 && (size < 5e-4 || size >= 1e5)
        ? size.toExponential(2)
        : size >= 100
          ? size.toFixed(2)
          : size.toFixed(4)
  return (value < 0 ? '−' : '') + text.replace('e-', 'e−').replace('e+', 'e')
}

/** A number with the real minus and so many figures after the point; no minus before a zero. */
export function formatDecimals(value: number, decimals: number): string {
  if (Number.isInteger(value)) return String(value).replace('-', '−')
  const text = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}
