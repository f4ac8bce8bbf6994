/** The next value up or down, on the grid of `step` and inside the range; whole numbers stay whole. */
export function stepped(options: {
  readonly value: number
  readonly step: number
  readonly by: number
  readonly min: number
  readonly max: number
}): number {
  const { value, step, by, min, max } = options
  const next = Number((value + step * by).toPrecision(12))
  return Math.min(max, Math.max(min, next))
}

/** Along 1, 2, 5, 10, …: the way learning rates and batch sizes are tried. */
export function steppedByDecade(value: number, by: number): number {
  if (!(value > 0)) return 1e-6
  let current = value
  for (let count = 0; count < Math.abs(by); count++)
    current = by > 0 ? nextOfDecade(current) : previousOfDecade(current)
  return current
}

function nextOfDecade(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9)
  const figure = value / decade
  const next = figure < 2 - 1e-9 ? 2 : figure < 5 - 1e-9 ? 5 : 10
  return Number((next * decade).toPrecision(3))
}

function previousOfDecade(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9)
  const figure = value / decade
  const previous = figure > 5 + 1e-9 ? 5 : figure > 2 + 1e-9 ? 2 : figure > 1 + 1e-9 ? 1 : 0.5
  return Number((previous * decade).toPrecision(3))
}
