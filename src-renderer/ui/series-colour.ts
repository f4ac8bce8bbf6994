/** The theme has so many. */
export const seriesColours = 8

/** The theme's colour variable of a model or curve by its place; after eight they come round again. */
export function seriesColour(index: number): string {
  return `--series-${(Math.max(0, index) % seriesColours) + 1}`
}
