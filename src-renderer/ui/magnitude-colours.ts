type Colour = readonly [red: number, green: number, blue: number]

/** Dark through red to bright, after matplotlib's inferno, seven steps: for magnitudes, which have no sign. */
const anchors: readonly Colour[] = [
  [0, 0, 4],
  [50, 10, 94],
  [120, 28, 109],
  [188, 55, 84],
  [237, 105, 37],
  [251, 180, 26],
  [252, 255, 164],
]

/** The colour of a magnitude on a scale of 0…`limit`, as red, green and blue of 0…255. */
export function magnitudeColour(value: number, limit: number): Colour {
  const share = limit > 0 && Number.isFinite(value) ? Math.max(0, Math.min(1, value / limit)) : 0
  const position = share * (anchors.length - 1)
  const lower = Math.min(Math.floor(position), anchors.length - 2)
  const [from, to] = [anchors[lower] ?? [0, 0, 0], anchors[lower + 1] ?? [0, 0, 0]] as [Colour, Colour]
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (to[channel] - from[channel]) * (position - lower))
  return [mix(0), mix(1), mix(2)]
}
