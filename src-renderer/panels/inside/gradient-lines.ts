import type { Readings } from '../../../src-main/common/training/readings.ts'

interface GradientLines {
  readonly least: number
  readonly greatest: number
  /** By layer: points of an SVG line in a square of 100, and how far from the top (0…100) its name stands. */
  readonly lines: readonly { readonly node: string; readonly points: string; readonly end: number }[]
}

/** Names under one another are so far apart, in hundredths of the height. */
const NAME_STEP = 15

/** Gradient sizes of layers over moments, on a logarithmic scale; null where there are fewer than two moments. */
export function gradientLines(readings: readonly Readings[]): GradientLines | null {
  const nodes = readings[0]?.layers.filter(({ gradient }) => gradient !== null).map(({ node }) => node) ?? []
  const sizeOf = (one: Readings, node: string) => one.layers.find((layer) => layer.node === node)?.gradient ?? 0
  const sizes = readings.flatMap((one) => nodes.map((node) => sizeOf(one, node))).filter((size) => size > 0)
  if (readings.length < 2 || sizes.length === 0) return null
  const [least, greatest] = [Math.min(...sizes), Math.max(...sizes)]
  const range = Math.log(greatest / least) || 1
  const top = (size: number) => (size > 0 ? (1 - Math.log(size / least) / range) * 100 : 100)
  const lines = nodes.map((node) => ({
    node,
    points: readings
      .map((one, index) => `${round((index / (readings.length - 1)) * 100)},${round(top(sizeOf(one, node)))}`)
      .join(' '),
    end: top(sizeOf(readings.at(-1) as Readings, node)),
  }))
  return { least, greatest, lines: apart(lines) }
}

/** Moves names down that would lie on one another, then all up where the last stands too low. */
function apart<T extends { readonly end: number }>(lines: readonly T[]): readonly T[] {
  const order = [...lines].sort((one, other) => one.end - other.end)
  const ends = new Map<T, number>()
  let next = -Infinity
  for (const line of order) {
    next = Math.max(line.end, next + NAME_STEP)
    ends.set(line, next)
  }
  const over = Math.max(0, next - 100)
  return lines.map((line) => ({ ...line, end: round((ends.get(line) ?? line.end) - over) }))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
